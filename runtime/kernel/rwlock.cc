// SPDX-License-Identifier: GPL-2.0-only OR MIT
// rwlock_t. Contract: <linux/rwlock.h>. Follows kernel/locking/qrwlock.c and include/linux/rwlock_api_smp.h of
// Linux 6.1.
//
// hotweave_lock::readers counts the readers in, and those in interrupts that wait for a writer to leave: they hold
// off the next writer already, as their bias in the kernel's count does. Everybody else waits in the FIFO; only its
// first task is announced to others.
#include <linux/preempt.h>
#include <linux/rwlock.h>

#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

bool WriterAnnounced(const rwlock_t* lock) {
  const Task* first = FirstWaiter(lock->lock);
  return first && !first->shared_waiter;
}

bool InInterrupt() { return PreemptCount(Current()) & (SOFTIRQ_MASK | HARDIRQ_MASK); }

// Source: read_lock_is_recursive(), 6.1; e918188611f0 made it depend on the context.
int ReadMode() { return !Since(KERNEL_VERSION(5, 10, 0)) || InInterrupt() ? 2 : 1; }

void Wait(Op op, rwlock_t* lock) {
  engine.Block({.op = op, .object = lock, .name = lock->dep_map.name, .spinning = true,
                .shared = op == Op::ReadLock, .hard = true});
}

bool Waiting(const Task& t, const rwlock_t* lock) { return !t.runnable && t.wait.object == lock && t.wait.spinning; }

// Whoever can go on after a change goes on: the first of the queue, and readers in interrupts.
void WakeWaiters(rwlock_t* lock) {
  if (lock->lock.owner) return;
  Task* first = FirstWaiter(lock->lock);
  if (first && Waiting(*first, lock) && (first->shared_waiter || !lock->lock.readers)) engine.Unblock(*first);
  for (Task& t : engine.live()) {
    if ((t.irq || t.bh_off) && &t != first && t.wait.op == Op::ReadLock && Waiting(t, lock)) engine.Unblock(t);
  }
}

// Queues until it is this task's turn and the lock is free for it.
// Source: queued_read_lock_slowpath(), queued_write_lock_slowpath(), 6.1.
void Queue(Op op, rwlock_t* lock) {
  Task& self = Current();
  self.shared_waiter = op == Op::ReadLock;
  EnqueueWaiter(lock->lock, self);
  while (FirstWaiter(lock->lock) != &self || lock->lock.owner || (!self.shared_waiter && lock->lock.readers)) {
    Wait(op, lock);
  }
  DequeueWaiter(lock->lock);
}

void TakeRead(rwlock_t* lock) {
  DisablePreemption();
  LockdepAcquire(lock->dep_map, 0, false, ReadMode());
  const bool waits = lock->lock.owner || (WriterAnnounced(lock) && !InInterrupt());
  if (waits) {
    ++engine.statistics.contended;
    if (InInterrupt()) {
      ++lock->lock.readers;
      while (lock->lock.owner) Wait(Op::ReadLock, lock);
      --lock->lock.readers;
    } else {
      Queue(Op::ReadLock, lock);
    }
    engine.Record(Op::Acquired, lock, lock->dep_map.name);
  }
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Shared);
  if (waits) WakeWaiters(lock);   // the next in the queue may be a reader too
}

void TakeWrite(rwlock_t* lock, unsigned subclass = 0) {
  DisablePreemption();
  LockdepAcquire(lock->dep_map, subclass);
  if (lock->lock.owner || lock->lock.readers || FirstWaiter(lock->lock)) {
    ++engine.statistics.contended;
    Queue(Op::WriteLock, lock);
    engine.Record(Op::Acquired, lock, lock->dep_map.name);
  }
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
}

void Begin(Op op, rwlock_t* lock) {
  engine.Point(op, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
}

void Drop(Op op, rwlock_t* lock) {
  Begin(op, lock);
  Released(lock->lock, lock->dep_map, lock, op == Op::ReadUnlock ? LockMode::Shared : LockMode::Exclusive);
  LockdepRelease(lock->dep_map);
  WakeWaiters(lock);
}

bool TryTakeWrite(rwlock_t* lock) {
  if (lock->lock.owner || lock->lock.readers || FirstWaiter(lock->lock)) {
    engine.Record(Op::Note, lock, "trylock failed");
    return false;
  }
  DisablePreemption();
  LockdepAcquire(lock->dep_map, 0, true);
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  return true;
}

}  // namespace

