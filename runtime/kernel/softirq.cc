// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Softirqs and tasklets. Contract: <linux/interrupt.h>. Follows kernel/softirq.c of Linux 6.1.
//
// What is raised on a CPU waits for one handler task there, which the engine lets in when the CPU's interrupts and
// bottom halves are on: at the end of a hard interrupt, in local_bh_enable(), or wherever the input decides.
#include <linux/interrupt.h>

#include <deque>

#include "core/internal.h"
#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/reset.h"

using namespace hotweave;

namespace {

struct SoftirqCpu {
  unsigned pending = 0;
  Task* handler = nullptr;              // raised, not begun
  Task* running = nullptr;
  uint32_t clock[NR_SOFTIRQS] = {};     // published by those who raised it
  std::deque<tasklet_struct*> tasklets[2];   // hi, normal
};

SoftirqCpu cpus[kCpus];
void (*actions[NR_SOFTIRQS])(softirq_action*);
softirq_action vector[NR_SOFTIRQS];
bool tasklets_open;
constexpr unsigned kMaxRestart = 10;   // MAX_SOFTIRQ_RESTART

const bool registered = OnExecutionBegin([] {
  for (SoftirqCpu& c : cpus) c = SoftirqCpu{};
  for (auto& action : actions) action = nullptr;
  tasklets_open = false;
});

void Raise(SoftirqCpu& c, unsigned nr);

// Source: __do_softirq(), kernel/softirq.c, 6.1.
void DoSoftirq(void* cpu) {
  SoftirqCpu& c = *static_cast<SoftirqCpu*>(cpu);
  c.handler = nullptr;
  c.running = hot.task;
  for (unsigned round = 0; c.pending && round < kMaxRestart; ++round) {
    const unsigned now = c.pending;
    c.pending = 0;
    for (unsigned nr = 0; nr < NR_SOFTIRQS; ++nr) {
      if (!(now >> nr & 1)) continue;
      engine.Acquire(c.clock[nr]);
      const unsigned before = PreemptCount(Current());
      if (actions[nr]) actions[nr](&vector[nr]);
      if (PreemptCount(Current()) != before) ContextBug("leaves a softirq with another preempt_count() than it had");
    }
    engine.Point(Op::Yield, nullptr, "softirq");
  }
  c.running = nullptr;
  // What is left is ksoftirqd's.
  for (unsigned nr = 0; nr < NR_SOFTIRQS; ++nr) {
    if (c.pending >> nr & 1) return Raise(c, nr);
  }
}

void Raise(SoftirqCpu& c, unsigned nr) {
  engine.TouchesCommon(kCommonOther, true);
  c.pending |= 1u << nr;
  engine.ReleaseJoin(c.clock[nr]);
  if (c.handler || c.running) return;
  c.handler = engine.CreateHandler(static_cast<uint32_t>(&c - cpus), DoSoftirq, &c, "softirq", true, false);
}

}  // namespace

extern "C" void open_softirq(int nr, void (*action)(softirq_action*)) {
  if (nr < 0 || nr >= NR_SOFTIRQS) ContextBug("opens a softirq that does not exist");
  actions[nr] = action;
  vector[nr].action = action;
}

extern "C" void __raise_softirq_irqoff(unsigned nr) {
  if (nr >= NR_SOFTIRQS) ContextBug("raises a softirq that does not exist");
  if (!Current().irqs_off) ContextBug("calls raise_softirq_irqoff() with interrupts on");
  Raise(cpus[Current().cpu], nr);
}

extern "C" void raise_softirq_irqoff(unsigned nr) { __raise_softirq_irqoff(nr); }

extern "C" void raise_softirq(unsigned nr) {
  engine.Point(Op::SoftirqRaise, nullptr);
  if (nr >= NR_SOFTIRQS) ContextBug("raises a softirq that does not exist");
  Raise(cpus[Current().cpu], nr);
}

extern "C" unsigned local_softirq_pending(void) { return cpus[Current().cpu].pending; }

// ---- Tasklets ------------------------------------------------------------------------------------------

