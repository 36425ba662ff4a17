// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The freezer. Contract: <linux/freezer.h>. Follows kernel/freezer.c and kernel/power/process.c of Linux 6.1.
#include <linux/freezer.h>

#include <hotweave/hooks.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kthread.h>

#include "kernel/lock.h"
#include "kernel/reset.h"
#include "kernel/sched.h"

using namespace hotweave;

namespace {

bool user_freezing, kernel_freezing;   // pm_freezing, pm_nosig_freezing
void Reset() { user_freezing = kernel_freezing = false; }
const bool registered = OnExecutionBegin(Reset);

// What a user task sees as a pending signal until it has been frozen and thawed. Source: fake_signal_wake_up(), 6.1.
constexpr uint64_t kFakeSignal = uint64_t{1} << 63;

bool IsUser(const Task& t) { return t.signals; }

bool ToFreeze(const Task& t) {
  if (t.flags & (PF_NOFREEZE | PF_SUSPEND_TASK) || t.irq || t.is_clock || t.index == 0) return false;
  return IsUser(t) ? user_freezing : kernel_freezing && (t.flags & PF_KTHREAD);
}

bool Asleep(const Task& t) { return t.in_schedule && !t.runnable; }

// A sleeper in a freezable state is frozen where it is. Source: __set_task_frozen(), 6.1.
bool FreezeSleeper(Task& t) {
  if (!Asleep(t) || !(t.__state & TASK_FREEZABLE)) return false;
  t.__state = TASK_FROZEN;
  t.idle_before_frozen = t.idle;
  t.idle = true;
  return true;
}

bool Skipped(const Task& t) { return (t.flags & PF_FREEZER_SKIP) && Asleep(t); }

// One pass over all tasks: how many have still to freeze.
unsigned FreezeAll() {
  engine.TouchesCommon(kCommonOther, true);
  unsigned left = 0;
  for (Task& t : engine.live()) {
    if (&t != hot.task && !t.exited && freeze_task(&t) && !Skipped(t)) ++left;
  }
  return left;
}

// Source: try_to_freeze_tasks(), 6.1.
int FreezeTasks(const char* what) {
  constexpr uint64_t kTimeout = 20ull * 1'000'000'000;
  MightSleep(Op::Freeze, nullptr);
  engine.Point(Op::Freeze, nullptr, what);
  const uint64_t end = engine.Time() + kTimeout;
  unsigned long nap = 1000;
  while (FreezeAll()) {
    if (engine.Time() >= end) return -EBUSY;
    usleep_range(nap, nap);
    if (nap < 1'000'000) nap *= 2;
  }
  for (Task& t : engine.live()) {
    if (ToFreeze(t)) engine.Acquire(t.park_clock);
  }
  return 0;
}

void ThawAll() {
  for (Task& t : engine.live()) {
    if (t.exited || ToFreeze(t)) continue;
    t.signals_pending &= ~kFakeSignal;
    __thaw_task(&t);
  }
}

}  // namespace

extern "C" bool freezing(task_struct* p) { return ToFreeze(*static_cast<Task*>(p)); }
extern "C" bool frozen(task_struct* p) { return p->__state & TASK_FROZEN; }

// Source: freeze_task(), 6.1.
extern "C" bool freeze_task(task_struct* p) {
  Task& t = *static_cast<Task*>(p);
  if (!ToFreeze(t) || frozen(p) || FreezeSleeper(t)) return false;
  // A user task is to leave its interruptible sleep as for a signal, a thread for its try_to_freeze().
  if (IsUser(t)) t.signals_pending |= kFakeSignal;
  TryToWake(t, IsUser(t) ? TASK_INTERRUPTIBLE : TASK_NORMAL);
  return true;
}

extern "C" void __thaw_task(task_struct* p) {
  Task& t = *static_cast<Task*>(p);
  if (!(t.__state & TASK_FROZEN)) return;
  engine.ReleaseJoin(t.wake_clock);
  t.idle = t.idle_before_frozen;
  TryToWake(t, TASK_FROZEN);
}

// Source: __refrigerator(), 6.1.
extern "C" bool __refrigerator(bool check_kthr_stop) {
  Task& self = Current();
  const unsigned saved = self.__state;
  bool was_frozen = false;
  MightSleep(Op::Freeze, nullptr);
  while (ToFreeze(self) && !(check_kthr_stop && self.should_stop)) {
    engine.Fence(true, true);
    self.__state = TASK_FROZEN;
    was_frozen = true;
    engine.ReleaseJoin(self.park_clock);
    self.idle_before_frozen = self.idle;
    self.idle = true;
    Sleep(Op::Freeze, "thaw", 0);
    self.idle = self.idle_before_frozen;
  }
  self.signals_pending &= ~kFakeSignal;
  self.__state = saved;
  return was_frozen;
}

extern "C" bool try_to_freeze(void) {
  hotweave_might_sleep(__FILE_NAME__, 0);
  engine.Point(Op::Freeze, nullptr, "try_to_freeze");
  return ToFreeze(Current()) && __refrigerator(false);
}

extern "C" bool set_freezable(void) {
  Current().flags &= ~static_cast<unsigned>(PF_NOFREEZE);
  return try_to_freeze();
}

extern "C" int freeze_processes(void) {
  engine.TouchesCommon(kCommonOther, true);
  Current().flags |= PF_SUSPEND_TASK;
  user_freezing = true;
  const int error = FreezeTasks("freeze_processes");
  if (error) thaw_processes();
  return error;
}

extern "C" int freeze_kernel_threads(void) {
  engine.TouchesCommon(kCommonOther, true);
  kernel_freezing = true;
  const int error = FreezeTasks("freeze_kernel_threads");
  if (error) thaw_kernel_threads();
  return error;
}

extern "C" void thaw_processes(void) {
  engine.Point(Op::Freeze, nullptr, "thaw_processes");
  user_freezing = kernel_freezing = false;
  ThawAll();
  Current().flags &= ~static_cast<unsigned>(PF_SUSPEND_TASK);
}

extern "C" void thaw_kernel_threads(void) {
  engine.Point(Op::Freeze, nullptr, "thaw_kernel_threads");
  kernel_freezing = false;
  ThawAll();
}