extern "C" void __rwlock_init(rwlock_t* lock, const char* name, lock_class_key* key) {
  hotweave_lock_init(&lock->lock, &lock->dep_map, name, key, LD_WAIT_CONFIG);
}

// ---- Readers -------------------------------------------------------------------------------------------

extern "C" void _raw_read_lock(rwlock_t* lock) {
  Begin(Op::ReadLock, lock);
  TakeRead(lock);
}

extern "C" void _raw_read_lock_bh(rwlock_t* lock) {
  Begin(Op::ReadLock, lock);
  DisableSoftirqs();
  TakeRead(lock);
}

extern "C" void _raw_read_lock_irq(rwlock_t* lock) {
  Begin(Op::ReadLock, lock);
  DisableIrqs();
  TakeRead(lock);
}

extern "C" unsigned long _raw_read_lock_irqsave(rwlock_t* lock) {
  Begin(Op::ReadLock, lock);
  const unsigned long flags = hotweave_local_irq_save();
  TakeRead(lock);
  return flags;
}

extern "C" int _raw_read_trylock(rwlock_t* lock) {
  Begin(Op::ReadTrylock, lock);
  if (lock->lock.owner || WriterAnnounced(lock)) {
    engine.Record(Op::Note, lock, "trylock failed");
    return 0;
  }
  DisablePreemption();
  LockdepAcquire(lock->dep_map, 0, true, ReadMode());
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Shared);
  return 1;
}

extern "C" void _raw_read_unlock(rwlock_t* lock) {
  Drop(Op::ReadUnlock, lock);
  preempt_enable();
}

extern "C" void _raw_read_unlock_bh(rwlock_t* lock) {
  Drop(Op::ReadUnlock, lock);
  EnablePreemption();
  local_bh_enable();
}

extern "C" void _raw_read_unlock_irq(rwlock_t* lock) {
  Drop(Op::ReadUnlock, lock);
  local_irq_enable();
  preempt_enable();
}

extern "C" void _raw_read_unlock_irqrestore(rwlock_t* lock, unsigned long flags) {
  Drop(Op::ReadUnlock, lock);
  local_irq_restore(flags);
  preempt_enable();
}

// ---- Writers -------------------------------------------------------------------------------------------

extern "C" void _raw_write_lock(rwlock_t* lock) {
  Begin(Op::WriteLock, lock);
  TakeWrite(lock);
}

extern "C" void _raw_write_lock_nested(rwlock_t* lock, int subclass) {
  Begin(Op::WriteLock, lock);
  TakeWrite(lock, static_cast<unsigned>(subclass));
}

extern "C" void _raw_write_lock_bh(rwlock_t* lock) {
  Begin(Op::WriteLock, lock);
  DisableSoftirqs();
  TakeWrite(lock);
}

extern "C" void _raw_write_lock_irq(rwlock_t* lock) {
  Begin(Op::WriteLock, lock);
  DisableIrqs();
  TakeWrite(lock);
}

extern "C" unsigned long _raw_write_lock_irqsave(rwlock_t* lock) {
  Begin(Op::WriteLock, lock);
  const unsigned long flags = hotweave_local_irq_save();
  TakeWrite(lock);
  return flags;
}

extern "C" int _raw_write_trylock(rwlock_t* lock) {
  Begin(Op::WriteTrylock, lock);
  return TryTakeWrite(lock);
}

extern "C" int hotweave_write_trylock_irqsave(rwlock_t* lock, unsigned long* flags) {
  Begin(Op::WriteTrylock, lock);
  *flags = hotweave_local_irq_save();
  if (TryTakeWrite(lock)) return 1;
  local_irq_restore(*flags);
  return 0;
}

extern "C" void _raw_write_unlock(rwlock_t* lock) {
  Drop(Op::WriteUnlock, lock);
  preempt_enable();
}

extern "C" void _raw_write_unlock_bh(rwlock_t* lock) {
  Drop(Op::WriteUnlock, lock);
  EnablePreemption();
  local_bh_enable();
}

extern "C" void _raw_write_unlock_irq(rwlock_t* lock) {
  Drop(Op::WriteUnlock, lock);
  local_irq_enable();
  preempt_enable();
}

extern "C" void _raw_write_unlock_irqrestore(rwlock_t* lock, unsigned long flags) {
  Drop(Op::WriteUnlock, lock);
  local_irq_restore(flags);
  preempt_enable();
}

extern "C" int hotweave_rwlock_is_contended(rwlock_t* lock) {
  engine.Point(Op::Load, lock, "rwlock_is_contended");
  return lock->lock.first_waiter != nullptr;
}
