// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The simplest execution with a finding that can be found from one with it: docs/minimize.md. Depends on confirm.h,
// minimizer.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include <hotweave/run.h>

#include "confirm.h"
#include "minimizer.h"

namespace hotweave {

struct MinimizeProgress {
  size_t departures = 0;      // of the best so far
  uint64_t executions = 0;
};

// "3 departures left": for a line of progress.
std::string DescribeProgress(const MinimizeProgress& progress);

struct MinimizeOptions {
  uint64_t runs = 0;          // executions; 0: no limit. Then equal inputs give equal results
  uint32_t effort = 100;      // percent of the work that the search for something shorter may take; deletion has no limit
  // Called before each execution; false ends it. May be empty.
  std::function<bool(const MinimizeProgress&)> may_go_on;
};

struct Minimized {
  Confirmed confirmed;               // the best; it replays
  // No single preemption or choice can be left out of it, and no turn but for what `turns` says: proved by leaving each out, in
  // as many executions as there are. False: a limit ended it first.
  bool one_minimal = false;
  NeededTurns turns;
  uint64_t executions = 0;           // all
  size_t preemptions_before = 0, turns_before = 0, choices_before = 0;   // of the exact schedule of the input
  std::map<std::string, Input> others;                 // inputs that show other findings, by fingerprint
};

// Minimizes an input that is known to fail. Deterministic, but for what may_go_on says.
Minimized Minimize(const RunOptions& options, const Input& input, const MinimizeOptions& limits);

}  // namespace hotweave
