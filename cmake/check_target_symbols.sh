#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Refuses target objects with writable or thread-local state outside hw_bss, hw_data and hw_percpu. Run by the build
# after target code is compiled (cmake/HotweaveTargetFlags.cmake); installed with the package.
# Depends on bash, awk and readelf (LLVM's or binutils').
#
# Usage: check_target_symbols.sh READELF OBJECT…
# Exit status: 0 all objects are clean; 1 some are not, each symbol named on standard error; 2 usage.
#
# Such state would survive from one execution into the next, and the same input would no longer give the
# same trace. Allowed besides these sections are what never changes after the start of the program
# (.data.rel.ro, .init_array, the hotweave_* tables) and coverage counters, which are feedback and not state.
set -euo pipefail

if (($# < 2)); then
  echo "usage: ${0##*/} READELF OBJECT..." >&2
  exit 2
fi
readelf=$1
shift

check_object() {
  "$readelf" -W -S -s "$1" | awk -v object="$1" '
    function allowed(name) {
      return name ~ /^(hw_bss|hw_data|hw_percpu|\.data\.rel\.ro(\..*)?|\.init_array(\..*)?|\.fini_array(\..*)?)$/ ||
             name ~ /^(\.ctors|\.dtors)(\..*)?$/ || name ~ /^__sancov_(cntrs|pcs|bools|guards)$/ ||
             name ~ /^hotweave_[a-z_]+$/
    }
    function refuse(symbol, where) {
      printf "%s: target code has state outside its sections: %s in %s\n", object, symbol, where
      if (symbol ~ /^_ZGV/)
        print "  (guard of a function static with a constructor: initialise it with a constant, or at file scope)"
      else if (where == "thread-local storage")
        print "  (a kernel has no thread-local variables: use per-CPU data or a field of your own)"
      else if (where !~ /^(\.bss|\.data)/)
        print "  (remove its section attribute)"
      bad = 1
    }
    # "[Nr] Name Type Address Off Size ES Flg Lk Inf Al"; Flg may be empty.
    /^ *\[ *[0-9]+\]/ {
      line = $0
      sub(/^ *\[ */, "", line)
      number = line + 0
      sub(/^[0-9]+\] */, "", line)
      fields = split(line, f, " ")
      if (fields == 10 && f[7] ~ /W/) {
        writable[number] = f[1]
        size[number] = f[5]
      }
      next
    }
    # "Num: Value Size Type Bind Vis Ndx Name"
    /^ *[0-9]+: / && NF >= 8 {
      if ($4 == "FILE" || $4 == "SECTION" || $7 == "UND") next
      if ($4 == "TLS") { named[$7] = 1; refuse($8, "thread-local storage"); next }
      if ($7 == "COM" || $7 == "COMMON") { refuse($8, "common storage"); next }
      if (($7 in writable) && !allowed(writable[$7])) { named[$7] = 1; refuse($8, writable[$7]) }
    }
    END {
      for (n in writable)
        if (size[n] !~ /^0+$/ && !(n in named) && !allowed(writable[n])) refuse("(unnamed data)", writable[n])
      exit bad
    }' >&2
}

status=0
for object in "$@"; do
  check_object "$object" || status=1
done
exit $status
