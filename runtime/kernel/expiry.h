// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What timer_list and hrtimer have in common: a callback that runs on a CPU, in the context of an interrupt, when
// the virtual clock has reached a time. Contracts: <linux/timer.h>, <linux/hrtimer.h>. Depends on core.
#pragma once

#include "core/engine.h"

namespace hotweave {

struct Expiry;

// What kind of object it is.
struct ExpiryKind {
  const char* comm;            // of the handlers
  bool soft;                   // callbacks run in softirq context, else in hardirq context
  void (*run)(Expiry& e);      // calls the callback; e.pending is false by now
};

// The engine's side of a timer object of target code. Lives until the end of the execution.
struct Expiry {
  Timer timer;
  const ExpiryKind* kind = nullptr;
  void* object = nullptr;
  uint32_t clock = 0;          // orders what is done with this timer; callbacks acquire it
  uint16_t cpu = 0;            // where the callback runs
  bool pending = false;        // armed, or due and its callback has not begun
  bool due = false;            // its time has come, the interrupt is raised
  Task* running = nullptr;     // the handler in the callback
};

// Finds the entry of an object, or makes one.
Expiry& ExpiryOf(void* object, const ExpiryKind& kind);
// The same, or nullptr if there is none.
Expiry* FindExpiry(const void* object);
// Calls f for every timer whose object lies in [begin, begin + size) and that is pending or running.
template <typename F>
void ForExpiriesIn(const void* begin, size_t size, F f);

// Makes it pending, `ns` from now on CPU `cpu`; one that is pending moves.
void Arm(Expiry& e, uint64_t ns, uint32_t cpu);
// No longer pending; true if it was.
bool Disarm(Expiry& e);
// Waits, spinning, until the callback does not run. The wait-for graph has an edge to its handler.
void WaitWhileRunning(Expiry& e, Op op, const char* name);

// Timers of a CPU that has gone move to another one, which is online. Source: timers_dead_cpu(), hrtimers_dead_cpu(), 6.1.
void ExpiriesOfDeadCpu(uint32_t cpu, uint32_t other);

// The next entry of the table from index `from` on whose object lies there; nullptr at the end.
Expiry* NextExpiryIn(const void* begin, size_t size, uint32_t& from);

template <typename F>
void ForExpiriesIn(const void* begin, size_t size, F f) {
  uint32_t i = 0;
  while (Expiry* e = NextExpiryIn(begin, size, i)) f(*e);
}

}  // namespace hotweave
