// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct rt_mutex. Contract: <linux/rtmutex.h>. Follows kernel/locking/rtmutex.c and rtmutex_api.c of Linux 6.1.
#include <linux/errno.h>
#include <linux/rtmutex.h>

#include "kernel/lock.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace {

// Source: rt_mutex_slowlock_block(), 6.1.
__attribute__((__noinline__)) int LockSlow(rt_mutex* lock, unsigned state) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.granted = false;
  EnqueueWaiter(lock->rtmutex, self);
  while (!self.granted) {
    if (SignalPending(self, state)) {
      RemoveWaiter(lock->rtmutex, self);
      engine.Record(Op::Note, lock, "interrupted");
      return -EINTR;
    }
    SleepIn(state, {.op = Op::RtMutexLock, .object = lock, .name = lock->dep_map.name, .hard = true});
  }
  engine.Record(Op::Acquired, lock, lock->dep_map.name);
  return 0;
}

int Lock(rt_mutex* lock, unsigned state, unsigned subclass = 0, lockdep_map* nest = nullptr) {
  MightSleep(Op::RtMutexLock, lock);
  engine.Point(Op::RtMutexLock, lock, lock->dep_map.name);
  CheckLock(lock->rtmutex, lock->dep_map);
  LockdepAcquire(lock->dep_map, subclass, false, 0, nest);
  const int error = lock->rtmutex.owner ? LockSlow(lock, state) : 0;
  if (error) {
    LockdepRelease(lock->dep_map);
  } else {
    Acquired(lock->rtmutex, lock->dep_map, lock, LockMode::Exclusive);
  }
  return error;
}

}  // namespace

extern "C" void __rt_mutex_init(rt_mutex* lock, const char* name, lock_class_key* key) {
  hotweave_lock_init(&lock->rtmutex, &lock->dep_map, name, key, LD_WAIT_SLEEP);
}

extern "C" void rt_mutex_lock(rt_mutex* lock) { Lock(lock, TASK_UNINTERRUPTIBLE); }
extern "C" void rt_mutex_lock_nested(rt_mutex* lock, unsigned subclass) { Lock(lock, TASK_UNINTERRUPTIBLE, subclass); }
extern "C" void _rt_mutex_lock_nest_lock(rt_mutex* lock, lockdep_map* nest) {
  Lock(lock, TASK_UNINTERRUPTIBLE, 0, nest);
}
extern "C" int rt_mutex_lock_interruptible(rt_mutex* lock) { return Lock(lock, TASK_INTERRUPTIBLE); }
extern "C" int rt_mutex_lock_killable(rt_mutex* lock) { return Lock(lock, TASK_KILLABLE); }

extern "C" int rt_mutex_trylock(rt_mutex* lock) {
  engine.Point(Op::RtMutexTrylock, lock, lock->dep_map.name);
  CheckLock(lock->rtmutex, lock->dep_map);
  if (lock->rtmutex.owner) {
    engine.Record(Op::Note, lock, "trylock failed");
    return 0;
  }
  LockdepAcquire(lock->dep_map, 0, true);
  Acquired(lock->rtmutex, lock->dep_map, lock, LockMode::Exclusive);
  return 1;
}

// Model: the first waiter owns it at once; in the kernel nobody else of its priority can take it either.
extern "C" void rt_mutex_unlock(rt_mutex* lock) {
  engine.Point(Op::RtMutexUnlock, lock, lock->dep_map.name);
  CheckLock(lock->rtmutex, lock->dep_map);
  Released(lock->rtmutex, lock->dep_map, lock, LockMode::Exclusive);
  LockdepRelease(lock->dep_map);
  Task* first = DequeueWaiter(lock->rtmutex);
  if (!first) return;
  lock->rtmutex.owner = first;
  first->granted = true;
  TryToWake(*first, TASK_NORMAL);
}
