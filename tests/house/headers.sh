#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Every public header of runtime/include compiles alone, twice in a row, and before and after the C library's
# headers as gnu11 and the C++ library's as gnu++20. (hotweave/*.h other than target.h, access.h and hooks.h is
# for C++ alone.) Depends on bash, find and the compilers.
#
# What costs most is the C++ library's headers. Where they come first, they are read once (a precompiled header). Where they
# come last, headers that another public header includes are left to that one, unless ALL is asked for.
#
# Usage: headers.sh CC CXX INCLUDE-DIR SCRATCH-DIR PART PARTS [ALL]
#   PART of PARTS: every PARTS-th header; exit status: 0, or 1 with the compiler's words
set -uo pipefail
cc=$1 cxx=$2 include=$3 scratch=$4/$5 part=$5 parts=$6 all=${7-}
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1

warnings=(-Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter -Wno-sign-compare -Wno-unused-macros)
prefix=(-include "$include/hotweave/target_prefix.h")
c_library="stdio.h stdlib.h string.h errno.h limits.h signal.h time.h unistd.h fcntl.h sched.h pthread.h
  sys/types.h sys/stat.h sys/mman.h sys/ioctl.h sys/socket.h"
cxx_library="$c_library algorithm atomic bitset cerrno functional list map memory mutex optional random string
  string_view utility vector"

include_lines() { printf '#include <%s>\n' "$@"; }

# compile FLAG…: says what the compiler says, if it fails
compile() {
  local log
  log=$("$@" 2>&1) && return
  printf 'FAIL: %s\n%s\n' "${*: -1}" "$(head -n 20 <<<"$log")"
  return 1
}

# check NAME COMPILER STANDARD HEADER…: one translation unit of these includes
check() {
  include_lines "${@:4}" >"$1"
  compile "$2" "-std=$3" "${warnings[@]}" -I "$include" "${prefix[@]}" -fsyntax-only "$1" && return
  tr '\n' ' ' <"$1"
  return 1
}

# after_library NAME HEADER: the C++ library's headers, then this one
after_library() {
  include_lines "$2" >"$1"
  compile "$cxx" -std=gnu++20 "${warnings[@]}" -I "$include" -include-pch library.pch -fsyntax-only "$1"
}

# One header, all ways: prints and fails if one of them does not compile.
check_header() {
  local header=$1 id=${1//\//_} status=0
  case $header in
    hotweave/target_prefix.h | linux/atomic/family.h) return 0 ;;   # not for including by itself
    hotweave/target.h | hotweave/access.h | hotweave/hooks.h | linux/* | asm/*)
      check "$id.1.c" "$cc" gnu11 "$header" "$header" || status=1
      check "$id.2.c" "$cc" gnu11 "$header" $c_library || status=1
      check "$id.3.c" "$cc" gnu11 $c_library "$header" || status=1 ;;
  esac
  check "$id.1.cc" "$cxx" gnu++20 "$header" "$header" || status=1
  [[ $all || ! ${named[$header]-} ]] && { check "$id.2.cc" "$cxx" gnu++20 "$header" $cxx_library || status=1; }
  after_library "$id.3.cc" "$header" || status=1
  return $status
}

mapfile -t headers < <(cd "$include" && find . -name '*.h' | sed 's|^\./||' | LC_ALL=C sort)
((${#headers[@]})) || { echo "FAIL: no headers in $include"; exit 1; }

# The headers that are left to others: includes[X] lists what X names, elsewhere[X] says that X is met in what a header that is
# not left out includes. (Of headers that include each other, the first one is not left out.)
declare -A includes named elsewhere
while IFS=: read -r from to; do
  includes[$from]+=" $to" named[$to]=1
done < <(cd "$include" && sed -nE 's@^ *# *include *<((linux|asm|hotweave)/[^>]+)>.*@\1@p;T;F' "${headers[@]}" | paste -d: - - |
         awk -F: '{ print $2 ":" $1 }')
meet() {
  local header
  for header in ${includes[$1]-}; do
    [[ ${elsewhere[$header]-} ]] || { elsewhere[$header]=1; meet "$header"; }
  done
}
for header in "${headers[@]}"; do [[ ${named[$header]-} ]] || meet "$header"; done
for header in "${headers[@]}"; do
  [[ ! ${named[$header]-} || ${elsewhere[$header]-} ]] || { unset "named[$header]"; meet "$header"; }
done

include_lines $cxx_library >library.h
compile "$cxx" -std=gnu++20 -I "$include" "${prefix[@]}" -x c++-header library.h -o library.pch || exit 1
status=0
for ((i = part; i < ${#headers[@]}; i += parts)); do
  check_header "${headers[i]}" || status=1
done
exit $status
