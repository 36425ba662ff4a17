// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sleeping, waking and delays. Contracts: <linux/sched.h>, <linux/delay.h>, <linux/jiffies.h>. Follow
// kernel/sched/core.c and kernel/time/timer.c of Linux 6.1.
#include <hotweave/hooks.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include <climits>

#include "kernel/lock.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace {

constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;

// Sleeps as the state says; true if woken, false if `ns` (0: no limit) ran out.
bool Sleep(Op op, const char* name, uint64_t ns, bool delay = false) {
  Task& self = Current();
  MightSleep(op, nullptr);
  engine.Point(op, nullptr);
  if (self.__state == TASK_RUNNING) return true;
  return SleepIn(self.__state, {.op = op, .name = name, .delay = delay}, ns) != Woken::ByTimeout;
}

void Delay(uint64_t ns) {
  // A sleep of this kind cannot be cut short: wake-ups for other reasons start the rest of it.
  const uint64_t end = engine.now + ns;
  while (engine.now < end) {
    Current().__state = TASK_UNINTERRUPTIBLE;
    Sleep(Op::Msleep, "timer", end - engine.now, true);
  }
}

}  // namespace

extern "C" task_struct* hotweave_current(void) { return hot.task; }
extern "C" unsigned hotweave_smp_processor_id(void) { return Current().cpu; }
extern "C" unsigned long hotweave_jiffies(void) { return engine.now / kNsPerJiffy; }

extern "C" void set_current_state(unsigned state) {
  engine.Point(Op::Yield, nullptr, "set_current_state");
  engine.Fence(true, true);
  Current().__state = state;
}

extern "C" void schedule(void) { Sleep(Op::Schedule, "wake-up", 0); }
extern "C" void io_schedule(void) { Sleep(Op::Schedule, "I/O", 0); }

namespace {

long SleepJiffies(long timeout, bool delay) {
  if (timeout == MAX_SCHEDULE_TIMEOUT) {
    schedule();
    return timeout;
  }
  const uint64_t end = engine.now + static_cast<uint64_t>(timeout) * kNsPerJiffy;
  Sleep(Op::Schedule, "wake-up", timeout > 0 ? static_cast<uint64_t>(timeout) * kNsPerJiffy : 1, delay);
  return engine.now >= end ? 0 : static_cast<long>((end - engine.now) / kNsPerJiffy);
}

}  // namespace

extern "C" long schedule_timeout(long timeout) { return SleepJiffies(timeout, false); }

extern "C" long schedule_timeout_uninterruptible(long timeout) {
  Current().__state = TASK_UNINTERRUPTIBLE;
  return SleepJiffies(timeout, true);
}
extern "C" long schedule_timeout_interruptible(long timeout) {
  Current().__state = TASK_INTERRUPTIBLE;
  return schedule_timeout(timeout);
}

extern "C" int wake_up_process(task_struct* p) {
  engine.Point(Op::WakeUpProcess, nullptr, p->comm[0] ? p->comm : nullptr);
  return TryToWake(*static_cast<Task*>(p), TASK_NORMAL);
}

extern "C" void cond_resched(void) {
  MightSleep(Op::Schedule, nullptr);
  engine.Point(Op::Yield, nullptr, "cond_resched");
}
extern "C" void yield(void) { engine.Point(Op::Yield, nullptr, "yield"); }

extern "C" void hotweave_cpu_relax(void) { engine.Relax(); }

extern "C" void msleep(unsigned msecs) { Delay(uint64_t{msecs} * 1'000'000); }
extern "C" void ssleep(unsigned seconds) { Delay(uint64_t{seconds} * 1'000'000'000); }
extern "C" void usleep_range(unsigned long min, unsigned long) { Delay(min * 1000); }
namespace {

// Time passes for everybody: timers that are due fire.
void Spin(const char* name, uint64_t ns) {
  engine.Point(Op::Yield, nullptr, name);
  engine.Elapse(ns);
}

}  // namespace

extern "C" void udelay(unsigned long usecs) { Spin("udelay", usecs * 1000); }
extern "C" void ndelay(unsigned long nsecs) { Spin("ndelay", nsecs); }
extern "C" void mdelay(unsigned long msecs) { Spin("mdelay", msecs * 1'000'000); }
