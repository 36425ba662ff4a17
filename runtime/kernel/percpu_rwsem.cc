// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct percpu_rw_semaphore. Contract: <linux/percpu-rwsem.h>. Follows kernel/locking/percpu-rwsem.c of Linux 6.1,
// and of 4.14 for kernels before 5.6.
#include <linux/percpu-rwsem.h>

#include "kernel/lock.h"
#include "kernel/rwsem.h"
#include "kernel/signal.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

// "locking/percpu-rwsem: Remove the embedded rwsem"
const Change kOwnQueue{"7f26482a872c", KERNEL_VERSION(5, 6, 0)};

// A wait for the writer that blocks, or (as a writer) for those ahead in the queue.
Wait ForBlock(const percpu_rw_semaphore* sem, Op op, bool shared) {
  return {.op = op, .object = sem, .name = sem->dep_map.name, .shared = shared, .hard = true, .blocker = &sem->block};
}

// ---- From 5.6: one queue -------------------------------------------------------------------------------

// Source: percpu_rwsem_wait(), 6.1.
void WaitInQueue(percpu_rw_semaphore* sem, Op op, bool reader) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.granted = false;
  self.shared_waiter = reader;
  EnqueueWaiter(sem->block, self);
  while (!self.granted) SleepIn(TASK_UNINTERRUPTIBLE, ForBlock(sem, op, reader));
}

// Readers up to one writer, who is then the one that blocks.
// Source: percpu_rwsem_wake_function(), 6.1.
void WakeQueue(percpu_rw_semaphore* sem) {
  while (!sem->block.owner && FirstWaiter(sem->block)) {
    Task* t = DequeueWaiter(sem->block);
    if (t->shared_waiter) {
      ++sem->lock.readers;
    } else {
      sem->block.owner = t;
    }
    t->granted = true;
    TryToWake(*t, TASK_NORMAL);
  }
}

// ---- Up to 5.5: an inner rw_semaphore ------------------------------------------------------------------

// Takes and drops the inner semaphore for read: the writer keeps it as long as it writes.
// Source: __percpu_down_read(), 4.14.
void PassInner(percpu_rw_semaphore* sem) {
  RwsemWaitToRead(sem->block, TASK_UNINTERRUPTIBLE, ForBlock(sem, Op::PercpuDownRead, true));
  if (RwsemFree(sem->block)) RwsemWake(sem->block);
}

// ---- Both ----------------------------------------------------------------------------------------------

// A reader must wait: the current task is a reader when it returns.
void WaitForWriter(percpu_rw_semaphore* sem) {
  if (kOwnQueue.InEffect()) {
    WaitInQueue(sem, Op::PercpuDownRead, true);
    --sem->lock.readers;   // Acquired() counts it again
  } else {
    PassInner(sem);
  }
  engine.Record(Op::Acquired, sem, sem->dep_map.name);
}

// Excludes other writers, and makes new readers wait.
void Block(percpu_rw_semaphore* sem) {
  if (kOwnQueue.InEffect()) {
    if (sem->block.owner) WaitInQueue(sem, Op::PercpuDownWrite, false);
  } else {
    RwsemWaitToWrite(sem->block, TASK_UNINTERRUPTIBLE, ForBlock(sem, Op::PercpuDownWrite, false));
  }
  sem->block.owner = &Current();
}

void WaitForReaders(percpu_rw_semaphore* sem) {
  if (!sem->lock.readers) return;
  ++engine.statistics.contended;
  sem->writer = &Current();
  while (sem->lock.readers) {
    SleepIn(TASK_UNINTERRUPTIBLE,
            {.op = Op::PercpuDownWrite, .object = sem, .name = sem->dep_map.name, .hard = true});
  }
  sem->writer = nullptr;
  engine.Record(Op::Acquired, sem, sem->dep_map.name);
}

// A reader left: the writer that waits for that looks again.
void ReaderLeft(percpu_rw_semaphore* sem) {
  if (sem->writer) TryToWake(*static_cast<Task*>(sem->writer), TASK_NORMAL);
}

}  // namespace

