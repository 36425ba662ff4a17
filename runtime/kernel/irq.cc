// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Interrupt lines: handlers, their threads, disabling, waiting for them. Contract: <linux/interrupt.h>. Follows
// kernel/irq/manage.c, chip.c and handle.c of Linux 6.1 (the flow of edge interrupts).
#include <hotweave/target.h>
#include <linux/interrupt.h>

#include <cerrno>
#include <cstdio>
#include <deque>

#include "core/internal.h"
#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/reset.h"

using namespace hotweave;

namespace {

struct Action {
  irq_handler_t handler = nullptr, thread_fn = nullptr;
  unsigned long flags = 0;
  const char* name = nullptr;
  void* device = nullptr;
  unsigned irq = 0;
  Task* thread = nullptr;
  bool wake = false;      // the thread has something to do
  bool busy = false;      // it is at it
  bool stop = false;
};

struct Line {
  std::deque<Action*> actions;
  unsigned depth = 0;         // of disable_irq()
  bool pending = false;       // came while it was disabled or in progress
  bool masked = false;        // IRQF_ONESHOT: until the threads are done
  Task* running = nullptr;    // its hard handler
  bool raised[kCpus] = {};    // on its way to that CPU: a second one is the same
  uint32_t clock = 0;         // of desc->lock, which everything here takes
};

// Of this execution.
Line lines[NR_IRQS];
std::deque<Action> actions;
const bool registered = OnExecutionBegin([] {
  for (Line& l : lines) l = Line{};
  actions.clear();
});

void HandleLine(void* line);

// desc->lock, taken and given up in one step.
void Synchronise(Line& l) {
  engine.Acquire(l.clock);
  engine.ReleaseJoin(l.clock);
}

bool ThreadsBusy(const Line& l) {
  for (const Action* a : l.actions) {
    if (a->wake || a->busy) return true;
  }
  return false;
}

void WakeWaiters(const Line& l) {
  for (Task& t : engine.live()) {
    if (!t.runnable && t.wait.op == Op::SynchronizeIrq && t.wait.object == &l) engine.Unblock(t);
  }
}

void Deliver(Line& l, uint32_t cpu) {
  if (l.raised[cpu]) return;
  l.raised[cpu] = true;
  engine.CreateHandler(cpu, HandleLine, &l, "irq", false, false);
}

bool Off(const Line& l) { return l.depth || l.masked || l.actions.empty(); }

// It can be delivered again: if it came meanwhile, it is. Source: check_irq_resend(), 6.1.
void Resend(Line& l) {
  if (l.pending && !Off(l) && !l.running) {
    l.pending = false;
    Deliver(l, Current().cpu);
  }
}

void WakeThread(Line& l, Action& a) {
  a.wake = true;
  if (a.flags & IRQF_ONESHOT) l.masked = true;
  if (!a.thread->runnable && a.thread->wait.op == Op::SynchronizeIrq) engine.Unblock(*a.thread);
}

// Source: handle_edge_irq(), handle_irq_event(), 6.1.
void HandleLine(void* line) {
  Line& l = *static_cast<Line*>(line);
  Synchronise(l);
  l.raised[Current().cpu] = false;
  if (l.running || Off(l)) {
    if (!l.actions.empty()) l.pending = true;
    return;
  }
  l.running = hot.task;
  do {
    l.pending = false;
    const std::deque<Action*> all = l.actions;
    for (Action* a : all) {
      const irqreturn_t result = a->handler ? a->handler(static_cast<int>(a->irq), a->device) : IRQ_WAKE_THREAD;
      if (result == IRQ_WAKE_THREAD && a->thread_fn) WakeThread(l, *a);
    }
    Synchronise(l);
  } while (l.pending && !Off(l));
  l.running = nullptr;
  WakeWaiters(l);
}

// Source: irq_thread(), 6.1.
int IrqThread(void* action) {
  Action& a = *static_cast<Action*>(action);
  Line& l = lines[a.irq];
  for (;;) {
    Current().idle = true;
    while (!a.wake && !a.stop) engine.Block({.op = Op::SynchronizeIrq, .object = &a, .name = "interrupt"});
    Current().idle = false;
    if (!a.wake) return 0;
    a.wake = false;
    a.busy = true;
    Synchronise(l);
    a.thread_fn(static_cast<int>(a.irq), a.device);
    a.busy = false;
    Synchronise(l);
    if ((a.flags & IRQF_ONESHOT) && !ThreadsBusy(l)) {
      l.masked = false;
      Resend(l);
    }
    WakeWaiters(l);
  }
}

bool NeedsHandler(const Task& self, const Task& other) {
  const auto* l = static_cast<const Line*>(self.wait.object);
  if (l->running) return l->running == &other;
  for (const Action* a : l->actions) {
    if (a->busy && a->thread == &other) return true;
  }
  return false;
}

// Source: __synchronize_irq(), 6.1.
void WaitForHandlers(Line& l, bool threads) {
  engine.Point(Op::SynchronizeIrq, nullptr);
  while (l.running || (threads && ThreadsBusy(l))) {
    engine.Block({.op = Op::SynchronizeIrq, .object = &l, .name = "interrupt handler",
                  .spinning = InAtomic(Current()), .hard = true, .blocked_by = NeedsHandler});
  }
  Synchronise(l);
}

Line* LineOf(unsigned irq) { return irq < NR_IRQS ? &lines[irq] : nullptr; }

bool CanShare(const Line& l, unsigned long flags) {
  if (l.actions.empty()) return true;
  for (const Action* a : l.actions) {
    if (!(a->flags & flags & IRQF_SHARED)) return false;
  }
  return true;
}

}  // namespace

