#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Long searches over what is known of the scenarios (HOTWEAVE_EXPECT), with the program `hotweave` of BUILD_DIR.
#
#   campaign.sh seeds  BUILD_DIR SEEDS SECONDS [PATTERN]   each kind that a scenario must show, from an empty corpus with each
#                                                          seed: found how often, executions and seconds, median and worst
#   campaign.sh silent BUILD_DIR RUNS [PATTERN]            each scenario that must be silent: executions, rate, contended
#                                                          acquisitions, places written in both orders
#
# PATTERN: an extended regular expression over TARGET@PROFILE. In the environment, for `silent`: JOBS, processes of each search
# (2); SEED, so that a second campaign sees other executions (1). Exit status: 0 as expected, 1 not, 2 usage.
set -uo pipefail

usage() { sed -n '5,11s/^# *//p' "$0" >&2; exit 2; }
[[ $# -ge 3 && -x $2/hotweave && $3 =~ ^[0-9]+$ ]] || usage
mode=$1 hotweave=$2/hotweave number=$3
artifacts=$(mktemp -d)
trap 'rm -rf "$artifacts"' EXIT

# "TARGET@PROFILE KIND…" for each expectation; no kind: silent.
expectations() {
  "$hotweave" list --json | tr -d '\n' | sed 's/{ *"target"/\n&/g' | awk '
    /"target"/ {
      match($0, /"target": *"[^"]*"/); target = substr($0, RSTART, RLENGTH); gsub(/.*: *"|"$/, "", target)
      rest = $0
      while (match(rest, /"name": *"[^"]*", *"expect": *\[[^]]*\]/)) {
        one = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
        name = one; sub(/"name": *"/, "", name); sub(/".*/, "", name)
        kinds = one; sub(/.*\[/, "", kinds); gsub(/[",\]]/, " ", kinds)
        print target "@" name, kinds
      }
    }'
}

# What has to be off so that this kind can come first.
flags_for() {
  case $1 in
    data-race) echo "--lockdep off" ;;
    lock-order | irq-lock-order | recursive-lock | wait-context) echo "--no-race" ;;
    *) echo "--no-race --lockdep off" ;;
  esac
}

field() { grep -o "\"$1\":[^,}]*" <<<"$2" | head -1 | cut -d: -f2 | tr -d '"'; }

seeds() {
  local seconds=$1 failed=0
  printf '%-56s %-14s %6s %12s %12s %8s %8s\n' "target@profile" kind found "median ex." "worst ex." median worst
  while read -r spec kinds; do
    for kind in $kinds; do
      local found=0 missed="" all=""
      for ((seed = 1; seed <= number; ++seed)); do
        # shellcheck disable=SC2046
        json=$("$hotweave" fuzz "$spec" $(flags_for "$kind") --until "$kind:" --seconds "$seconds" --seed "$seed" --confirm 0 --quiet \
          --json --artifacts "$artifacts" 2>/dev/null)
        if [[ $(field kind "$json") == "$kind" ]]; then
          found=$((found + 1))
          all+="$(field executions "$json") $(field seconds "$json")"$'\n'
        else
          missed+=" $seed"
        fi
      done
      [[ $found == "$number" ]] || failed=1
      if ((!found)); then
        printf '%-56s %-14s %3d/%-3d\n' "$spec" "$kind" 0 "$number"
        continue
      fi
      sorted=$(sort -n <<<"${all%$'\n'}")
      middle=$(sed -n "$(((found + 1) / 2))p" <<<"$sorted") last=$(tail -1 <<<"$sorted")
      printf '%-56s %-14s %3d/%-3d %12s %12s %8.2f %8.2f%s\n' "$spec" "$kind" "$found" "$number" "${middle% *}" "${last% *}" \
        "${middle#* }" "$(cut -d' ' -f2 <<<"$sorted" | sort -g | tail -1)" "${missed:+ not by seed$missed}"
    done
  done
  return $failed
}

silent() {
  local total=0 failed=0
  printf '%-56s %12s %9s %14s %8s\n' "target@profile" executions rate contended "orders"
  while read -r spec kinds; do
    [[ -z $kinds ]] || continue
    verdict=silent
    json=$("$hotweave" fuzz "$spec" --runs "$number" --jobs "${JOBS:-2}" --seed "${SEED:-1}" --quiet --json --artifacts "$artifacts" 2>/dev/null) || verdict=FOUND
    [[ $verdict == silent ]] || failed=1
    executions=$(field executions "$json")
    total=$((total + executions))
    # Both directions of a place follow each other: a place was seen in both if neither count is 0.
    orders=$(grep -o '"count":[0-9]*' <<<"$json" | cut -d: -f2 | paste - - | awk '$1 && $2 { both++ } END { printf "%d/%d", both, NR }')
    printf '%-56s %12d %8.0f/s %14s %8s %s\n' "$spec" "$executions" "$(field executions_per_second "$json")" \
      "$(field contended "$json")" "$orders" "$verdict"
  done
  printf '%-56s %12d\n' total "$total"
  return $failed
}

case $mode in
  seeds) [[ $# -ge 4 ]] || usage; expectations | grep -E -- "${5:-}" | seeds "$4" ;;
  silent) expectations | grep -E -- "${4:-}" | silent ;;
  *) usage ;;
esac
