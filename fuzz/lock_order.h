// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What becomes of a report about lock order: a search, directed by its cycle, for an execution that deadlocks.
// No lock-order detector knows whether its cycle can happen; this one answers for every report it makes:
//
//   confirmed              an execution deadlocks on these classes; its schedule is stored and replays
//   gated by LOCKS         whenever two tasks went around the cycle, they held one of these locks against each
//                          other: as far as the executions show, it cannot deadlock
//   not reached in N executions
//
// Depends on runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "confirm.h"

namespace hotweave {

inline constexpr uint64_t kConfirmRuns = 10'000;             // executions of one search at most
inline constexpr uint64_t kConfirmSteps = 50'000'000;        // scheduling points of one search at most

struct LockOrderVerdict {
  std::string confirmation;             // as above
  std::vector<std::string> details;     // how it was found out, one line each
  uint64_t executions = 0;
  std::optional<Confirmed> deadlock;    // iff confirmed
};

// A report of either level that a deadlock would make real (and not of a misuse that lockdep noticed).
bool IsAboutLockOrder(const Finding& finding);

// `finding` is about lock order. `runs`: executions at most. Equal arguments, equal answer.
LockOrderVerdict ConfirmLockOrder(const RunOptions& options, const Finding& finding, uint64_t runs, uint64_t seed);

}  // namespace hotweave
