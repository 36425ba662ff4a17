// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a task that fails had looked at, and who had changed it: for findings about a single moment (an assertion, a null
// pointer, a task that waits for ever), whose cause lies in memory that the finding does not name. Nothing is guessed: a
// place counts if the task loaded it shortly before and another party stored to it. A pure function of the trace. Depends
// on core/trace.h.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "core/trace.h"

namespace hotweave {

struct Causes {
  std::set<uint32_t> events;   // loads of `task` and the other tasks' stores that they saw or missed
  std::set<uint32_t> tasks;    // who made those stores
};

inline constexpr size_t kMostPlaces = 3;        // that the task looked at last and others changed
inline constexpr size_t kMostLooks = 16;        // places looked at that are considered

// Of the events first … last of the trace; `parties`: whose stores count. With `missed` also stores that came after the
// task's last look (a flag that is set when the task sleeps already), and every look at places that nobody changed (what a
// loop spins on).
Causes FindCauses(const Trace& trace, uint32_t task, uint32_t first, uint32_t last, const std::vector<uint32_t>& parties,
                  bool missed);

}  // namespace hotweave
