// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Segments of an execution: maximal runs of one task between two switches. A deadlock of two tasks that takes one
// switch there and one back has three. Those count that belong to the interleaving: of the tasks that it is about, in which they
// do something that concerns others. A pure function of the trace. Depends on core/trace.h, finding.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"

namespace hotweave {

// Events first … last (both included) of the trace, all by `task` as far as parties did them.
struct Segment {
  uint32_t task = 0;          // index into Trace::tasks
  uint32_t first = 0, last = 0;
};

// Who counts: the tasks that the finding is about if there are two or more, else those that the first task created, but
// for threads of one CPU ("cpuhp/1"). What others do in between does not end a segment: a task that waits for a worker and goes
// on after it is still at it.
std::vector<uint32_t> PartiesOf(const Trace& trace, const Finding* finding);

// In the order of the execution, from where the second of them comes to be. Of a finding that names one task (an assertion, a
// struct page that is gone), runs of others are left out in which nobody could tell that they ran: they wake and create nobody,
// and touch no lock and no memory that several tasks touch and one changes. So comes back from a wait who then ends.
std::vector<Segment> SegmentsOf(const Trace& trace, const Finding* finding);

// "3 segments: probe, online, probe".
std::string DescribeSegments(const Trace& trace, const Finding* finding);

}  // namespace hotweave
