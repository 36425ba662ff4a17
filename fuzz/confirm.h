// SPDX-License-Identifier: GPL-2.0-only OR MIT
// From "this execution failed" to something a person can trust: the exact schedule, made simpler where
// that keeps the bug, a full trace, and proof that it replays. Depends on runtime.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>

#include <hotweave/run.h>

#include "core/trace.h"

namespace hotweave {

inline constexpr uint32_t kReplays = 10;             // of every finding before it is reported
inline constexpr uint32_t kMaxSimplifyRuns = 600;    // executions spent on making one finding simpler

struct Confirmed {
  Finding finding;
  Trace trace;
  Schedule schedule;       // exact; its input reproduces the finding
  RunResult result;        // of the execution that is reported
  uint32_t replayed = 0;   // equal traces out of kReplays
};

// Repeats an execution, traced. `run` must do the same each time it is called.
using TracedRun = std::function<RunResult(Trace*, Schedule*)>;

// A finding that depends on a departure which no schedule can hold (Schedule::too_late). what(): one line.
class CannotBeStored : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Confirms a finding of the execution that `run` repeats. A divergence (it passes, another trace, another
// fingerprint) is an internal error: it does not return. Departures that cannot be stored are left out, if the finding
// shows without them; else throws CannotBeStored.
Confirmed Confirm(const RunOptions& options, const TracedRun& run, bool simplify = true);

// The same from an input that is known to fail.
Confirmed Confirm(const RunOptions& options, const Input& input, bool simplify = true);

}  // namespace hotweave
