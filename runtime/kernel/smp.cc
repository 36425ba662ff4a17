// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Functions called on other CPUs. Contract: <linux/smp.h>. Follows kernel/smp.c of Linux 6.1.
#include <linux/irqflags.h>
#include <linux/smp.h>

#include <deque>

#include "core/internal.h"
#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/reset.h"

using namespace hotweave;

namespace {

// One function for one CPU.
struct Call {
  smp_call_func_t func;
  void* info;
  uint32_t cpu;
  Task* caller;                 // who waits for it; nullptr: nobody
  call_single_data_t* csd;      // the caller's memory, if it is of smp_call_function_single_async()
  Task* handler = nullptr;      // the interrupt that runs it
  bool begun = false, done = false;
  uint32_t clock = 0;           // published when it is done
};

// Of this execution. A CPU's interrupt runs what is queued when it begins.
struct Queue {
  std::deque<Call*> calls;
  Task* handler = nullptr;      // raised, not begun
};
std::deque<Call> calls;
Queue queues[kCpus];
const bool registered = OnExecutionBegin([] {
  calls.clear();
  for (Queue& q : queues) q = Queue{};
});

void WakeCaller(const Call& call) {
  Task* t = call.caller;
  if (t && !t->runnable && t->wait.op == Op::CsdWait) engine.Unblock(*t);
}

void RunOne(Call& call) {
  // An asynchronous caller may use its memory again before the function runs.
  if (call.csd) call.csd->u_flags &= ~unsigned{CSD_FLAG_LOCK};
  call.func(call.info);
  engine.Release(call.clock);
  call.done = true;
  WakeCaller(call);
}

// The interrupt. Those that somebody may wait for come first.
// Source: __flush_smp_call_function_queue(), kernel/smp.c, 6.1.
void Flush(void* queue) {
  Queue& q = *static_cast<Queue*>(queue);
  std::deque<Call*> batch;
  batch.swap(q.calls);
  q.handler = nullptr;
  for (Call* c : batch) {
    if (!c->csd) RunOne(*c);
  }
  for (Call* c : batch) {
    if (c->csd) RunOne(*c);
  }
}

Call& Enqueue(uint32_t cpu, smp_call_func_t func, void* info, Task* caller, call_single_data_t* csd) {
  Queue& q = queues[cpu];
  Call& call = calls.emplace_back(Call{func, info, cpu, caller, csd});
  if (!q.handler) {
    q.handler = engine.CreateHandler(cpu, Flush, &q, "ipi", false, true);
  } else {
    engine.OrderBefore(*q.handler);
  }
  call.handler = q.handler;
  q.calls.push_back(&call);
  return call;
}

bool NeedsHandler(const Task& self, const Task& other) {
  for (const Call& c : calls) {
    if (c.caller == &self && !c.done && c.handler == &other) return true;
  }
  return false;
}

// Spins until all calls that the current task waits for are done.
// Source: csd_lock_wait(), 6.1.
void WaitForCalls() {
  Task& self = Current();
  auto pending = [&] {
    for (const Call& c : calls) {
      if (c.caller == &self && !c.done) return true;
    }
    return false;
  };
  engine.Point(Op::CsdWait, nullptr);
  while (pending()) {
    engine.Block({.op = Op::CsdWait, .name = "smp_call_function", .spinning = true, .hard = true,
                  .blocked_by = NeedsHandler});
  }
  for (Call& c : calls) {
    if (c.caller != &self) continue;
    engine.Acquire(c.clock);
    c.caller = nullptr;
  }
}

void CheckContext(const char* function) {
  if (Current().irqs_off) {
    ContextBug(std::string("calls ") + function + "() with interrupts off: two CPUs that do so wait for each other");
  }
  if (in_hardirq() || in_serving_softirq()) {
    ContextBug(std::string("calls ") + function + "() in an interrupt handler");
  }
}

void RunHere(smp_call_func_t func, void* info) {
  unsigned long flags;
  local_irq_save(flags);
  func(info);
  local_irq_restore(flags);
}

// Preemption is off. Source: smp_call_function_many_cond(), 6.1.
void CallMany(const cpumask* mask, smp_cond_func_t cond, smp_call_func_t func, void* info, bool wait, bool local) {
  if (preemptible()) ContextBug("calls smp_call_function_many() with preemption on");
  CheckContext("smp_call_function_many");
  Task& self = Current();
  engine.Point(Op::SmpCall, nullptr);
  const unsigned here = self.cpu;
  bool any = false;
  for (unsigned cpu = 0; cpu < kCpus; ++cpu) {
    if (cpu == here || !cpumask_test_cpu(static_cast<int>(cpu), mask) || !cpu_online(cpu)) continue;
    if (cond && !cond(static_cast<int>(cpu), info)) continue;
    Enqueue(cpu, func, info, wait ? &self : nullptr, nullptr);
    any = true;
  }
  const bool run_here = local && cpumask_test_cpu(static_cast<int>(here), mask) &&
                        (!cond || cond(static_cast<int>(here), info));
  if (run_here) RunHere(func, info);
  if (wait && any) WaitForCalls();
}

}  // namespace