extern "C" int __percpu_init_rwsem(percpu_rw_semaphore* sem, const char* name, lock_class_key* key) {
  hotweave_lock_init(&sem->lock, &sem->dep_map, name, key, LD_WAIT_SLEEP);
  sem->block = hotweave_lock __HOTWEAVE_LOCK_INIT;
  rcu_sync_init(&sem->rss);
  sem->non_owners = 0;
  sem->writer = nullptr;
  return 0;
}

extern "C" void percpu_free_rwsem(percpu_rw_semaphore* sem) {
  CheckLock(sem->lock, sem->dep_map);
  if (sem->lock.readers || sem->block.owner) {
    LockMisuse(sem, sem->dep_map.name, "a held percpu_rw_semaphore is freed");
  }
  rcu_sync_dtor(&sem->rss);
  sem->lock.magic = 0;
}

extern "C" void percpu_down_read(percpu_rw_semaphore* sem) {
  MightSleep(Op::PercpuDownRead, sem);
  engine.Point(Op::PercpuDownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  LockdepAcquire(sem->dep_map, 0, false, 1);
  if (sem->block.owner) WaitForWriter(sem);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
}

extern "C" bool percpu_down_read_trylock(percpu_rw_semaphore* sem) {
  engine.Point(Op::PercpuDownReadTrylock, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->block.owner) {
    engine.Record(Op::Note, sem, "trylock failed");
    return false;
  }
  LockdepAcquire(sem->dep_map, 0, true, 1);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  return true;
}

extern "C" void percpu_up_read(percpu_rw_semaphore* sem) {
  engine.Point(Op::PercpuUpRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Shared);
  LockdepRelease(sem->dep_map);
  ReaderLeft(sem);
}

extern "C" void percpu_down_write(percpu_rw_semaphore* sem) {
  MightSleep(Op::PercpuDownWrite, sem);
  engine.Point(Op::PercpuDownWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  const bool at_once = kOwnQueue.InEffect();
  if (at_once) LockdepAcquire(sem->dep_map);
  rcu_sync_enter(&sem->rss);
  if (!at_once) LockdepAcquire(sem->dep_map);
  Block(sem);
  WaitForReaders(sem);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
}

extern "C" void percpu_up_write(percpu_rw_semaphore* sem) {
  engine.Point(Op::PercpuUpWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  LockdepRelease(sem->dep_map);
  sem->block.owner = nullptr;
  if (kOwnQueue.InEffect()) {
    WakeQueue(sem);
  } else {
    RwsemWake(sem->block);
  }
  rcu_sync_exit(&sem->rss);
}

extern "C" bool percpu_is_read_locked(percpu_rw_semaphore* sem) {
  engine.Point(Op::Load, sem);
  return sem->lock.readers && !sem->block.owner;
}

extern "C" bool percpu_is_write_locked(percpu_rw_semaphore* sem) {
  engine.Point(Op::Load, sem);
  return sem->block.owner != nullptr;
}

extern "C" void percpu_rwsem_release(percpu_rw_semaphore* sem, bool read, unsigned long) {
  const bool holds = read ? engine.Holds(*hot.task, sem) && !sem->lock.owner : sem->lock.owner == hot.task;
  if (!holds) LockMisuse(sem, sem->dep_map.name, "percpu_rwsem_release() by a task that does not hold the semaphore");
  LockdepRelease(sem->dep_map);
  engine.Unhold(sem);
  if (read) {
    ++sem->non_owners;
  } else {
    sem->lock.owner = sem->block.owner = &Nobody();
  }
}

extern "C" void percpu_rwsem_acquire(percpu_rw_semaphore* sem, bool read, unsigned long) {
  const bool open = read ? sem->non_owners != 0 : sem->lock.owner == &Nobody();
  if (!open) LockMisuse(sem, sem->dep_map.name, "percpu_rwsem_acquire() of a semaphore that nobody has released to others");
  LockdepAcquire(sem->dep_map, 0, true, read ? 1 : 0);
  if (read) {
    --sem->non_owners;
  } else {
    sem->lock.owner = sem->block.owner = hot.task;
  }
  engine.Hold(sem, &sem->dep_map, read ? LockMode::Shared : LockMode::Exclusive);
}
