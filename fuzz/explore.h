// SPDX-License-Identifier: GPL-2.0-only OR MIT
// All schedules of a target within a bound: executions until there is none left, or a limit is reached. What is
// searched, and why it is all: strategy/exhaustive.h, strategy/traces.h. Depends on runtime.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <hotweave/run.h>

#include "strategy/exhaustive.h"

namespace hotweave {

struct ExploreOptions {
  RunOptions run;
  std::optional<uint32_t> bound;   // on preemptions; none: no bound
  bool reduction = true;
  bool keep_going = false;         // past findings
  double seconds = 0;              // 0: no limit
  uint64_t runs = 0;               // 0: no limit
  std::string title;               // for the progress lines
  bool progress = true;            // on standard error
  // Called after each execution that was not cut short; for tests.
  std::function<void(const RunResult&)> on_execution;
};

// One bound, or (bound absent) all schedules.
struct ExploredBound {
  std::optional<uint32_t> bound;
  bool complete = false;
  bool all = false;                // no schedule needs more than this bound
  uint64_t executions = 0;         // of the search that completed, or was stopped
  uint64_t cut = 0;                // of these, given up where everything that could follow had been covered
  uint64_t rehearsals = 0;         // executions before it that only taught which memory tasks share
  uint64_t out_of_budget = 0;      // reached a limit of the engine: not seen to their ends
  std::string budget_reason;       // of the first of them
  uint64_t steps = 0, most_branches = 0;
  double covered = 0;              // estimate, if not complete
  double seconds = 0;
};

struct ExploredFinding {
  std::string fingerprint;
  uint64_t count = 0;              // executions
  uint32_t bound = 0;              // at which it was found
  std::vector<Decision> decisions; // of the first of them
};

enum class ExploreEnd : uint8_t { Complete, Finding, Seconds, Runs, Limit, Signal };

struct ExploreResult {
  ExploreEnd end = ExploreEnd::Complete;
  std::vector<ExploredBound> bounds;        // in their order; the last one may be incomplete
  std::vector<ExploredFinding> findings;    // in the order of their first executions
  uint64_t executions = 0;                  // all of them
  uint64_t shared_places = 0;
  double seconds = 0;

  // The largest bound that was completed.
  const ExploredBound* Completed() const;
};

ExploreResult Explore(const ExploreOptions& options);

}  // namespace hotweave
