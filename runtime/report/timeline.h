// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Who ran when, who waited, who held which lock, and what made whom go on: a trace as spans between events, for
// pictures. Times are indices into Trace::events: event i lasts from i to i + 1. A pure function of the trace.
// Depends on core/trace.h.
#pragma once

#include <cstdint>
#include <vector>

#include "core/trace.h"

namespace hotweave {

// What a task did from event `begin` up to, not including, event `end`. The spans of a task do not overlap.
struct TaskSpan {
  enum class State : uint8_t {
    Running,    // on `cpu`
    Blocked,    // waits; `cause` is its Blocked event
    Preempted,  // could go on, another task runs instead; `cause` is the Preempt or Switch event
    Ready,      // created or woken, and waits for its turn; `cause` is that event, by another task, or a Timer
  };
  State state = State::Running;
  uint32_t task = 0;
  uint32_t begin = 0, end = 0;
  uint16_t cpu = 0;                 // Running
  uint32_t cause = Event::kNone;    // all but Running
};

// A lock in the hands of a task. `end` is the event that released it, or the number of events.
struct LockSpan {
  uint32_t task = 0;
  HeldLock lock;
  uint32_t begin = 0, end = 0;
};

// Something that one task did made another one go on: from that event to the first one that the other did then.
struct Arrow {
  enum class Kind : uint8_t { Create, Wake, Preempt, Switch };   // Switch: the first one could not go on
  Kind kind = Kind::Wake;
  uint32_t from = 0, to = 0;        // events
};

struct Timeline {
  std::vector<TaskSpan> tasks;      // by begin
  std::vector<LockSpan> locks;      // by begin
  std::vector<Arrow> arrows;        // by `from`
};

Timeline TimelineOf(const Trace& trace);

}  // namespace hotweave
