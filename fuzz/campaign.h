// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A search: executions of one target until something is found or the limits are reached. Depends on
// <hotweave/run.h>, distinct.h, strategy/portfolio.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <hotweave/run.h>

#include "strategy/portfolio.h"

namespace hotweave {

struct CampaignOptions {
  RunOptions run;
  std::string strategy = "mix";   // one of RandomStrategies()
  uint64_t seed = 1;
  double seconds = 0;      // 0: no limit
  uint64_t runs = 0;       // 0: no limit
  unsigned jobs = 1;       // processes
  std::string until;       // only a finding whose fingerprint begins so ends the search; others are counted
  std::string title;       // for the progress line: "online_vs_probe@v4.19"
  bool progress = true;    // on standard error
};

struct OrderCount {
  std::string object, first, then;
  uint64_t address = 0;
  uint64_t count = 0;
};

// A finding that did not end the search.
struct FindingCount {
  std::string fingerprint;
  uint64_t count = 0, first = 0;   // executions; the number of the first of them
};

struct CampaignResult {
  std::optional<uint64_t> failing;   // index of the failing execution: NthOfCampaign() repeats it
  uint64_t executions = 0;
  uint64_t steps = 0, preemptions = 0, switches = 0, contended = 0;
  uint64_t out_of_budget = 0;        // executions that reached a limit
  std::string budget_reason;         // of the first of them
  uint64_t distinct_schedules = 0;   // estimate, 0.8 % standard error
  uint32_t max_tasks = 0;
  uint64_t last_steps = 0;           // of the latest execution (the failing one, if any)
  double seconds = 0;                // wall time
  bool interrupted = false;          // by SIGINT or SIGTERM
  std::vector<FindingCount> passed_by;   // most frequent first
  std::vector<OrderCount> orders;    // of writes by different tasks to one place, most frequent first
};

// What a campaign learns of its target before it begins: a function of the options.
Learned LearnFor(const CampaignOptions& options);
// The strategy of its execution with that number.
std::unique_ptr<Strategy> NthOfCampaign(const CampaignOptions& options, const Learned& learned, uint64_t i);

// Executions number 0, 1, 2 …, shared out over the jobs.
CampaignResult RunRandomCampaign(const CampaignOptions& options);

// True once SIGINT or SIGTERM has asked to stop; installs the handlers at the first call.
bool StopRequested();

}  // namespace hotweave