namespace {

constexpr unsigned long kScheduled = 1ul << TASKLET_STATE_SCHED, kRunning = 1ul << TASKLET_STATE_RUN;

void WakeWaiters(tasklet_struct* t) {
  for (Task& w : engine.live()) {
    if (!w.runnable && w.wait.op == Op::TaskletWait && w.wait.object == t) engine.Unblock(w);
  }
}

void Enqueue(tasklet_struct* t, unsigned cpu, bool hi) {
  SoftirqCpu& c = cpus[cpu];
  c.tasklets[hi ? 0 : 1].push_back(t);
  Raise(c, hi ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
}

// Where a scheduled tasklet waits: its CPU and list. False if nowhere.
bool Find(const tasklet_struct* t, unsigned* cpu, bool* hi) {
  for (unsigned c = 0; c < kCpus; ++c) {
    for (unsigned list = 0; list < 2; ++list) {
      for (const tasklet_struct* q : cpus[c].tasklets[list]) {
        if (q != t) continue;
        *cpu = c;
        *hi = list == 0;
        return true;
      }
    }
  }
  return false;
}

// A tasklet that could not run where its softirq looked at it is looked at again.
void LookAgain(tasklet_struct* t) {
  unsigned cpu;
  bool hi;
  if (Find(t, &cpu, &hi)) Raise(cpus[cpu], hi ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
}

void RunTasklet(tasklet_struct* t) {
  t->state = (t->state & ~kScheduled) | kRunning;
  engine.Acquire(t->clock);
  if (t->use_callback) {
    t->callback(t);
  } else {
    t->func(t->data);
  }
  engine.ReleaseJoin(t->clock);
  t->state &= ~kRunning;
  WakeWaiters(t);
  LookAgain(t);
}

// Source: tasklet_action_common(), 6.1.
void TaskletAction(unsigned list) {
  std::deque<tasklet_struct*>& queue = cpus[Current().cpu].tasklets[list];
  std::deque<tasklet_struct*> batch;
  batch.swap(queue);
  for (tasklet_struct* t : batch) {
    engine.Point(Op::Yield, t, "tasklet");
    if ((t->state & kRunning) || t->count.counter) {
      queue.push_back(t);   // for LookAgain()
    } else {
      RunTasklet(t);
    }
  }
}

void Schedule(tasklet_struct* t, bool hi) {
  if (!tasklets_open) {
    tasklets_open = true;
    open_softirq(HI_SOFTIRQ, [](softirq_action*) { TaskletAction(0); });
    open_softirq(TASKLET_SOFTIRQ, [](softirq_action*) { TaskletAction(1); });
  }
  engine.Point(Op::SoftirqRaise, t, hi ? "tasklet_hi_schedule" : "tasklet_schedule");
  engine.ReleaseJoin(t->clock);
  if (t->state & kScheduled) return;
  t->state |= kScheduled;
  Enqueue(t, Current().cpu, hi);
}

// Whoever runs the tasklet must finish first; if it is scheduled, and that is waited for, nobody is known.
bool NeedsRunner(const Task& self, const Task& other) {
  const auto* t = static_cast<const tasklet_struct*>(self.wait.object);
  if (!(t->state & kRunning)) return false;
  for (const SoftirqCpu& c : cpus) {
    if (c.running == &other) return true;
  }
  return false;
}

void WaitFor(tasklet_struct* t, unsigned long state, bool spins) {
  while (t->state & state) {
    engine.Block({.op = Op::TaskletWait, .object = t, .name = "tasklet", .spinning = spins, .hard = true,
                  .blocked_by = NeedsRunner});
  }
  engine.Acquire(t->clock);
}

void Disable(tasklet_struct* t) {
  engine.Point(Op::SoftirqRaise, t, "tasklet_disable");
  ++t->count.counter;
}

}  // namespace

extern "C" void tasklet_setup(tasklet_struct* t, void (*callback)(tasklet_struct*)) {
  *t = tasklet_struct{};
  t->use_callback = true;
  t->callback = callback;
}

extern "C" void tasklet_init(tasklet_struct* t, void (*func)(unsigned long), unsigned long data) {
  *t = tasklet_struct{};
  t->func = func;
  t->data = data;
}

extern "C" void tasklet_schedule(tasklet_struct* t) { Schedule(t, false); }
extern "C" void tasklet_hi_schedule(tasklet_struct* t) { Schedule(t, true); }

extern "C" void tasklet_disable_nosync(tasklet_struct* t) { Disable(t); }

extern "C" void tasklet_disable(tasklet_struct* t) {
  MightSleep(Op::TaskletWait, t);
  Disable(t);
  WaitFor(t, kRunning, false);
}

extern "C" void tasklet_disable_in_atomic(tasklet_struct* t) {
  Disable(t);
  WaitFor(t, kRunning, true);
}

extern "C" void tasklet_unlock_wait(tasklet_struct* t) {
  MightSleep(Op::TaskletWait, t);
  engine.Point(Op::TaskletWait, t);
  WaitFor(t, kRunning, false);
}

extern "C" void tasklet_enable(tasklet_struct* t) {
  engine.Point(Op::SoftirqRaise, t, "tasklet_enable");
  if (t->count.counter <= 0) ContextBug("calls tasklet_enable() without tasklet_disable()");
  engine.ReleaseJoin(t->clock);
  if (--t->count.counter == 0) LookAgain(t);
}

// Source: tasklet_kill(), 6.1: waits for SCHED to be clear, takes it, waits for RUN, clears SCHED.
extern "C" void tasklet_kill(tasklet_struct* t) {
  MightSleep(Op::TaskletWait, t);
  engine.Point(Op::TaskletWait, t, "tasklet_kill");
  WaitFor(t, kScheduled, false);
  t->state |= kScheduled;
  WaitFor(t, kRunning, false);
  t->state &= ~kScheduled;
  WakeWaiters(t);
}
