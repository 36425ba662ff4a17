#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Writes the golden reports of the program `kinds` anew: kinds/TARGET.sched, found again with seed 1 where it is missing or
# does not lead to its kind any more (--search: always), and kinds/TARGET.txt, what `replay` prints of it. Read the difference
# before you commit it. Depends on bash, sed and the built program.
#
# Usage: tests/golden/renew.sh [--search] PROGRAM [TARGET…]      (PROGRAM: build/dev/kinds)
set -euo pipefail
export HOTWEAVE_COMMAND=kinds LC_ALL=C.UTF-8
search=0
[[ ${1-} != --search ]] || { search=1; shift; }
[[ $# -ge 1 && -x $1 ]] || { echo "usage: renew.sh [--search] PROGRAM [TARGET...]" >&2; exit 2; }
program=$(readlink -f "$1")
shift
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p kinds

# find TARGET OPTIONS…
find_again() {
  local target=$1 found
  shift
  found=$(mktemp -d)
  "$program" fuzz "$target" "$@" --runs 2000 --seed 1 --confirm 0 --quiet --artifacts "$found" >/dev/null || (($? == 1))
  cp "$found"/*.sched "kinds/$target.sched"
  rm -r "$found"
}

# leads TARGET KIND: the stored schedule shows that kind. It says itself with which options it was taken.
leads() {
  local target=$1 kind=$2
  [[ -f kinds/$target.sched ]] || return 1
  { "$program" replay "$target" "kinds/$target.sched" --confirm 0 --json 2>/dev/null || true; } | grep -q "\"kind\":\"$kind\""
}

sed -nE 's/^KIND\((.*), "(.*)", "(.*)"\)$/\1 \2 \3/p' kinds.def | while read -r target kind options; do
  [[ $# -eq 0 || " $* " == *" $target "* ]] || continue
  read -ra more <<<"$options"
  if ((search)) || ! leads "$target" "$kind"; then find_again "$target" "${more[@]}"; fi
  "$program" replay "$target" "kinds/$target.sched" >"kinds/$target.txt" || (($? == 1))
done
