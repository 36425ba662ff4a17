// SPDX-License-Identifier: GPL-2.0-only OR MIT
// spinlock_t and seqlock_t. Contracts: <linux/spinlock.h>, <linux/seqlock.h>. Follow
// include/linux/spinlock_api_smp.h and include/linux/seqlock.h of Linux 6.1.
#include <linux/seqlock.h>
#include <linux/spinlock.h>

#include "kernel/lock.h"

using namespace hotweave;

namespace {

void LockSpinning(spinlock_t* lock, unsigned subclass = 0) {
  Task& self = Current();
  LockdepAcquire(lock->dep_map, subclass);
  if (lock->lock.owner) {
    ++engine.statistics.contended;
    EnqueueWaiter(lock->lock, self);
    while (lock->lock.owner) {
      engine.Block({.op = Op::SpinLock, .object = lock, .name = lock->dep_map.name, .spinning = true, .hard = true});
    }
    RemoveWaiter(lock->lock, self);
    engine.Record(Op::Acquired, lock, lock->dep_map.name);
  }
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
}

void Unlock(spinlock_t* lock) {
  engine.Point(Op::SpinUnlock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  Released(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  LockdepRelease(lock->dep_map);
  // Every spinner sees the lock free; the scheduler decides who gets it.
  for (Task* t = FirstWaiter(lock->lock); t; t = t->next_waiter) engine.Unblock(*t);
}

}  // namespace

extern "C" void __spin_lock_init(spinlock_t* lock, const char* name, lock_class_key* key) {
  hotweave_lock_init(&lock->lock, &lock->dep_map, name, key, LD_WAIT_CONFIG);
}

extern "C" void spin_lock(spinlock_t* lock) {
  engine.Point(Op::SpinLock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  preempt_disable();
  LockSpinning(lock);
}

extern "C" void spin_lock_nested(spinlock_t* lock, int subclass) {
  engine.Point(Op::SpinLock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  preempt_disable();
  LockSpinning(lock, static_cast<unsigned>(subclass));
}

extern "C" int spin_trylock(spinlock_t* lock) {
  engine.Point(Op::SpinTrylock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  if (lock->lock.owner) return 0;
  preempt_disable();
  LockdepAcquire(lock->dep_map, 0, true);
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  return 1;
}

extern "C" void spin_unlock(spinlock_t* lock) {
  Unlock(lock);
  preempt_enable();
}

extern "C" int spin_is_locked(spinlock_t* lock) { return lock->lock.owner != nullptr; }

extern "C" unsigned long hotweave_spin_lock_irqsave(spinlock_t* lock) {
  engine.Point(Op::SpinLock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  const unsigned long flags = hotweave_local_irq_save();
  preempt_disable();
  LockSpinning(lock);
  return flags;
}

extern "C" void spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags) {
  Unlock(lock);
  local_irq_restore(flags);
  preempt_enable();
}

extern "C" void spin_lock_irq(spinlock_t* lock) {
  engine.Point(Op::SpinLock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  local_irq_disable();
  preempt_disable();
  LockSpinning(lock);
}

extern "C" void spin_unlock_irq(spinlock_t* lock) {
  Unlock(lock);
  local_irq_enable();
  preempt_enable();
}

// ---- seqlock_t -----------------------------------------------------------------------------------------

extern "C" unsigned int read_seqbegin(seqlock_t* sl) {
  // A reader that finds a writer active spins until it is done.
  engine.Point(Op::Load, &sl->sequence);
  while (sl->sequence & 1) {
    Task* writer = static_cast<Task*>(sl->lock.lock.owner);
    if (!writer) break;
    EnqueueWaiter(sl->lock.lock, Current());
    engine.Block({.op = Op::SpinLock, .object = &sl->lock, .name = sl->lock.dep_map.name, .spinning = true, .hard = true});
    RemoveWaiter(sl->lock.lock, Current());
  }
  engine.Acquire(sl->lock.lock.write_clock);
  ++hot.race_off;
  return sl->sequence;
}

extern "C" unsigned int read_seqretry(seqlock_t* sl, unsigned int start) {
  engine.Point(Op::Load, &sl->sequence);
  --hot.race_off;
  return sl->sequence != start;
}

extern "C" void write_seqlock(seqlock_t* sl) {
  spin_lock(&sl->lock);
  engine.Point(Op::Store, &sl->sequence);
  ++sl->sequence;
}

extern "C" void write_sequnlock(seqlock_t* sl) {
  engine.Point(Op::Store, &sl->sequence);
  ++sl->sequence;
  engine.Release(sl->lock.lock.write_clock);   // what was written precedes the even number
  spin_unlock(&sl->lock);
}
