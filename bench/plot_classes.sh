#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Measures lockdep's cost of an acquisition over the number of lock classes and draws it: an SVG on standard output.
# Needs bench_detectors of the `bench` target.
#
#   bench/plot_classes.sh [BUILD-FOLDER] > docs/lockdep-classes.svg     folder: build/release unless given
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
dir=${1:-$here/../build/release}
[[ -x $dir/bench_detectors ]] || { printf 'bench: no bench_detectors in %s (build it: ninja -C %s bench)\n' "$dir" "$dir" >&2; exit 2; }

"$dir/bench_detectors" --benchmark_filter='Classes|pairs' --benchmark_format=csv --benchmark_min_time=0.2 2>/dev/null |
  awk -F, '
    # name,iterations,real,cpu,unit,bytes/s,items/s
    { gsub(/"/, "", $1) }
    $1 == "Off/lock_pairs" { off = 1e9 / $7 / 2 }
    $1 ~ /^Classes/ { split($1, part, "/"); kind = part[2]; x[kind, ++n[kind]] = part[3]; y[kind, n[kind]] = 1e9 / $7 }
    function log10(v) { return log(v) / log(10) }
    function px(v) { return 70 + (log10(v) - 1) / 3 * 520 }            # 10 to 10,000 classes
    function py(v) { return 330 - (log10(v) - 0) / 4 * 290 }           # 1 ns to 10 us
    function curve(kind, colour, label,   i, points) {
      for (i = 1; i <= n[kind]; i++) points = points sprintf("%.1f,%.1f ", px(x[kind, i]), py(y[kind, i]))
      printf "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>\n", colour, points
      for (i = 1; i <= n[kind]; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%d classes: %.0f ns</title></circle>\n", px(x[kind, i]), py(y[kind, i]), colour, x[kind, i], y[kind, i]
      printf "<text x=\"600\" y=\"%.1f\" fill=\"%s\">%s: %.0f ns</text>\n", py(y[kind, n[kind]]) + 4, colour, label, y[kind, n[kind]]
    }
    END {
      printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"820\" height=\"400\" font-family=\"sans-serif\" font-size=\"13\">\n"
      printf "<rect width=\"820\" height=\"400\" fill=\"white\"/>\n<text x=\"70\" y=\"24\" font-size=\"16\">Cost of a lock acquisition (with its release) with lockdep, ns</text>\n"
      for (e = 0; e <= 4; e++) printf "<line x1=\"70\" x2=\"590\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"62\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", py(10 ^ e), py(10 ^ e), py(10 ^ e) + 4, 10 ^ e
      for (e = 1; e <= 4; e++) printf "<line y1=\"40\" y2=\"330\" x1=\"%.1f\" x2=\"%.1f\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"350\" text-anchor=\"middle\">%d</text>\n", px(10 ^ e), px(10 ^ e), px(10 ^ e), 10 ^ e
      printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"40\" y2=\"330\" stroke=\"#c33\" stroke-dasharray=\"4 3\"/><text x=\"%.1f\" y=\"54\" fill=\"#c33\" text-anchor=\"end\">limit: 8,192 </text>\n", px(8192), px(8192), px(8192)
      printf "<line x1=\"70\" x2=\"590\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#888\" stroke-dasharray=\"6 4\"/><text x=\"600\" y=\"%.1f\" fill=\"#666\">lockdep off: %.0f ns</text>\n", py(off), py(off), py(off) + 4, off
      curve("new", "#b5561c", "first time")
      curve("known", "#1c62b5", "again")
      printf "<text x=\"330\" y=\"376\" text-anchor=\"middle\">lock classes in the execution, in one chain of dependencies</text>\n</svg>\n"
    }'
