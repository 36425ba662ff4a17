// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Signals, and sleeps that a signal may end. Contracts: signal.h, <linux/sched/signal.h>, <linux/signal.h>. Follow
// kernel/signal.c and include/linux/sched/signal.h of Linux 6.1.
#include "kernel/signal.h"

#include <hotweave/target.h>
#include <linux/errno.h>
#include <linux/sched/signal.h>

#include "kernel/lock.h"

using namespace hotweave;

namespace hotweave {
namespace {

constexpr uint64_t Bit(int sig) { return uint64_t{1} << (sig - 1); }
constexpr uint64_t kKill = Bit(SIGKILL);
// What an arriving signal is if nobody says: one that user space has a handler for.
constexpr int kOrdinary = SIGUSR1;

bool EndsBySignal(unsigned state) { return state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL); }

struct Arrival {
  int sig = 0;           // 0: none
  bool during = false;   // else before
};

// The input's decision about a sleep in `state`.
Arrival DrawArrival(const Task& self, unsigned state) {
  if (!self.signals || !EndsBySignal(state) || SignalPending(self, state)) return {};
  const bool interruptible = state & TASK_INTERRUPTIBLE;
  const uint32_t choice = engine.ChooseRarely(interruptible ? 5 : 3);
  if (choice == 0) return {};
  return {interruptible && choice <= 2 ? kOrdinary : SIGKILL, choice % 2 == 0};
}

void Deliver(Task& task, int sig) {
  task.signals_pending |= Bit(sig);
  engine.Record(Op::Note, nullptr, sig == SIGKILL ? "SIGKILL arrives" : "a signal arrives");
}

// The input's decision where the current task looks for a signal: 1 lets one arrive.
void MaybeDeliver(const Task& task, int sig) {
  if (&task != hot.task || !task.signals) return;
  if (engine.ChooseWhether(2, 1)) Deliver(*hot.task, sig);
}

bool Ignored(const Task& task, int sig) { return !task.signals && !(task.signals_allowed & Bit(sig)); }

// The first pending signal, or 0.
int FirstPending(const Task& task) {
  return task.signals_pending ? __builtin_ctzll(task.signals_pending) + 1 : 0;
}

}  // namespace

bool SignalPending(const Task& task, unsigned state) {
  if (state & TASK_INTERRUPTIBLE) return task.signals_pending != 0;
  return (state & TASK_WAKEKILL) && (task.signals_pending & kKill);
}

Woken SleepIn(unsigned state, const Wait& wait, uint64_t ns) {
  Task& self = Current();
  const Arrival arrival = DrawArrival(self, state);
  if (arrival.sig && !arrival.during) Deliver(self, arrival.sig);
  if (SignalPending(self, state)) {
    self.__state = TASK_RUNNING;
    return Woken::BySignal;
  }
  self.__state = state;
  self.in_schedule = true;
  bool woken = true;
  if (arrival.sig) {
    // The next moment of virtual time is whenever the input lets the clock move.
    Wait brief = wait;
    brief.delay = false;
    woken = engine.BlockFor(brief, 1);
    if (!woken) Deliver(self, arrival.sig);
  } else if (ns) {
    woken = engine.BlockFor(wait, ns);
  } else {
    engine.Block(wait);
  }
  self.in_schedule = false;
  self.__state = TASK_RUNNING;
  if (SignalPending(self, state)) return Woken::BySignal;
  return woken ? Woken::ByTask : Woken::ByTimeout;
}

}  // namespace hotweave

extern "C" void hotweave_user_task(bool on) {
  Task& self = Current();
  self.signals = on;
  self.signals_pending &= on ? kKill : 0;
}

extern "C" int hotweave_signal_pending(task_struct* p, unsigned state) {
  const Task& task = *static_cast<Task*>(p);
  engine.Point(Op::Yield, nullptr, "signal_pending");
  if (!EndsBySignal(state)) return 0;
  if (!SignalPending(task, state)) MaybeDeliver(task, state & TASK_INTERRUPTIBLE ? kOrdinary : SIGKILL);
  return SignalPending(task, state);
}

// Source: send_signal_locked(), sig_task_ignored(), complete_signal(), 6.1.
extern "C" int send_sig(int sig, task_struct* p, int) {
  if (sig < 0 || sig > HOTWEAVE_NSIG) return -EINVAL;
  Task& task = *static_cast<Task*>(p);
  engine.Point(Op::SendSig, nullptr, task.comm);
  if (sig == 0 || task.exited || Ignored(task, sig)) return 0;
  task.signals_pending |= Bit(sig);
  engine.TouchesTask(task);
  TryToWake(task, sig == SIGKILL ? TASK_INTERRUPTIBLE | TASK_WAKEKILL : TASK_INTERRUPTIBLE);
  return 0;
}

extern "C" void allow_signal(int sig) { Current().signals_allowed |= Bit(sig); }
extern "C" void disallow_signal(int sig) {
  Current().signals_allowed &= ~Bit(sig);
  Current().signals_pending &= ~Bit(sig);
}

extern "C" void flush_signals(task_struct* p) {
  static_cast<Task*>(p)->signals_pending = 0;
  engine.TouchesTask(*static_cast<Task*>(p));
}

extern "C" int kernel_dequeue_signal(void) {
  Task& self = Current();
  const int sig = self.signals_pending & kKill ? SIGKILL : FirstPending(self);
  if (sig) self.signals_pending &= ~Bit(sig);
  return sig;
}
