// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The virtual clock as kernel code reads it, and delays. Contracts: <linux/jiffies.h>, <linux/timekeeping.h>,
// <linux/delay.h>. Follow kernel/time/timer.c and kernel/time/timekeeping.c of Linux 6.1.
#include <hotweave/hooks.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "kernel/lock.h"
#include "kernel/reset.h"
#include "kernel/sched.h"

using namespace hotweave;

namespace {

constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;

// A loop on the clock that neither sleeps nor spins by cpu_relax() would never end: after so many looks in a row at
// one time, each look takes a jiffy.
constexpr uint32_t kPatience = 1000;
uint64_t last_seen, looks;
void Reset() { last_seen = looks = 0; }
const bool registered = OnExecutionBegin(Reset);

uint64_t Now() {
  if (engine.Time() != last_seen) {
    last_seen = engine.now;
    looks = 0;
  } else if (++looks > kPatience) {
    engine.Elapse(kNsPerJiffy);
    last_seen = engine.now;
  }
  return engine.now;
}

// A sleep of this kind cannot be cut short: wake-ups for other reasons start the rest of it.
void Delay(uint64_t ns, unsigned state = TASK_UNINTERRUPTIBLE) {
  const uint64_t end = engine.now + ns;
  while (engine.now < end) {
    Current().__state = state;
    Sleep(Op::Msleep, "timer", end - engine.now, true);
  }
}

// Time passes for everybody: timers that are due fire.
void Spin(const char* name, uint64_t ns) {
  engine.Point(Op::Yield, nullptr, name);
  engine.Elapse(ns);
}

}  // namespace

extern "C" unsigned long hotweave_jiffies(void) { return Now() / kNsPerJiffy; }
extern "C" s64 hotweave_now(void) { return static_cast<s64>(Now()); }

extern "C" void msleep(unsigned msecs) { Delay(uint64_t{msecs} * 1'000'000); }
extern "C" void ssleep(unsigned seconds) { Delay(uint64_t{seconds} * 1'000'000'000); }
extern "C" void usleep_range_state(unsigned long min, unsigned long, unsigned state) { Delay(uint64_t{min} * 1000, state); }

// Source: msleep_interruptible(), 6.1.
extern "C" unsigned long msleep_interruptible(unsigned msecs) {
  unsigned long left = msecs_to_jiffies(msecs) + 1;
  while (left && !signal_pending(hotweave_current())) {
    left = static_cast<unsigned long>(schedule_timeout_interruptible(static_cast<long>(left)));
  }
  return jiffies_to_msecs(left);
}

extern "C" void udelay(unsigned long usecs) { Spin("udelay", usecs * 1000); }
extern "C" void ndelay(unsigned long nsecs) { Spin("ndelay", nsecs); }
extern "C" void mdelay(unsigned long msecs) { Spin("mdelay", msecs * 1'000'000); }
