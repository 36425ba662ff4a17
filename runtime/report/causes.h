// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a task that fails had looked at, and who had changed it: for findings about a single moment (an assertion, a null
// pointer, a task that waits for ever), whose cause lies in memory that the finding does not name. Nothing is guessed: a
// place counts if the task loaded it shortly before and another party stored to it. A pure function of the trace. Depends
// on finding.h and core/trace.h.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"

namespace hotweave {

struct Causes {
  std::set<uint32_t> events;   // loads of `task` and the other tasks' stores that they saw or missed
  std::set<uint32_t> tasks;    // who made those stores
};

inline constexpr size_t kMostPlaces = 3;        // that the task looked at last and others changed
inline constexpr size_t kMostLooks = 16;        // places looked at that are considered

enum class Look : uint8_t {
  Seen,     // stores that the task saw
  Missed,   // also those that came after its last look: what it had seen was no longer true
  Waiting,  // also every look at places that nobody changed: what a loop spins on
};

// Of the events first … last of the trace; `parties`: whose stores count.
Causes FindCauses(const Trace& trace, uint32_t task, uint32_t first, uint32_t last, const std::vector<uint32_t>& parties, Look look);
// How a finding's cause is looked for.
Look LookOf(Kind kind);

}  // namespace hotweave
