#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Proves that cmake/check_target_symbols.sh refuses each of samples/symbols by the symbol its second line
# names ("refused: SYMBOL") and accepts what is in order ("accepted:").
#
# Usage: symbols_samples.sh CC CXX READELF SOURCE-DIR SCRATCH-DIR      exit status: 0, or 1
set -uo pipefail
cc=$1 cxx=$2 readelf=$3 source=$4 scratch=$5
mkdir -p "$scratch"
status=0
for sample in "$source"/tests/house/samples/symbols/*.c*; do
  compiler=$cc
  [[ $sample == *.cc ]] && compiler=$cxx
  "$compiler" -O1 -fno-pic -fno-pie -fsanitize=thread -fsanitize-coverage=inline-8bit-counters,pc-table \
    -include "$source/runtime/include/hotweave/target_prefix.h" -c "$sample" -o "$scratch/sample.o" || exit 1
  said=$(bash "$source/cmake/check_target_symbols.sh" "$readelf" "$scratch/sample.o" 2>&1)
  verdict=$?
  symbol=$(sed -n '2s/.*refused: \([A-Za-z0-9_]*\).*/\1/p' "$sample")
  if [[ -n $symbol ]]; then
    ((verdict == 1)) && grep -qw "$symbol" <<<"$said" && continue
  else
    ((verdict == 0)) && continue
  fi
  printf 'FAIL: %s: status %d, it said:\n%s\n' "${sample##*/}" "$verdict" "$said"
  status=1
done
exit $status
