// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which of two executions with one finding is the simpler one. Total orders, so that minimizing ends. Depends on
// attempts.h.
#pragma once

#include <cstdint>

#include "attempts.h"

namespace hotweave {

// Each is "less is simpler".
struct Cost {
  uint64_t departures = 0;     // all records, and choices that are not 0
  uint64_t decisions = 0;      // those that are no turns: preemptions and choices
  uint64_t segments = 0;       // of the tasks of the finding: report/segments.h
  bool harmless = false;       // a race that does not show the update that is lost by it
  uint64_t switches = 0;       // of all tasks
  uint64_t accesses = 0;       // preemptions at plain or marked accesses (4), at other operations (1), at locks and waits (0)
  uint64_t operands = 0;       // sum of the choices
  uint64_t detours = 0;        // how far from the default next task the tasks are that preemptions lead to
  uint64_t early = 0;          // events after each departure: switches late in an execution that ends early
};

Cost CostOf(const Attempt& attempt);

// What counts first: departures, or segments, then decisions: for fewer segments a turn costs nothing. The rest counts in the
// order of the members.
enum class Order { FewestDepartures, FewestSegments };
bool Simpler(const Cost& a, const Cost& b, Order order);

}  // namespace hotweave
