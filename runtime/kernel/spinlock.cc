// SPDX-License-Identifier: GPL-2.0-only OR MIT
// raw_spinlock_t and spinlock_t. Contract: <linux/spinlock.h>. Follows include/linux/spinlock_api_smp.h of
// Linux 6.1.
#include <linux/spinlock.h>

#include "kernel/lock.h"
#include "kernel/preempt.h"

using namespace hotweave;

namespace {

void Spin(raw_spinlock_t* lock) {
  Task& self = Current();
  ++engine.statistics.contended;
  EnqueueWaiter(lock->lock, self);
  while (lock->lock.owner) {
    engine.Block({.op = Op::SpinLock, .object = lock, .name = lock->dep_map.name, .spinning = true, .hard = true});
  }
  RemoveWaiter(lock->lock, self);
  engine.Record(Op::Acquired, lock, lock->dep_map.name);
}

// Before interrupts or preemption go off.
void Begin(Op op, raw_spinlock_t* lock) {
  engine.Point(op, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
}

void Take(raw_spinlock_t* lock, unsigned subclass = 0, lockdep_map* nest = nullptr) {
  DisablePreemption();
  LockdepAcquire(lock->dep_map, subclass, false, 0, nest);
  if (__builtin_expect(lock->lock.owner != nullptr, 0)) Spin(lock);
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
}

// The part of a trylock that cannot wait. Leaves preemption off on success.
bool TryTake(raw_spinlock_t* lock) {
  if (lock->lock.owner) {
    engine.Record(Op::Note, lock, "trylock failed");
    return false;
  }
  DisablePreemption();
  LockdepAcquire(lock->dep_map, 0, true);
  Acquired(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  return true;
}

void Drop(raw_spinlock_t* lock) {
  engine.Point(Op::SpinUnlock, lock, lock->dep_map.name);
  CheckLock(lock->lock, lock->dep_map);
  Released(lock->lock, lock->dep_map, lock, LockMode::Exclusive);
  LockdepRelease(lock->dep_map);
  // Every spinner sees the lock free; the scheduler decides who gets it.
  for (Task* t = FirstWaiter(lock->lock); t; t = t->next_waiter) engine.Unblock(*t);
}

}  // namespace

extern "C" void __raw_spin_lock_init(raw_spinlock_t* lock, const char* name, lock_class_key* key, short inner) {
  hotweave_lock_init(&lock->lock, &lock->dep_map, name, key, static_cast<lockdep_wait_type>(inner));
}

extern "C" void __spin_lock_init(spinlock_t* lock, const char* name, lock_class_key* key) {
  __raw_spin_lock_init(&lock->rlock, name, key, LD_WAIT_CONFIG);
}

// ---- Taking --------------------------------------------------------------------------------------------

extern "C" void _raw_spin_lock(raw_spinlock_t* lock) {
  Begin(Op::SpinLock, lock);
  Take(lock);
}

extern "C" void _raw_spin_lock_nested(raw_spinlock_t* lock, int subclass) {
  Begin(Op::SpinLock, lock);
  Take(lock, static_cast<unsigned>(subclass));
}

extern "C" void _raw_spin_lock_nest_lock(raw_spinlock_t* lock, lockdep_map* map) {
  Begin(Op::SpinLock, lock);
  Take(lock, 0, map);
}

extern "C" void _raw_spin_lock_bh(raw_spinlock_t* lock) {
  Begin(Op::SpinLock, lock);
  DisableSoftirqs();
  Take(lock);
}

extern "C" void _raw_spin_lock_irq(raw_spinlock_t* lock) {
  Begin(Op::SpinLock, lock);
  DisableIrqs();
  Take(lock);
}

extern "C" unsigned long _raw_spin_lock_irqsave_nested(raw_spinlock_t* lock, int subclass) {
  Begin(Op::SpinLock, lock);
  const unsigned long flags = hotweave_local_irq_save();
  Take(lock, static_cast<unsigned>(subclass));
  return flags;
}

extern "C" unsigned long _raw_spin_lock_irqsave(raw_spinlock_t* lock) {
  Begin(Op::SpinLock, lock);
  const unsigned long flags = hotweave_local_irq_save();
  Take(lock);
  return flags;
}

extern "C" int _raw_spin_trylock(raw_spinlock_t* lock) {
  Begin(Op::SpinTrylock, lock);
  return TryTake(lock);
}

extern "C" int _raw_spin_trylock_bh(raw_spinlock_t* lock) {
  Begin(Op::SpinTrylock, lock);
  DisableSoftirqs();
  if (TryTake(lock)) return 1;
  local_bh_enable();
  return 0;
}

extern "C" int hotweave_raw_spin_trylock_irq(raw_spinlock_t* lock) {
  Begin(Op::SpinTrylock, lock);
  DisableIrqs();
  if (TryTake(lock)) return 1;
  local_irq_enable();
  return 0;
}

extern "C" int hotweave_raw_spin_trylock_irqsave(raw_spinlock_t* lock, unsigned long* flags) {
  Begin(Op::SpinTrylock, lock);
  *flags = hotweave_local_irq_save();
  if (TryTake(lock)) return 1;
  local_irq_restore(*flags);
  return 0;
}

// ---- Giving up -----------------------------------------------------------------------------------------

extern "C" void _raw_spin_unlock(raw_spinlock_t* lock) {
  Drop(lock);
  preempt_enable();
}

extern "C" void _raw_spin_unlock_bh(raw_spinlock_t* lock) {
  Drop(lock);
  EnablePreemption();
  local_bh_enable();
}

extern "C" void _raw_spin_unlock_irq(raw_spinlock_t* lock) {
  Drop(lock);
  local_irq_enable();
  preempt_enable();
}

extern "C" void _raw_spin_unlock_irqrestore(raw_spinlock_t* lock, unsigned long flags) {
  Drop(lock);
  local_irq_restore(flags);
  preempt_enable();
}

extern "C" int hotweave_raw_spin_is_locked(raw_spinlock_t* lock) {
  engine.Point(Op::Load, lock, "spin_is_locked");
  return lock->lock.owner != nullptr;
}

extern "C" int hotweave_raw_spin_is_contended(raw_spinlock_t* lock) {
  engine.Point(Op::Load, lock, "spin_is_contended");
  return lock->lock.first_waiter != nullptr;
}
