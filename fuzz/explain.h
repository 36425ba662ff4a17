// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The five sentences of `explain`: what happened; which decisions mattered, each proved by an execution without it; what
// would have avoided it, with the row of the history table that is shown to; what the model leaves out; how sure all this is.
// Everything is measured or read off the trace. Deterministic. Depends on confirm.h and report/words.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/run.h>

#include "cli.h"
#include "confirm.h"

namespace hotweave {

inline constexpr size_t kMostFlips = 40;         // decisions that are taken away one by one
inline constexpr uint64_t kRowRuns = 200;        // executions around the schedule that a row must keep silent
inline constexpr size_t kMostRows = 3;           // rows that are named

// What became of an execution with one decision less.
struct Flip {
  size_t decision = 0;      // as numbered in the report, from 1
  std::string what;         // "bpf is preempted at mutex_lock pcpu_alloc_mutex, cpu_up runs"
  enum class Outcome : uint8_t { Passes, Same, Other, Bound } outcome = Outcome::Passes;
  std::string other;        // the fingerprint; the bound
  size_t segments = 0;      // Same: of that execution (report/segments.h)
};

// One execution for each decision, without that alone, in their order; at most kMostFlips.
std::vector<Flip> FlipDecisions(const RunOptions& options, const Confirmed& confirmed);

// A commit that is not in effect, or an alteration of the kernel that is; once that is turned round, this schedule finds
// nothing and no execution around it does.
struct RowThatHelps {
  unsigned row = 0;                 // index into hotweave_history::rows
  bool taken_out = false;           // an alteration
  uint64_t runs = 0;                // executions with the row turned round, none of which found anything
  uint64_t found_as_is = 0;         // of as many as it is, how many found this
};

// Tries the rows of the program's history table one by one.
std::vector<RowThatHelps> RowsThatHelp(const RunOptions& options, const Confirmed& confirmed);

// The sentences, in order.
std::vector<std::string> Explain(const RunOptions& options, const Confirmed& confirmed);

}  // namespace hotweave