// ---- Requesting ----------------------------------------------------------------------------------------

// Source: request_threaded_irq(), __setup_irq(), 6.1.
extern "C" int request_threaded_irq(unsigned irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags,
                                    const char* name, void* device) {
  MightSleep(Op::SynchronizeIrq, nullptr);
  engine.Point(Op::SynchronizeIrq, nullptr, "request_irq");
  Line* l = LineOf(irq);
  if (!l || (!handler && !thread_fn) || ((flags & IRQF_SHARED) && !device)) return -EINVAL;
  if ((flags & IRQF_SHARED) && (flags & IRQF_NO_AUTOEN)) return -EINVAL;
  if (!CanShare(*l, flags)) return -EBUSY;
  if (!handler && !(flags & IRQF_ONESHOT)) return -EINVAL;
  Action& a = actions.emplace_back(Action{handler, thread_fn, flags, name, device, irq});
  if (thread_fn) {
    char comm[TASK_COMM_LEN];
    snprintf(comm, sizeof(comm), "irq/%u-%s", irq, name ? name : "");
    a.thread = engine.CreateTask(IrqThread, &a, comm);
    engine.StartTask(*a.thread);
  }
  if (l->actions.empty()) l->depth = flags & IRQF_NO_AUTOEN ? 1 : 0;
  l->actions.push_back(&a);
  Synchronise(*l);
  return 0;
}

// Source: __free_irq(), 6.1.
extern "C" const void* free_irq(unsigned irq, void* device) {
  MightSleep(Op::SynchronizeIrq, nullptr);
  engine.Point(Op::SynchronizeIrq, nullptr, "free_irq");
  Line* l = LineOf(irq);
  Action* a = nullptr;
  for (Action* each : l ? l->actions : std::deque<Action*>{}) {
    if (each->device == device) a = each;
  }
  if (!a) ContextBug("frees an interrupt handler that is not there (free_irq)");
  for (auto at = l->actions.begin(); at != l->actions.end(); ++at) {
    if (*at != a) continue;
    l->actions.erase(at);
    break;
  }
  Synchronise(*l);
  WaitForHandlers(*l, false);
  if (a->thread) {
    a->stop = true;
    if (!a->thread->runnable && a->thread->wait.op == Op::SynchronizeIrq) engine.Unblock(*a->thread);
    while (!a->thread->exited) engine.Block({.op = Op::Join, .name = a->thread->comm, .hard = true, .on = a->thread});
    engine.Acquire(a->thread->exit_clock);
    if ((a->flags & IRQF_ONESHOT) && !ThreadsBusy(*l)) l->masked = false;
  }
  return a->name;
}

// ---- Disabling -----------------------------------------------------------------------------------------

namespace {

Line& Checked(unsigned irq) {
  Line* l = LineOf(irq);
  if (!l) ContextBug("uses an interrupt line that does not exist");
  return *l;
}

Line& Disable(unsigned irq) {
  Line& l = Checked(irq);
  engine.Point(Op::IrqRaise, nullptr, "disable_irq");
  Synchronise(l);
  ++l.depth;
  return l;
}

}  // namespace

extern "C" void disable_irq_nosync(unsigned irq) { Disable(irq); }

extern "C" void disable_irq(unsigned irq) {
  MightSleep(Op::SynchronizeIrq, nullptr);
  WaitForHandlers(Disable(irq), true);
}

extern "C" bool disable_hardirq(unsigned irq) {
  Line& l = Disable(irq);
  WaitForHandlers(l, false);
  return !ThreadsBusy(l);
}

extern "C" void enable_irq(unsigned irq) {
  Line& l = Checked(irq);
  engine.Point(Op::IrqRaise, nullptr, "enable_irq");
  Synchronise(l);
  if (l.depth == 0) ContextBug("calls enable_irq() more often than disable_irq()");
  if (--l.depth == 0) Resend(l);
}

extern "C" void synchronize_irq(unsigned irq) {
  MightSleep(Op::SynchronizeIrq, nullptr);
  WaitForHandlers(Checked(irq), true);
}

extern "C" bool synchronize_hardirq(unsigned irq) {
  Line& l = Checked(irq);
  WaitForHandlers(l, false);
  return !ThreadsBusy(l);
}

// ---- The device ----------------------------------------------------------------------------------------

extern "C" void hotweave_fire_irq(unsigned irq) {
  Line& l = Checked(irq);
  engine.Point(Op::IrqRaise, nullptr, "device");
  if (l.actions.empty()) return;   // nobody listens
  // 0: this CPU; then the others that are online, in order.
  uint32_t online[kCpus];
  uint32_t n = 0;
  const uint32_t here = Current().cpu;
  for (uint32_t i = 0; i < kCpus; ++i) {
    if (engine.cpus[(here + i) % kCpus].online) online[n++] = (here + i) % kCpus;
  }
  Deliver(l, online[engine.Choose(n)]);
}
