// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The spinlock inside a wait queue, as the primitives that own it take it. Depends on core, lock.h and
// <linux/spinlock.h>.
#pragma once

#include <linux/spinlock.h>

#include "kernel/lock.h"

namespace hotweave {

// Holds the lock of a queue for one step: nobody else runs meanwhile, so that taking it is no more than waiting until
// it is free, its order and its lockdep annotation, as of spin_lock_irqsave(). Not a scheduling point unless somebody
// (code that took the lock by its name) holds it.
template <typename Lock>
class QueueLock {
 public:
  explicit QueueLock(Lock& lock, Where where = Where::current()) : lock_(lock), where_(where) {
    CheckLock(lock.lock, lock.dep_map);
    Task& self = Current();
    irqs_off_ = self.irqs_off;
    self.irqs_off = 1;
    LockdepAcquire(lock.dep_map);
    while (__builtin_expect(lock.lock.owner != nullptr, 0)) {
      ++engine.statistics.contended;
      EnqueueWaiter(lock.lock, self);
      engine.Block({.op = Op::SpinLock, .object = &lock, .name = lock.dep_map.name, .spinning = true, .hard = true});
      RemoveWaiter(lock.lock, self);
    }
    engine.Acquire(lock.lock.write_clock, where);
  }
  ~QueueLock() {
    engine.Release(lock_.lock.write_clock, where_);
    LockdepRelease(lock_.dep_map);
    Current().irqs_off = irqs_off_;
  }
  QueueLock(const QueueLock&) = delete;
  QueueLock& operator=(const QueueLock&) = delete;

 private:
  Lock& lock_;
  Where where_;
  uint16_t irqs_off_;
};

}  // namespace hotweave
