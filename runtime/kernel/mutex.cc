// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct mutex. Contract: <linux/mutex.h>. Follows kernel/locking/mutex.c of Linux 6.1.
#include <linux/errno.h>
#include <linux/mutex.h>

#include "kernel/lock.h"
#include "kernel/signal.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

// "locking/mutex: Add lock handoff to avoid starvation"
const Change kHandoff{"9d659ae14b54", KERNEL_VERSION(4, 10, 0)};

// The slow path: queue, sleep, try again; hand-off after one failed try. 0 or -EINTR.
// Source: __mutex_lock_common(), 6.1.
__attribute__((__noinline__)) int LockSlow(mutex* lock, unsigned state) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.handoff = false;
  self.granted = false;
  EnqueueWaiter(lock->lock, self);
  while (lock->lock.owner && !SignalPending(self, state)) {
    SleepIn(state, {.op = Op::MutexLock, .object = lock, .name = lock->dep_map.name, .hard = true});
    if (self.granted) return 0;
    if (lock->lock.owner && FirstWaiter(lock->lock) == &self) self.handoff = kHandoff.InEffect();
  }
  RemoveWaiter(lock->lock, self);
  self.__state = TASK_RUNNING;
  return lock->lock.owner ? -EINTR : 0;
}

int Lock(mutex* lock, unsigned state, unsigned subclass = 0, lockdep_map* nest = nullptr) {
  MightSleep(Op::MutexLock, lock);
  engine.Point(Op::MutexLock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  LockdepAcquire(lock->dep_map, subclass, false, 0, nest);
  if (__builtin_expect(lock->lock.owner != nullptr, 0)) {
    if (const int error = LockSlow(lock, state)) {
      engine.Record(Op::Note, lock, "interrupted");
      LockdepRelease(lock->dep_map);
      return error;
    }
    engine.Record(Op::Acquired, lock, lock->dep_map.name);
  }
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  return 0;
}

}  // namespace

extern "C" void __mutex_init(mutex* lock, const char* name, lock_class_key* key) {
  hotweave_lock_init(&lock->lock, &lock->dep_map, name, key, LD_WAIT_SLEEP);
}

extern "C" void mutex_lock(mutex* lock) { Lock(lock, TASK_UNINTERRUPTIBLE); }
extern "C" void mutex_lock_nested(mutex* lock, unsigned subclass) { Lock(lock, TASK_UNINTERRUPTIBLE, subclass); }
extern "C" void _mutex_lock_nest_lock(mutex* lock, lockdep_map* nest) { Lock(lock, TASK_UNINTERRUPTIBLE, 0, nest); }
extern "C" void mutex_lock_io(mutex* lock) { Lock(lock, TASK_UNINTERRUPTIBLE); }
extern "C" void mutex_lock_io_nested(mutex* lock, unsigned subclass) { Lock(lock, TASK_UNINTERRUPTIBLE, subclass); }

extern "C" int mutex_lock_interruptible(mutex* lock) { return Lock(lock, TASK_INTERRUPTIBLE); }
extern "C" int mutex_lock_killable(mutex* lock) { return Lock(lock, TASK_KILLABLE); }
extern "C" int mutex_lock_interruptible_nested(mutex* lock, unsigned subclass) {
  return Lock(lock, TASK_INTERRUPTIBLE, subclass);
}
extern "C" int mutex_lock_killable_nested(mutex* lock, unsigned subclass) {
  return Lock(lock, TASK_KILLABLE, subclass);
}

extern "C" int mutex_trylock(mutex* lock) {
  engine.Point(Op::MutexTrylock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  if (lock->lock.owner) {
    engine.Record(Op::Note, lock, "trylock failed");
    return 0;
  }
  LockdepAcquire(lock->dep_map, 0, true);
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  return 1;
}

// Source: __mutex_unlock_slowpath(), 6.1.
extern "C" void mutex_unlock(mutex* lock) {
  engine.Point(Op::MutexUnlock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  Released(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  LockdepRelease(lock->dep_map);
  Task* first = FirstWaiter(lock->lock);
  if (!first) return;
  if (first->handoff) {
    DequeueWaiter(lock->lock);
    lock->lock.owner = first;
    first->granted = true;
  }
  TryToWake(*first, TASK_NORMAL);
}

extern "C" bool mutex_is_locked(mutex* lock) {
  engine.Point(Op::Load, lock);
  return lock->lock.owner != nullptr;
}

extern "C" void mutex_destroy(mutex* lock) {
  CheckLock(lock->lock, lock->dep_map);
  if (lock->lock.owner) LockMisuse(lock, lock->dep_map.name, "a held mutex is destroyed");
  lock->lock.magic = 0;
}
