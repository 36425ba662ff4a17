// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct rw_semaphore. Contract: <linux/rwsem.h>. Follows kernel/locking/rwsem-xadd.c of Linux 4.14.
#include <linux/rwsem.h>

#include "kernel/lock.h"

using namespace hotweave;

namespace {

// Gives the lock to the head of the queue: one writer, or the leading run of readers.
// Source: __rwsem_mark_wake(), 4.14.
void Grant(rw_semaphore* sem) {
  while (Task* first = FirstWaiter(sem->lock)) {
    if (!first->shared_waiter) {
      if (sem->lock.owner || sem->lock.readers) return;
      DequeueWaiter(sem->lock);
      sem->lock.owner = first;
      first->granted = true;
      engine.Unblock(*first);
      return;
    }
    if (sem->lock.owner) return;
    DequeueWaiter(sem->lock);
    ++sem->lock.readers;
    first->granted = true;
    engine.Unblock(*first);
  }
}

void WaitForGrant(rw_semaphore* sem, Op op, bool shared) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.granted = false;
  self.shared_waiter = shared;
  EnqueueWaiter(sem->lock, self);
  while (!self.granted) {
    engine.Block({.op = op, .object = sem, .name = sem->dep_map.name, .shared = shared, .hard = true});
  }
  self.__state = TASK_RUNNING;
  engine.Record(Op::Acquired, sem, sem->dep_map.name);
  if (shared) --sem->lock.readers;   // Acquired() counts it again
}

}  // namespace

extern "C" void __init_rwsem(rw_semaphore* sem, const char* name, lock_class_key* key) {
  hotweave_lock_init(&sem->lock, &sem->dep_map, name, key, LD_WAIT_SLEEP);
}

extern "C" void down_read(rw_semaphore* sem) {
  MightSleep(Op::DownRead, sem);
  engine.Point(Op::DownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->lock.owner || FirstWaiter(sem->lock)) WaitForGrant(sem, Op::DownRead, true);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
}

extern "C" void down_write(rw_semaphore* sem) {
  MightSleep(Op::DownWrite, sem);
  engine.Point(Op::DownWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->lock.owner || sem->lock.readers || FirstWaiter(sem->lock)) WaitForGrant(sem, Op::DownWrite, false);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
}

extern "C" int down_read_trylock(rw_semaphore* sem) {
  engine.Point(Op::DownReadTrylock, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->lock.owner || FirstWaiter(sem->lock)) return 0;
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  return 1;
}

extern "C" int down_write_trylock(rw_semaphore* sem) {
  engine.Point(Op::DownWriteTrylock, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->lock.owner || sem->lock.readers) return 0;
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  return 1;
}

extern "C" void up_read(rw_semaphore* sem) {
  engine.Point(Op::UpRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Shared);
  Grant(sem);
}

extern "C" void up_write(rw_semaphore* sem) {
  engine.Point(Op::UpWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  Grant(sem);
}

extern "C" void downgrade_write(rw_semaphore* sem) {
  engine.Point(Op::DowngradeWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  Grant(sem);
}

extern "C" int rwsem_is_locked(rw_semaphore* sem) {
  return sem->lock.owner != nullptr || sem->lock.readers != 0 || sem->lock.first_waiter != nullptr;
}
