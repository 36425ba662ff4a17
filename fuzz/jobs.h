// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Work in child processes: each piece in one of its own, so that one that dies takes nothing else with it (and since one
// execution runs at a time in a process). Depends on nothing of the project but core/internal.h and campaign.h.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace hotweave {

inline constexpr size_t kMaxJobErrors = 1 << 16;   // bytes kept of what one piece wrote on its standard error

struct JobResult {
  bool ran = false;       // false: asked to stop before its turn
  int status = 0;         // exit status; 128 + signal if it was killed
  std::string output;     // what the function returned; whole only if status is 0
  std::string errors;     // what it wrote on its standard output and error, cut at kMaxJobErrors
  double seconds = 0;     // wall time, for reports that have a field for it
};

using Job = std::function<std::string(size_t)>;
// Called in the parent as pieces end, in any order.
using JobDone = std::function<void(size_t piece, const JobResult&)>;

// Runs job(0) … job(n - 1), at most `processes` at a time, and returns what became of each, by number. SIGINT and SIGTERM
// let those that run end, and start no others. A std::exception out of a job is status 2, its text among the errors.
std::vector<JobResult> RunJobs(size_t n, unsigned processes, const Job& job, const JobDone& done = {});

// How many processors this process may use, at most 256: the default of --jobs.
unsigned Processors();

}  // namespace hotweave
