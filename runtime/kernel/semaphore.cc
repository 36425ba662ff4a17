// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct semaphore. Contract: <linux/semaphore.h>. Follows kernel/locking/semaphore.c of Linux 6.1.
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/semaphore.h>

#include "kernel/lock.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace {

void Check(const semaphore* sem) {
  if (sem->lock.magic != HOTWEAVE_LOCK_MAGIC) {
    LockMisuse(sem, nullptr, "a semaphore is used that was never initialised");
  }
}

// Source: ___down_common(), 6.1.
__attribute__((__noinline__)) int WaitForUnit(semaphore* sem, unsigned state, uint64_t ns) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.granted = false;
  EnqueueWaiter(sem->lock, self);
  const uint64_t end = engine.Time() + ns;
  for (;;) {
    int error = 0;
    if (SignalPending(self, state)) error = -EINTR;
    if (!error && ns && engine.Time() >= end) error = -ETIME;
    if (error) {
      RemoveWaiter(sem->lock, self);
      return error;
    }
    SleepIn(state, {.op = Op::SemaphoreDown, .object = sem, .name = sem->name}, ns ? end - engine.Time() : 0);
    if (self.granted) break;
  }
  engine.Record(Op::Acquired, sem, sem->name);
  return 0;
}

int Down(semaphore* sem, unsigned state, uint64_t ns = 0) {
  MightSleep(Op::SemaphoreDown, sem);
  engine.Point(Op::SemaphoreDown, sem, sem->name);
  Check(sem);
  if (sem->count) {
    --sem->count;
  } else if (const int error = WaitForUnit(sem, state, ns)) {
    engine.Record(Op::Note, sem, error == -ETIME ? "timed out" : "interrupted");
    return error;
  }
  engine.Acquire(sem->lock.write_clock);
  return 0;
}

}  // namespace

extern "C" void hotweave_sema_init(semaphore* sem, int val, const char* name) {
  *sem = semaphore __SEMAPHORE_INITIALIZER(sem, static_cast<unsigned>(val));
  sem->name = name;
}

extern "C" void down(semaphore* sem) { Down(sem, TASK_UNINTERRUPTIBLE); }
extern "C" int down_interruptible(semaphore* sem) { return Down(sem, TASK_INTERRUPTIBLE); }
extern "C" int down_killable(semaphore* sem) { return Down(sem, TASK_KILLABLE); }

extern "C" int down_timeout(semaphore* sem, long timeout) {
  if (timeout == MAX_SCHEDULE_TIMEOUT) return Down(sem, TASK_UNINTERRUPTIBLE);
  constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;
  return Down(sem, TASK_UNINTERRUPTIBLE, timeout > 0 ? static_cast<uint64_t>(timeout) * kNsPerJiffy : 1);
}

extern "C" int down_trylock(semaphore* sem) {
  engine.Point(Op::SemaphoreDownTrylock, sem, sem->name);
  Check(sem);
  if (!sem->count) {
    engine.Record(Op::Note, sem, "trylock failed");
    return 1;
  }
  --sem->count;
  engine.Acquire(sem->lock.write_clock);
  return 0;
}

// Source: up(), __up(), 6.1.
extern "C" void up(semaphore* sem) {
  engine.Point(Op::SemaphoreUp, sem, sem->name);
  Check(sem);
  engine.ReleaseJoin(sem->lock.write_clock);
  Task* first = DequeueWaiter(sem->lock);
  if (!first) {
    ++sem->count;
    return;
  }
  first->granted = true;
  TryToWake(*first, TASK_NORMAL);
}
