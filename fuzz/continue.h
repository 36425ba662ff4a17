// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `replay --continue`: a stored schedule no longer leads to its finding. Is the bug gone, or only the way to it? Searches
// the neighbourhood of the schedule, nearest first:
//   1. records that did not take effect are anchored anew: to another n-th time of the same operation, to another task of
//      that role ("kworker/1:0" for "kworker/0:1"), another place of the same object, another operation of the same sort;
//   2. each n-th time is moved by up to kMaxShift, alone, then for all records of a task at once; then the records that did
//      take effect are anchored anew, since it may have been in a wrong place;
//   3. records are left out, one and two at a time;
//   4. random walks begin where the records that took effect end, then earlier and earlier.
// Deterministic: equal arguments, equal answer. Depends on runtime.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <hotweave/run.h>

#include "core/trace.h"

namespace hotweave {

inline constexpr uint64_t kContinueRuns = 3000;   // executions, unless --runs says otherwise
inline constexpr int kMaxShift = 8;

struct Continued {
  bool found = false;        // an execution with the stored finding: its kind and, if stored, its fingerprint
  bool walk = false;         // it is a random walk: longer than it needs to be
  std::string how;           // what of the schedule was changed: "record 2: #1 became #3"
  uint64_t runs = 0;         // executions spent
  std::string similar;       // if not found: the fingerprint of another finding of the same kind that was met, or ""
  // Repeats the execution that was found (or the similar one).
  std::function<RunResult(Trace*, Schedule*)> run;
};

// `stored` must expect a finding. `progress` (may be empty) is called after each execution with their number.
Continued SearchOn(const RunOptions& options, const Schedule& stored, uint64_t max_runs,
                   const std::function<void(uint64_t)>& progress = {});

// The role of a task: its name without numbers ("kworker/1:0" and "kworker/2:1#2" are both "kworker/:").
std::string RoleOf(const std::string& task);

}  // namespace hotweave
