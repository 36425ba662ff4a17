// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What an execution did, as far as it tells one corpus entry from another. Pure functions of the trace, made of names
// alone: equal in every build. Depends on core/trace.h and report/segments.h.
#pragma once

#include <cstdint>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"

namespace hotweave {

// The hand-overs of an execution: one task does something at a place, and the next one that has to do with it there is
// another task. At memory one of the two must write (a value is read from another task, or overwritten); locks, waits and
// wake-ups always count. A hand-over is (place, first task, its operation, then task, its operation), hashed. So the set
// tells which orders of tasks an execution has shown at which places, but neither how often nor in which combination:
// executions with equal sets are of one kind, and a corpus that has every hand-over of another one lacks no order of
// two operations that it has. Sorted, each once.
std::vector<uint64_t> HandOversOf(const Trace& trace);

// Who ran after whom: the hash of the tasks of the segments (report/segments.h), in their order. Two ways to one finding
// that take turns alike are equal.
uint64_t OrderOf(const Trace& trace, const Finding* finding);

}  // namespace hotweave