// Source: smp_call_function_single(), 6.1.
extern "C" int smp_call_function_single(int cpu, smp_call_func_t func, void* info, int wait) {
  preempt_disable();
  CheckContext("smp_call_function_single");
  Task& self = Current();
  engine.Point(Op::SmpCall, nullptr);
  int error = 0;
  if (static_cast<unsigned>(cpu) == self.cpu) {
    RunHere(func, info);
  } else if (static_cast<unsigned>(cpu) >= kCpus || !cpu_online(static_cast<unsigned>(cpu))) {
    error = -ENXIO;
  } else {
    Enqueue(static_cast<uint32_t>(cpu), func, info, wait ? &self : nullptr, nullptr);
    if (wait) WaitForCalls();
  }
  preempt_enable();
  return error;
}

// Source: smp_call_function_single_async(), 6.1.
extern "C" int smp_call_function_single_async(int cpu, call_single_data_t* csd) {
  preempt_disable();
  engine.Point(Op::SmpCall, csd);
  int error = 0;
  if (csd->u_flags & CSD_FLAG_LOCK) {
    error = -EBUSY;
  } else if (static_cast<unsigned>(cpu) == Current().cpu) {
    RunHere(csd->func, csd->info);
  } else if (static_cast<unsigned>(cpu) >= kCpus || !cpu_online(static_cast<unsigned>(cpu))) {
    error = -ENXIO;
  } else {
    csd->u_flags |= CSD_FLAG_LOCK;
    Enqueue(static_cast<uint32_t>(cpu), csd->func, csd->info, nullptr, csd);
  }
  preempt_enable();
  return error;
}

extern "C" int smp_call_function_any(const cpumask* mask, smp_call_func_t func, void* info, int wait) {
  preempt_disable();
  unsigned cpu = Current().cpu;
  if (!cpumask_test_cpu(static_cast<int>(cpu), mask)) cpu = cpumask_any_and(mask, cpu_online_mask);
  const int error = smp_call_function_single(static_cast<int>(cpu), func, info, wait);
  preempt_enable();
  return error;
}

extern "C" void smp_call_function_many(const cpumask* mask, smp_call_func_t func, void* info, bool wait) {
  CallMany(mask, nullptr, func, info, wait, false);
}

extern "C" void smp_call_function(smp_call_func_t func, void* info, int wait) {
  preempt_disable();
  CallMany(cpu_online_mask, nullptr, func, info, wait != 0, false);
  preempt_enable();
}

extern "C" void on_each_cpu_cond_mask(smp_cond_func_t cond, smp_call_func_t func, void* info, bool wait,
                                      const cpumask* mask) {
  preempt_disable();
  CallMany(mask, cond, func, info, wait, true);
  preempt_enable();
}

extern "C" void kick_all_cpus_sync(void) {
  engine.Fence(true, true);
  smp_call_function([](void*) {}, nullptr, 1);
}
