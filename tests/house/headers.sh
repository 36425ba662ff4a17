#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Every public header of runtime/include compiles alone, twice in a row, and before and after the C library's
# headers as gnu11 and the C++ library's as gnu++20. (hotweave/*.h other than target.h, access.h and hooks.h is
# for C++ alone.) Depends on bash, find and the compilers.
#
# Usage: headers.sh CC CXX INCLUDE-DIR SCRATCH-DIR     exit status: 0, or 1 with the compiler's words
set -uo pipefail
cc=$1 cxx=$2 include=$3 scratch=$4
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch" || exit 1

warnings=(-Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter -Wno-sign-compare -Wno-unused-macros)
c_library="stdio.h stdlib.h string.h errno.h limits.h signal.h time.h unistd.h fcntl.h sched.h pthread.h
  sys/types.h sys/stat.h sys/mman.h sys/ioctl.h sys/socket.h"
cxx_library="$c_library algorithm atomic bitset cerrno functional list map memory mutex optional random string
  string_view utility vector"

include_lines() { printf '#include <%s>\n' "$@"; }

# check NAME COMPILER STANDARD HEADER…: one translation unit of these includes
check() {
  local name=$1
  shift
  include_lines "${@:3}" >"$name"
  local log
  if ! log=$("$1" "-std=$2" "${warnings[@]}" -I "$include" -include "$include/hotweave/target_prefix.h" \
    -fsyntax-only "$name" 2>&1); then
    printf 'FAIL: %s: %s\n%s\n' "$2" "$(tr '\n' ' ' <"$name")" "$(head -n 20 <<<"$log")"
    return 1
  fi
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
  check "$id.2.cc" "$cxx" gnu++20 "$header" $cxx_library || status=1
  check "$id.3.cc" "$cxx" gnu++20 $cxx_library "$header" || status=1
  return $status
}

mapfile -t headers < <(cd "$include" && find . -name '*.h' | sed 's|^\./||' | LC_ALL=C sort)
((${#headers[@]})) || { echo "FAIL: no headers in $include"; exit 1; }

# Two at a time, each with a log of its own, so that the output does not depend on who is faster.
half() {
  local i
  for ((i = $1; i < ${#headers[@]}; i += 2)); do
    check_header "${headers[i]}" >"log.$i" || touch failed
  done
}
half 0 &
half 1
wait
cat log.* 2>/dev/null
[[ ! -e failed ]]
