// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct mutex. Contract: <linux/mutex.h>. Follows kernel/locking/mutex.c of Linux 6.1.
#include <linux/mutex.h>

#include "kernel/lock.h"

using namespace hotweave;

namespace {

// The slow path: queue, sleep, try again; hand-off after one failed try.
// Source: __mutex_lock_common(), 6.1.
[[gnu::noinline]] void LockSlow(mutex* lock) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.handoff = false;
  self.granted = false;
  EnqueueWaiter(lock->lock, self);
  while (lock->lock.owner) {
    engine.Block({.op = Op::MutexLock, .object = lock, .name = lock->dep_map.name, .hard = true});
    if (self.granted) break;
    if (lock->lock.owner) self.handoff = true;
  }
  if (!self.granted) RemoveWaiter(lock->lock, self);
  self.__state = TASK_RUNNING;
}

}  // namespace

extern "C" void __mutex_init(mutex* lock, const char* name, lock_class_key* key) {
  hotweave_lock_init(&lock->lock, &lock->dep_map, name, key, LD_WAIT_SLEEP);
}

extern "C" void mutex_lock(mutex* lock) {
  MightSleep(Op::MutexLock, lock);
  engine.Point(Op::MutexLock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  if (__builtin_expect(lock->lock.owner != nullptr, 0)) {
    LockSlow(lock);
    engine.Record(Op::Acquired, lock, lock->dep_map.name);
  }
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
}

extern "C" int mutex_trylock(mutex* lock) {
  engine.Point(Op::MutexTrylock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  if (lock->lock.owner) {
    engine.Record(Op::Note, lock, "trylock failed");
    return 0;
  }
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  return 1;
}

extern "C" void mutex_unlock(mutex* lock) {
  engine.Point(Op::MutexUnlock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  Released(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  Task* first = FirstWaiter(lock->lock);
  if (!first) return;
  if (first->handoff) {
    DequeueWaiter(lock->lock);
    lock->lock.owner = first;
    first->granted = true;
  }
  engine.Unblock(*first);
}

extern "C" bool mutex_is_locked(mutex* lock) { return lock->lock.owner != nullptr; }

extern "C" void mutex_destroy(mutex* lock) {
  CheckLock(lock->lock, lock->dep_map);
  if (lock->lock.owner) LockMisuse(lock, lock->dep_map.name, "a held mutex is destroyed");
  lock->lock.magic = 0;
}
