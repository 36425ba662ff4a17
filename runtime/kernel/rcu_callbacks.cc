// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Callbacks after grace periods. See rcu_callbacks.h.
#include "kernel/rcu_callbacks.h"

#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <utility>
#include <vector>

#include "kernel/enter.h"
#include "kernel/lock.h"
#include "kernel/reset.h"
#include "memory/shadow.h"

namespace hotweave {
namespace {

constexpr uint32_t kThread = kCpus;     // index of the kernel thread among the invokers
constexpr uint32_t kNone = ~0u;

struct Callback {
  rcu_head* head = nullptr;
  rcu_callback_t func = nullptr;
  void* memory = nullptr;
  hotweave_grace* domain = nullptr;
  uint32_t period = kNone;
  uint64_t number = 0;
  uint32_t invoker = 0;
  bool ready = false;
  std::vector<uint64_t> stack;   // where kfree_rcu() was called
};

struct Barrier {
  Task* task;
  hotweave_grace* domain;
  uint64_t last;
};

// All of one execution.
std::vector<Callback> callbacks;   // not yet invoked, in the order of their queueing
std::vector<Barrier> barriers;
uint64_t queued;
Task* invokers[kCpus + 1];
Timer again[kCpus];                // wakes a handler that has made work for itself

void Reset() {
  callbacks.clear();
  barriers.clear();
  queued = 0;
  for (Task*& t : invokers) t = nullptr;
  for (Timer& t : again) t = Timer{};
}
const bool registered = OnExecutionBegin(Reset);

bool IsReady(uint32_t invoker) {
  for (const Callback& c : callbacks) {
    if (c.ready && c.invoker == invoker) return true;
  }
  return false;
}

// The callback's own memory, as the kernel's code would touch it: it may be freed, or written by another task.
void Touch(const rcu_head* head, bool write) {
  const auto address = reinterpret_cast<uintptr_t>(head);
  if (address - hot.base < hot.span) AccessSlow(address, sizeof(rcu_head), write, true);
}

// Whoever looks at memory freed by kfree_rcu() wants to know who asked for that.
void FreeFor(const Callback& c) {
  Current().cause = &c.stack;
  kfree(c.memory);
  Current().cause = nullptr;
}

// Source: rcu_do_batch(), kernel/rcu/tree.c, 6.1.
void Invoke(const Callback& c) {
  FinishGracePeriod(c.period);
  engine.Point(Op::RcuCallback, c.head);
  if (c.head) Touch(c.head, false);
  lock_acquire(&rcu_callback_map, 0, 0, 2, 0, nullptr, 0);
  if (c.memory) {
    FreeFor(c);
  } else {
    c.head->func = nullptr;
    EnterTarget(c.func, c.head);
  }
  lock_release(&rcu_callback_map, 0);
  engine.ReleaseJoin(c.domain->callbacks_done);
}

// What a callback must leave as it found it.
struct Balance {
  uint32_t held;
  uint16_t preempt, irqs_off, bh_off, rcu_nesting;
  explicit Balance(const Task& t)
      : held(t.held_count), preempt(t.preempt), irqs_off(t.irqs_off), bh_off(t.bh_off), rcu_nesting(t.rcu_nesting) {}
  bool operator==(const Balance&) const = default;
};

void CheckBalance(const Balance& before) {
  const Task& self = Current();
  if (Balance(self) == before) return;
  Failure f;
  f.kind = Kind::LockLeak;
  f.sentence = "an RCU callback returns with locks held, or with preemption, interrupts or bottom halves off";
  f.names = {self.held_count > before.held ? self.held[self.held_count - 1].map->name : "rcu_callback"};
  engine.Fail(std::move(f));
}

bool InvokeNext(uint32_t invoker) {
  for (auto c = callbacks.begin(); c != callbacks.end(); ++c) {
    if (!c->ready || c->invoker != invoker) continue;
    Callback taken = std::move(*c);
    // It counts as not invoked until it has returned.
    c->ready = false;
    c->period = kNone;
    c->head = nullptr;   // the callback may queue it again
    const uint64_t number = taken.number;
    const Balance before(Current());
    Invoke(taken);
    CheckBalance(before);
    for (auto d = callbacks.begin(); d != callbacks.end(); ++d) {
      if (d->number != number) continue;
      callbacks.erase(d);
      break;
    }
    for (const Barrier& b : barriers) {
      if (!b.task->runnable) engine.Unblock(*b.task);
    }
    return true;
  }
  return false;
}

void Sleep() {
  Task& self = Current();
  self.idle = true;
  engine.Block({.op = Op::Schedule, .name = "RCU callbacks"});
  self.idle = false;
}

// The softirq of one CPU: on the CPU only while there is something to do.
void Softirq(void* argument) {
  const auto cpu = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
  Task& self = Current();
  for (;;) {
    engine.DisarmTimer(again[cpu]);
    while (InvokeNext(cpu)) {
    }
    engine.ContextLeave(kExcludesSoftirqs);
    // Off the CPU it is no reader any more; what that ends may be its own grace periods.
    self.preempt = 0;
    self.irq = false;
    if (engine.section_ended) engine.section_ended();
    self.irq = true;
    if (IsReady(cpu)) engine.ArmTimer(again[cpu], 1);
    Sleep();
    self.preempt = 1;
    engine.ContextEnter(kExcludesSoftirqs);
  }
}

int Thread(void*) {
  Task& self = Current();
  for (;;) {
    while (IsReady(kThread)) {
      ++self.bh_off;
      InvokeNext(kThread);
      --self.bh_off;
      if (engine.section_ended) engine.section_ended();
    }
    Sleep();
  }
}

void WakeAgain(Timer& timer) {
  Task& t = *static_cast<Task*>(timer.owner);
  if (t.runnable) return;
  t.wait = Wait{};
  engine.TouchesTask(t);
  t.runnable = true;
}

void Start(uint32_t invoker) {
  if (invoker == kThread) {
    invokers[invoker] = engine.CreateTask(Thread, nullptr, "srcu");
    engine.StartTask(*invokers[invoker]);
    return;
  }
  const char name[] = {'r', 'c', 'u', '/', static_cast<char>('0' + invoker), 0};
  void* cpu = reinterpret_cast<void*>(uintptr_t{invoker});
  invokers[invoker] = engine.CreateHandler(invoker, Softirq, cpu, name, true, true);
  again[invoker].fire = WakeAgain;
  again[invoker].owner = invokers[invoker];
}

void Wake(uint32_t invoker) {
  if (!invokers[invoker]) return Start(invoker);
  Task& t = *invokers[invoker];
  // One that is at work looks for more before it sleeps.
  if (&t != hot.task && !t.runnable && t.idle) engine.Unblock(t);
}

bool Pending(const hotweave_grace& domain, uint64_t last) {
  for (const Callback& c : callbacks) {
    if (c.domain == &domain && c.number <= last) return true;
  }
  return false;
}

// A barrier waits for whoever holds back the grace periods, and for those that invoke.
bool BlockedByCallback(const Task& self, const Task& other) {
  for (const Barrier& b : barriers) {
    if (b.task != &self) continue;
    for (const Callback& c : callbacks) {
      if (c.domain != b.domain || c.number > b.last) continue;
      if (c.period != kNone && HoldsBack(c.period, other)) return true;
      if (&other == invokers[c.invoker] && !other.idle) return true;
    }
  }
  return false;
}

}  // namespace

void QueueCallback(hotweave_grace& domain, Invoker invoker, rcu_head* head, rcu_callback_t func, void* memory) {
  for (const Callback& c : callbacks) {
    if (head && c.head == head) {
      LockMisuse(head, "rcu_head", std::string(hot.task->comm) + " queues an rcu_head that is queued already");
    }
  }
  if (head) {
    Touch(head, true);
    head->func = func;
    head->next = nullptr;
  }
  Callback c;
  c.head = head;
  c.func = func;
  c.memory = memory;
  c.domain = &domain;
  c.number = ++queued;
  c.invoker = invoker == Invoker::Thread ? kThread : hot.task->cpu;
  if (memory) c.stack = engine.StackOf(*hot.task);
  callbacks.push_back(std::move(c));
  const uint32_t period = StartGracePeriod(domain);
  callbacks.back().period = period;
  if (GracePeriodEnded(period)) OnGracePeriodEnd(period);
}

void OnGracePeriodEnd(uint32_t period) {
  for (Callback& c : callbacks) {
    if (c.period != period || c.ready) continue;
    engine.TouchesCommon(kCommonOther, true);
    c.ready = true;
    Wake(c.invoker);
    return;
  }
}

void WaitForCallbacks(hotweave_grace& domain, Op op, const void* object, const char* name) {
  const uint64_t last = queued;
  if (Pending(domain, last)) {
    ++engine.statistics.contended;
    barriers.push_back({hot.task, &domain, last});
    while (Pending(domain, last)) {
      engine.Block({.op = op, .object = object, .name = name, .hard = true, .blocked_by = BlockedByCallback});
    }
    for (auto b = barriers.begin(); b != barriers.end(); ++b) {
      if (b->task != hot.task) continue;
      barriers.erase(b);
      break;
    }
  }
  engine.Acquire(domain.callbacks_done);
}

bool CallbackInRange(uintptr_t begin, size_t size) {
  for (const Callback& c : callbacks) {
    if (c.head && reinterpret_cast<uintptr_t>(c.head) - begin < size) return true;
  }
  return false;
}

uint32_t PendingCallbacks(const hotweave_grace& domain) {
  uint32_t n = 0;
  for (const Callback& c : callbacks) n += c.domain == &domain;
  return n;
}

}  // namespace hotweave
