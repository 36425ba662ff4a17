#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Installs a build into a scratch prefix, builds consumer/ against it with find_package(hotweave), and expects
# each of its two programs to find its bug (exit 1), and its libFuzzer programs to start. Run by ctest.
#
# Usage: install_test.sh CMAKE BUILD-DIR CC CXX SCRATCH-DIR (emptied first)
set -euo pipefail

cmake=$1 build=$2 cc=$3 cxx=$4 scratch=$5
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch"

# A consumer outside the tree: nothing may be found by way of the source folder.
cp -r "$here/consumer" "$scratch/source"
"$cmake" --install "$build" --prefix "$scratch/prefix" >"$scratch/install.log"
"$cmake" -S "$scratch/source" -B "$scratch/build" -G Ninja -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$scratch/prefix"
"$cmake" --build "$scratch/build"

cd "$scratch"
failed=0
for name in counter_c counter_cc; do
  status=0
  "build/$name" fuzz "$name" --seconds 20 --artifacts "$scratch/artifacts-$name" >"$name.out" 2>&1 || status=$?
  if ((status != 1)) || ! grep -q '^ASSERTION FAILED: \(data-race\|lost-update\)' "$name.out"; then
    echo "FAIL: $name: exit $status, expected 1 and a data race or lost update; it said:"
    cat "$name.out"
    failed=1
  fi
  if ! "build/${name}_fuzzer" -help=1 >"$name.fuzzer.out" 2>&1; then
    echo "FAIL: ${name}_fuzzer does not start; it said:"
    cat "$name.fuzzer.out"
    failed=1
  fi
done

# The commands for gdb are installed with the program, and are put beside the consumer's.
: >empty
for program in "prefix/bin/hotweave online_vs_probe" "build/counter_c counter_c"; do
  # shellcheck disable=SC2086  # a program and its target
  said=$(set -- $program && "$1" replay "$2" empty --gdb=print 2>&1) || true
  script=$(sed -n 's/^gdb -q -x \([^ ]*\) .*/\1/p' <<<"$said")
  if [[ ! -f $script || $script != "$scratch"/* ]]; then
    echo "FAIL: replay --gdb of $program names no script of the installation: $said"
    failed=1
  fi
done

# Kernel code as it is: silent, and its bug is found.
if ! build/module fuzz module --runs 3000 --artifacts "$scratch/artifacts-module" >module.out 2>&1; then
  echo "FAIL: module is not silent; it said:"
  cat module.out
  failed=1
fi
if build/module_bug fuzz module --runs 20000 --artifacts "$scratch/artifacts-module" >module_bug.out 2>&1 ||
  ! grep -qE '^ASSERTION FAILED: (use-after-free|data-race)' module_bug.out; then
  echo "FAIL: the bug of module_bug was not found; it said:"
  cat module_bug.out
  failed=1
fi

# Target code with state of its own is refused by the build, by name.
"$cmake" -S "$scratch/source" -B "$scratch/build" -DWITH_REFUSED=ON >/dev/null
if "$cmake" --build "$scratch/build" --target refused >refused.out 2>&1 || ! grep -q _ZGV refused.out; then
  echo "FAIL: refused.cc was not refused; the build said:"
  cat refused.out
  failed=1
fi

# The package must name no folder of the machine it was built on.
if grep -rIl "$(dirname "$(dirname "$here")")" prefix/lib*/cmake; then
  echo "FAIL: the installed package refers to the source folder"
  failed=1
fi
exit $failed
