#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Writes the hashes of stored schedules anew after a change that was meant: each is replayed, and if it still leads
# where its expect: line says (the same kind of finding; another fingerprint, as when functions were renamed, is told),
# replaced by the exact schedule of that execution.
# One that leads elsewhere is named and left alone: find it again. Depends on bash and the built program.
#
# Usage: corpus/renew.sh PROGRAM [FILE.sched…]      without files: all of corpus/
# Exit status: 0 all were renewed or are current, 1 some lead elsewhere, 2 usage.
set -uo pipefail

[[ $# -ge 1 && -x $1 ]] || { echo "usage: corpus/renew.sh PROGRAM [FILE.sched…]" >&2; exit 2; }
program=$1
shift
readonly program corpus=$(dirname "$(readlink -f "$0")")
(($#)) || mapfile -t files < <(find "$corpus" -name '*.sched' | LC_ALL=C sort)
(($#)) && files=("$@")

header() { sed -n "s/^$2: *//p" "$1" | head -1; }

failed=0
for file in "${files[@]}"; do
  new=$(mktemp -u)
  spec=$(header "$file" target)@$(header "$file" profile)
  said=$("$program" replay "$spec" "$file" --confirm 0 -o "$new" 2>&1 >/dev/null)
  was=$(header "$file" expect) is=$(header "$new" expect 2>/dev/null)
  if [[ -f $new && ${is%% *} == "${was%% *}" ]]; then
    [[ $is == "$was" ]] || echo "$file: now $is"
    cmp -s "$new" "$file" || { cat "$new" >"$file" && echo "renewed $file"; }
  else
    echo "leads elsewhere: $spec $file: $is $said" >&2
    failed=1
  fi
  rm -f "$new"
done
exit $failed
