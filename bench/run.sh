#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Runs the benchmarks of one build and prints one table: what was measured, what it is divided by, the
# ratio and the aim. Never fails because something is slow. Needs the programs of the `bench` target.
#
#   bench/run.sh [BUILD-FOLDER] [BENCHMARK-FLAG…]     folder: build/release unless given
#
# Both sides of a ratio run in turn, three times over, and the better run of each counts: a busy machine
# then slows both or neither. Times are CPU time. Details of one program: run it by itself.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
dir=$here/../build/release
if [[ ${1-} && ${1-} != -* ]]; then
  dir=$1
  shift
fi
rounds=3
programs=(bench_access yardstick_chase_tsan bench_switch bench_execution bench_detectors)

for program in "${programs[@]}"; do
  [[ -x $dir/$program ]] || { printf 'bench: no %s in %s (build it: ninja -C %s bench)\n' "$program" "$dir" "$dir" >&2; exit 2; }
done

results=$(mktemp)
trap 'rm -f "$results"' EXIT
for ((round = 1; round <= rounds; round++)); do
  for program in "${programs[@]}"; do
    printf 'round %d of %d: %s\n' "$round" "$rounds" "$program" >&2
    "$dir/$program" --benchmark_format=csv --benchmark_min_time=0.1 "$@" 2>/dev/null |
      sed -n -e 's|/iterations:[0-9]*||' -e "s/^\"\\([^\"]*\\)\"/$program,\\1/p" >>"$results"
  done
done

# Columns: program, name, iterations, real, cpu, unit, bytes/s, items/s, …
awk -F, '
  $8 > best[$1 "/" $2] + 0 { best[$1 "/" $2] = $8 }
  function rate(program, name) { return best[program "/" name] }       # items a second
  function ns(program, name, r) { r = rate(program, name); return r ? 1e9 / r : 0 }
  function row(what, ours, unit, theirs, against, wanted, at_most,   ratio, met) {
    if (!ours || !theirs) { printf "%-56s (not measured)\n", what; return }
    ratio = ours / theirs
    met = at_most ? ratio <= wanted : ratio >= wanted
    printf "%-56s %11s %-3s %11s  %-20s %6.2f  %s %.2f  %s\n", what, number(ours), unit, number(theirs),
           against, ratio, at_most ? "<=" : ">=", wanted, met ? "met" : "not met"
  }
  function against(what, name, other, label,   a, b) {      # no aim: to be known
    a = ns("bench_detectors", name); b = ns("bench_detectors", other)
    if (!a || !b) { printf "%-56s (not measured)\n", what; return }
    printf "%-56s %11s ns  %11s  %-20s %6.2f\n", what, number(a), number(b), label, a / b
  }
  function detectors(what, target) {
    against(what ", all detectors", "On/" target, "Off/" target, "detectors off")
    against(what ", all detectors", "On/" target, "Native/" target, "native")
    against(what ", detectors off", "Off/" target, "Native/" target, "native")
  }
  function number(x) { return x >= 1000 ? sprintf("%d", x) : sprintf("%.2f", x) }
  function access(nodes, write, what,   name) {
    name = "Chase/nodes:" nodes "/write:" write "/manual_time"
    row("one step of a list, " what (write ? ", read and write" : ", read"), ns("bench_access", name), "ns",
        ns("yardstick_chase_tsan", name), "ThreadSanitizer", 0.75, 1)
  }
  function executions(target, schedule, what, peer, aim) {
    row(what ", " schedule, rate("bench_execution", "Executions/" target "/" schedule), "/s", peer, "best peer", aim / peer, 0)
  }
  function point(schedule) {
    row("scheduling point, " schedule, ns("bench_execution", "Points/points/" schedule), "ns", 48, "best peer", 25 / 48, 1)
  }
  END {
    printf "%-56s %15s %11s  %-20s %6s  %s\n", "what", "hotweave", "against", "", "ratio", "aim"
    access(256, 0, "first-level cache"); access(256, 1, "first-level cache")
    access(8192, 0, "second-level cache"); access(8192, 1, "second-level cache")
    access(131072, 0, "beyond"); access(131072, 1, "beyond")
    row("switch to another task", ns("bench_switch", "TaskSwitch"), "ns", ns("bench_switch", "BareSwitch"),
        "bare fcontext switch", 2, 1)
    split("empty walk replay every lockdep", schedules, " ")
    for (i = 1; i <= 5; i++) executions("a100", schedules[i], "A100", 24600, 75000)
    for (i = 1; i <= 5; i++) executions("two_mutexes", schedules[i], "two tasks, two mutexes", 1200000, 1500000)
    for (i = 1; i <= 4; i++) point(schedules[i])
    detectors("mutex: lock and unlock", "lock_pairs")
    detectors("spinlock: lock and unlock", "spin_pairs")
    detectors("x[i]++", "words")
    for (i = split("10 100 1000 8000", classes, " "); i >= 1; i--) {
      against("lockdep, known dependency, " classes[i] " classes", "Classes/known/" classes[i] "/manual_time", "Off/lock_pairs", "a pair, lockdep off")
      against("lockdep, new dependency, " classes[i] " classes", "Classes/new/" classes[i] "/manual_time", "Off/lock_pairs", "a pair, lockdep off")
    }
    printf "%-56s %11s ns\n", "reset between executions (empty target)", number(ns("bench_execution", "Executions/nothing/empty"))
  }' "$results"
