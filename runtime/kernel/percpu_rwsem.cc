// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct percpu_rw_semaphore. Contract: <linux/percpu-rwsem.h>. Follows kernel/locking/percpu-rwsem.c and
// kernel/rcu/sync.c of Linux 4.14.
#include <linux/percpu-rwsem.h>

#include "kernel/lock.h"
#include "kernel/preempt.h"

using namespace hotweave;

namespace {

// A reader left or backed off: a writer that waits for that looks again.
void WakeWriter(percpu_rw_semaphore* sem) {
  if (sem->writer) engine.Unblock(*static_cast<Task*>(sem->writer));
}

// Waits for the writer by taking and dropping the inner rwsem for read.
// Source: __percpu_down_read(), 4.14.
void WaitForWriter(percpu_rw_semaphore* sem) {
  ++engine.statistics.contended;
  rw_semaphore* inner = &sem->rw_sem;
  Task& self = Current();
  self.granted = false;
  if (inner->lock.owner || FirstWaiter(inner->lock)) {
    self.shared_waiter = true;
    EnqueueWaiter(inner->lock, self);
    while (!self.granted) {
      engine.Block({.op = Op::PercpuDownRead,
                    .object = sem,
                    .name = sem->dep_map.name,
                    .shared = true,
                    .hard = true,
                    .blocker = inner});
    }
    --inner->lock.readers;
    self.__state = TASK_RUNNING;
  }
}

// After the inner rwsem changed hands: lets the next writer or the waiting readers in.
void GrantInner(rw_semaphore* inner) {
  while (Task* first = FirstWaiter(inner->lock)) {
    if (inner->lock.owner || (!first->shared_waiter && inner->lock.readers)) return;
    DequeueWaiter(inner->lock);
    if (first->shared_waiter) {
      ++inner->lock.readers;
    } else {
      inner->lock.owner = first;
    }
    first->granted = true;
    engine.Unblock(*first);
  }
}

// Readers that were let in only pass through the inner rwsem: when the last has passed, a writer may enter.
void LeaveInner(rw_semaphore* inner) {
  if (!inner->lock.readers) GrantInner(inner);
}

void LockInner(percpu_rw_semaphore* sem) {
  rw_semaphore* inner = &sem->rw_sem;
  Task& self = Current();
  if (inner->lock.owner || inner->lock.readers || FirstWaiter(inner->lock)) {
    ++engine.statistics.contended;
    self.granted = self.shared_waiter = false;
    EnqueueWaiter(inner->lock, self);
    while (!self.granted) {
      engine.Block({.op = Op::PercpuDownWrite, .object = sem, .name = sem->dep_map.name, .hard = true, .blocker = inner});
    }
    self.__state = TASK_RUNNING;
  }
  inner->lock.owner = &self;
  engine.Acquire(inner->lock.write_clock);
}

}  // namespace

extern "C" int __percpu_init_rwsem(percpu_rw_semaphore* sem, const char* name, lock_class_key* key) {
  hotweave_lock_init(&sem->lock, &sem->dep_map, name, key, LD_WAIT_SLEEP);
  hotweave_lock_init(&sem->rw_sem.lock, &sem->rw_sem.dep_map, name, key, LD_WAIT_SLEEP);
  sem->readers_block = sem->gp_count = 0;
  sem->writer = nullptr;
  return 0;
}

extern "C" void percpu_free_rwsem(percpu_rw_semaphore* sem) {
  if (sem->lock.readers || sem->lock.owner) LockMisuse(sem, sem->dep_map.name, "a held percpu_rw_semaphore is freed");
  sem->lock.magic = 0;
}

extern "C" void percpu_down_read(percpu_rw_semaphore* sem) {
  MightSleep(Op::PercpuDownRead, sem);
  engine.Point(Op::PercpuDownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->gp_count && sem->readers_block) {
    WaitForWriter(sem);
    LeaveInner(&sem->rw_sem);
    engine.Record(Op::Acquired, sem, sem->dep_map.name);
  }
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
}

extern "C" int percpu_down_read_trylock(percpu_rw_semaphore* sem) {
  engine.Point(Op::PercpuDownReadTrylock, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->readers_block) return 0;
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  return 1;
}

extern "C" void percpu_up_read(percpu_rw_semaphore* sem) {
  engine.Point(Op::PercpuUpRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Shared);
  if (sem->gp_count) WakeWriter(sem);
}

extern "C" void percpu_down_write(percpu_rw_semaphore* sem) {
  MightSleep(Op::PercpuDownWrite, sem);
  engine.Point(Op::PercpuDownWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->gp_count++ == 0) SynchronizeSched();
  LockInner(sem);
  sem->readers_block = 1;
  sem->writer = &Current();
  bool waited = false;
  while (sem->lock.readers) {
    if (!waited) ++engine.statistics.contended;
    waited = true;
    engine.Block({.op = Op::PercpuDownWrite, .object = sem, .name = sem->dep_map.name, .hard = true});
  }
  sem->writer = nullptr;
  if (waited) engine.Record(Op::Acquired, sem, sem->dep_map.name);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
}

extern "C" void percpu_up_write(percpu_rw_semaphore* sem) {
  engine.Point(Op::PercpuUpWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  sem->readers_block = 0;
  sem->rw_sem.lock.owner = nullptr;
  engine.Release(sem->rw_sem.lock.write_clock);
  --sem->gp_count;
  GrantInner(&sem->rw_sem);
}
