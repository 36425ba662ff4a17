#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# How soon searches find: for each target and strategy the executions and the CPU time to the first finding, median and
# worst over seeds. Depends on built programs alone.
#
#   bench/search.sh PROGRAM "STRATEGY…" SEEDS SECONDS TARGET…
#   bench/search.sh build/release/tests/deep "mix random sync pct pos" 10 20 deep_three_mutexes
#
# A seed that finds nothing within SECONDS counts as SECONDS, and is shown as missed. OPTIONS are passed on (--lockdep off).
set -euo pipefail
program=$1 strategies=$2 seeds=$3 seconds=$4
shift 4

field() { sed -n "s/.*\"$1\": *\\([^,}]*\\).*/\\1/p" | head -1; }

one() {   # TARGET STRATEGY SEED: "found executions seconds"
  local json
  json=$("$program" fuzz "$1" --strategy "$2" --seed "$3" --seconds "$seconds" --artifacts "$scratch" \
    --confirm 0 --json --quiet ${OPTIONS:-} 2>/dev/null) || true
  local kind
  kind=$(field kind <<<"$json")
  echo "$([[ $kind != null ]] && echo 1 || echo 0) $(field executions <<<"$json") $(field seconds <<<"$json")"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf '%-34s %-8s %7s %12s %9s %9s %9s\n' target strategy found executions median_s worst_s per_s
for target in "$@"; do
  for strategy in $strategies; do
    results=$(for ((seed = 1; seed <= seeds; seed++)); do one "$target" "$strategy" "$seed"; done)
    awk -v t="$target" -v s="$strategy" -v n="$seeds" \
      -v e="$(awk '{ print $2 }' <<<"$results" | median)" -v m="$(awk '{ print $3 }' <<<"$results" | median)" \
      '{ found += $1; x += $2; y += $3; if ($3 > worst) worst = $3 }
       END { printf "%-34s %-8s %3d/%-3d %12d %9.2f %9.2f %9.0f\n", t, s, found, n, e, m, worst, x / (y ? y : 1) }' <<<"$results"
  done
done
