// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See expiry.h. Follows __run_timers(), kernel/time/timer.c, and __hrtimer_run_queues(), kernel/time/hrtimer.c, 6.1.
#include "kernel/expiry.h"

#include <deque>

#include "kernel/reset.h"

namespace hotweave {
namespace {

constexpr uint32_t kMaxExpiries = 4096;   // timer objects in one execution

std::deque<Expiry> table;
// Interrupts that were raised and have not begun, per CPU and context.
Task* raised[kCpus][2];

void Reset() {
  table.clear();
  for (auto& of_cpu : raised) of_cpu[0] = of_cpu[1] = nullptr;
}
const bool registered = OnExecutionBegin(Reset);

// The one that has been due for longest on this CPU, in this context.
Expiry* NextDue(uint32_t cpu, bool soft) {
  Expiry* next = nullptr;
  for (Expiry& e : table) {
    if (!e.due || e.cpu != cpu || e.kind->soft != soft) continue;
    if (!next || e.timer.due < next->timer.due || (e.timer.due == next->timer.due && e.timer.order < next->timer.order)) next = &e;
  }
  return next;
}

void RunCallback(Expiry& e) {
  engine.TouchesCommon(kCommonClock, true);
  engine.Acquire(e.clock);
  e.due = e.pending = false;
  e.running = hot.task;
  e.kind->run(e);
  e.running = nullptr;
  engine.TouchesCommon(kCommonClock, true);
  engine.ReleaseJoin(e.clock);
  for (Task& t : engine.live()) {
    if (t.wait.blocked_by && t.wait.object == e.object && !t.runnable) engine.Unblock(t);
  }
}

template <bool kSoft>
void Handler(void* argument) {
  const auto cpu = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
  raised[cpu][kSoft] = nullptr;
  while (Expiry* e = NextDue(cpu, kSoft)) RunCallback(*e);
}

void Raise(Expiry& e) {
  const bool soft = e.kind->soft;
  if (raised[e.cpu][soft]) return;
  auto* argument = reinterpret_cast<void*>(static_cast<uintptr_t>(e.cpu));
  raised[e.cpu][soft] = engine.CreateHandler(e.cpu, soft ? Handler<true> : Handler<false>, argument, e.kind->comm, soft, false);
}

void OnDue(Timer& timer) {
  Expiry& e = *static_cast<Expiry*>(timer.owner);
  if (!engine.cpus[e.cpu].online) e.cpu = hot.task->cpu;
  e.due = true;
  Raise(e);
}

bool NeedsCallback(const Task& self, const Task& other) {
  const Expiry* e = FindExpiry(self.wait.object);
  return e && e->running == &other;
}

}  // namespace

Expiry* FindExpiry(const void* object) {
  for (Expiry& e : table) {
    if (e.object == object) return &e;
  }
  return nullptr;
}

Expiry& ExpiryOf(void* object, const ExpiryKind& kind) {
  if (Expiry* e = FindExpiry(object)) return *e;
  if (table.size() == kMaxExpiries) engine.OutOfBudget("too many timers");
  Expiry& e = table.emplace_back();
  e.object = object;
  e.kind = &kind;
  e.timer.fire = OnDue;
  e.timer.owner = &e;
  return e;
}

Expiry* NextExpiryIn(const void* begin, size_t size, uint32_t& from) {
  for (; from < table.size(); ++from) {
    Expiry& e = table[from];
    const auto offset = static_cast<size_t>(static_cast<char*>(e.object) - static_cast<const char*>(begin));
    if (offset < size && (e.pending || e.running)) return ++from, &e;
  }
  return nullptr;
}

void Arm(Expiry& e, uint64_t ns, uint32_t cpu) {
  // A timer whose callback runs stays where that is, so that the two never overlap.
  if (!e.running) e.cpu = static_cast<uint16_t>(cpu);
  e.pending = true;
  e.due = false;
  engine.Acquire(e.clock);
  engine.Release(e.clock);
  engine.ArmTimer(e.timer, ns);
}

bool Disarm(Expiry& e) {
  if (!e.pending) return false;
  engine.Acquire(e.clock);
  engine.Release(e.clock);
  engine.DisarmTimer(e.timer);
  e.pending = e.due = false;
  return true;
}

void WaitWhileRunning(Expiry& e, Op op, const char* name) {
  while (e.running) {
    engine.Block({.op = op, .object = e.object, .name = name, .spinning = true, .hard = true, .blocked_by = NeedsCallback});
  }
  engine.Acquire(e.clock);
}

void ExpiriesOfDeadCpu(uint32_t cpu, uint32_t other) {
  const auto heir = static_cast<uint16_t>(other);
  for (Expiry& e : table) {
    if (e.cpu == cpu && !e.running) e.cpu = heir;
  }
  for (int soft = 0; soft < 2; ++soft) {
    Task* handler = raised[cpu][soft];
    if (!handler) continue;
    raised[cpu][soft] = nullptr;
    handler->cpu = heir;
    handler->argument = reinterpret_cast<void*>(static_cast<uintptr_t>(heir));
    if (!raised[heir][soft]) raised[heir][soft] = handler;
  }
}

}  // namespace hotweave
