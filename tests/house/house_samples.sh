#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Proves that each rule of house.sh, and tables.sh, fires: samples/RULE is a small tree with violations, samples/RULE/EXPECT the
# beginning of each line that must be said about it, in order, and nothing else may be said. Also proves that
# each line of banned.txt is in the sample. Exit status: 0 if so, 1 if not.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
status=0

same_beginnings() {
  awk 'FNR == NR { want[++n] = $0; next }
       { if (FNR > n || index($0, want[FNR]) != 1) bad = 1; seen = FNR }
       END { exit bad || seen != n }' "$1" -
}

for rule in spdx includes determinism readme length paths; do
  sample=$here/samples/$rule
  said=$(HOUSE_MAX_LINES=10 bash "$here/house.sh" "$sample" "$rule") && { echo "$rule: its sample passes"; status=1; }
  said=$(sed '$d' <<<"$said")
  if ! same_beginnings "$sample/EXPECT" <<<"$said"; then
    printf '%s: expected\n%s\nbut it said\n%s\n' "$rule" "$(cat "$sample/EXPECT")" "$said"
    status=1
  fi
done

said=$(bash "$here/tables.sh" "$here/samples/tables") && { echo "tables: its sample passes"; status=1; }
if ! same_beginnings "$here/samples/tables/EXPECT" <<<"$said"; then
  printf 'tables: expected\n%s\nbut it said\n%s\n' "$(cat "$here/samples/tables/EXPECT")" "$said"
  status=1
fi

while IFS=$'\t' read -r word reason; do
  grep -qF "determinism: $word: $reason" "$here/samples/determinism/EXPECT" && continue
  echo "determinism: no sample for $word"
  status=1
done < <(grep -v '^#' "$here/banned.txt")
exit $status
