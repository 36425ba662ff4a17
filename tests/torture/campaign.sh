#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Runs every silent torture target. Usage: campaign.sh BUILD_DIR RUNS [SEED]
# Depends on the program `torture` in BUILD_DIR. Exit status: 0 all silent, 1 something was found, 2 usage.
set -uo pipefail

[[ $# -ge 2 && -x $1/torture && $2 =~ ^[0-9]+$ ]] || { echo "usage: campaign.sh BUILD_DIR RUNS [SEED]" >&2; exit 2; }
torture=$1/torture runs=$2 seed=${3:-1}
artifacts=$(mktemp -d)
trap 'rm -rf "$artifacts"' EXIT

total=0 failed=0
for target in $("$torture" list | awk '/^[a-z]/ { print $1 }' | grep -v _mutant_); do
  if json=$("$torture" fuzz "$target" --runs "$runs" --seed "$seed" --jobs 2 --quiet --json --artifacts "$artifacts"); then
    verdict=silent
  else
    verdict=FOUND failed=1
  fi
  executions=$(grep -o '"executions":[0-9]*' <<<"$json" | cut -d: -f2)
  rate=$(grep -o '"executions_per_second":[0-9]*' <<<"$json" | cut -d: -f2)
  total=$((total + executions))
  printf '%-36s %10d executions %8d/s %s\n' "$target" "$executions" "$rate" "$verdict"
done
printf '%-36s %10d executions\n' total "$total"
exit $failed
