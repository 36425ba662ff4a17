// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sleeping and waking, and where a task may run. Contracts: sched.h, <linux/sched.h>. Follow kernel/sched/core.c and
// kernel/time/timer.c of Linux 6.1.
#include <hotweave/hooks.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include <climits>

#include "kernel/lock.h"
#include "kernel/percpu.h"
#include "kernel/sched.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace hotweave {

namespace {

// Once nobody new can get it, those who have it decide. Who waits has it, too, as far as lockdep knows.
bool NeedsHolder(const Task& self, const Task& other) {
  return &self != &other && engine.observer()->Holds(other, *self.needs_holders);
}

}  // namespace

bool Sleep(Op op, const char* name, uint64_t ns, bool delay) {
  Task& self = Current();
  MightSleep(op, nullptr);
  engine.Point(op, nullptr);
  if (self.__state == TASK_RUNNING) {
    engine.Acquire(self.wake_clock);
    return true;
  }
  // A sleep that does not count as load is a wait for work. Source: check_hung_uninterruptible_tasks(), 6.1.
  const bool idle = self.idle;
  self.idle = idle || (self.__state & TASK_NOLOAD);
  Wait wait{.op = op, .name = name, .delay = delay};
  if (const lockdep_map* map = self.needs_holders; map && self.__state == TASK_UNINTERRUPTIBLE && !ns) {
    wait.name = map->name;
    wait.hard = true;
    wait.blocked_by = NeedsHolder;
  }
  const Woken how = SleepIn(self.__state, wait, ns);
  self.idle = idle;
  return how != Woken::ByTimeout;
}

}  // namespace hotweave

namespace {

constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;

}  // namespace

extern "C" task_struct* hotweave_current(void) { return hot.task; }

namespace hotweave {

void PreemptibleUse(const char* what) {
  Failure f;
  f.kind = Kind::WrongCpu;
  f.sentence = std::string(hot.task->comm) + " calls " + what +
               " with preemption on: it may be moved to another CPU before it uses the answer";
  engine.Fail(std::move(f));
}

}  // namespace hotweave

extern "C" void set_current_state(unsigned state) {
  engine.Point(Op::Yield, nullptr, "set_current_state");
  engine.Fence(true, true);
  Current().__state = state;
}

extern "C" void hotweave_wait_for_holders(const lockdep_map* map) { Current().needs_holders = map; }

extern "C" void schedule(void) { Sleep(Op::Schedule, "wake-up", 0); }
extern "C" void io_schedule(void) { Sleep(Op::Schedule, "I/O", 0); }

namespace {

long SleepJiffies(const char* name, long timeout, bool delay) {
  if (timeout == MAX_SCHEDULE_TIMEOUT) {
    Sleep(Op::Schedule, name, 0);
    return timeout;
  }
  // Source: schedule_timeout(), 6.1: says so and returns at once.
  if (timeout < 0) hotweave_warn(__FILE_NAME__, 0, "schedule_timeout: wrong timeout value", static_cast<const char*>(nullptr));
  const uint64_t end = engine.Time() + static_cast<uint64_t>(timeout) * kNsPerJiffy;
  Sleep(Op::Schedule, name, timeout > 0 ? static_cast<uint64_t>(timeout) * kNsPerJiffy : 1, delay);
  const uint64_t now = engine.Time();
  return now >= end ? 0 : static_cast<long>((end - now) / kNsPerJiffy);
}

long SleepInState(unsigned state, long timeout) {
  Current().__state = state;
  return SleepJiffies("wake-up", timeout, false);
}

}  // namespace

extern "C" long schedule_timeout(long timeout) { return SleepJiffies("wake-up", timeout, false); }
extern "C" long io_schedule_timeout(long timeout) { return SleepJiffies("I/O", timeout, false); }
// Nobody wakes it by design: a mere delay.
extern "C" long schedule_timeout_uninterruptible(long timeout) {
  Current().__state = TASK_UNINTERRUPTIBLE;
  return SleepJiffies("wake-up", timeout, true);
}
extern "C" long schedule_timeout_interruptible(long timeout) { return SleepInState(TASK_INTERRUPTIBLE, timeout); }
extern "C" long schedule_timeout_killable(long timeout) { return SleepInState(TASK_KILLABLE, timeout); }
extern "C" long schedule_timeout_idle(long timeout) { return SleepInState(TASK_IDLE, timeout); }

extern "C" void schedule_preempt_disabled(void) {
  preempt_enable_no_resched();
  schedule();
  preempt_disable();
}

extern "C" int wake_up_process(task_struct* p) {
  return wake_up_state(p, TASK_NORMAL);
}

extern "C" int wake_up_state(task_struct* p, unsigned state) {
  engine.Point(Op::WakeUpProcess, nullptr, p->comm[0] ? p->comm : nullptr);
  return TryToWake(*static_cast<Task*>(p), state);
}

extern "C" unsigned task_cpu(const task_struct* p) { return static_cast<const Task*>(p)->cpu; }

// Source: __set_cpus_allowed_ptr(), affine_move_task(), 6.1.
extern "C" int set_cpus_allowed_ptr(task_struct* p, const cpumask* new_mask) {
  Task& t = *static_cast<Task*>(p);
  MightSleep(Op::Schedule, nullptr);
  engine.Point(Op::Yield, nullptr, "set_cpus_allowed_ptr");
  const auto mask = static_cast<uint32_t>(new_mask->bits[0]) & ((1u << kCpus) - 1);
  uint32_t to = kCpus;
  for (uint32_t c = kCpus; c-- > 0;) {
    if ((mask >> c & 1) && engine.cpus[c].online) to = c;
  }
  if (to == kCpus || (t.flags & PF_NO_SETAFFINITY)) return -EINVAL;
  engine.TouchesTask(t);
  engine.TouchesCommon(kCommonOther, true);
  Engine::AllowCpus(t, mask);
  while (!t.exited && !(mask >> t.cpu & 1)) {
    if (!t.migrate_off && engine.Movable(t)) {
      engine.MoveTo(t, to);
    } else {
      engine.Relax();
    }
  }
  return 0;
}

extern "C" void cond_resched(void) {
  MightSleep(Op::Schedule, nullptr);
  engine.Point(Op::Yield, nullptr, "cond_resched");
}
extern "C" void yield(void) { engine.Point(Op::Yield, nullptr, "yield"); }

extern "C" void hotweave_cpu_relax(void) { engine.Relax(); }
