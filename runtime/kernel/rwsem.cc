// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct rw_semaphore. Contract: <linux/rwsem.h>. Follows kernel/locking/rwsem-xadd.c of Linux 4.14 and
// kernel/locking/rwsem.c of 6.1.
#include <linux/errno.h>
#include <linux/rwsem.h>

#include "kernel/lock.h"
#include "kernel/signal.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

// "locking/rwsem: Wake up almost all readers in wait queue"
const Change kWakeAllReaders{"d3681e269fff", KERNEL_VERSION(5, 3, 0)};
// "locking/rwsem: Implement lock handoff to prevent lock starvation"
const Change kHandoff{"4f23dbc1e657", KERNEL_VERSION(5, 3, 0)};
// "locking/rwsem: Enable reader optimistic lock stealing"
const Change kReaderSteal{"1a728dff855a", KERNEL_VERSION(5, 12, 0)};

bool Free(const rw_semaphore* sem) { return !sem->lock.owner && !sem->lock.readers; }

// Has the first waiter asked that nobody overtakes it?
bool HandoffAsked(const rw_semaphore* sem) {
  const Task* first = FirstWaiter(sem->lock);
  return first && first->handoff;
}

// Gives the lock to queued readers: the leading run of them, or all.
void GrantReaders(rw_semaphore* sem) {
  const bool all = kWakeAllReaders.InEffect();
  for (Task *t = FirstWaiter(sem->lock), *next; t; t = next) {
    next = t->next_waiter;
    if (!t->shared_waiter) {
      if (all) continue;
      return;
    }
    RemoveWaiter(sem->lock, *t);
    ++sem->lock.readers;
    t->granted = true;
    TryToWake(*t, TASK_NORMAL);
  }
}

// After the lock changed hands, or the first waiter went away. `read_owned`: the current task reads and stays.
// Source: rwsem_mark_wake(), 6.1; __rwsem_mark_wake(), 4.14.
void WakeWaiters(rw_semaphore* sem, bool read_owned = false) {
  Task* first = FirstWaiter(sem->lock);
  if (!first) return;
  if (first->shared_waiter) {
    if (!sem->lock.owner) GrantReaders(sem);
  } else if (!read_owned && Free(sem)) {
    TryToWake(*first, TASK_NORMAL);
  }
}

// A signal ended the wait.
// Source: rwsem_del_wake_waiter(), 6.1.
int GiveUp(rw_semaphore* sem, Task& self) {
  const bool first = FirstWaiter(sem->lock) == &self;
  RemoveWaiter(sem->lock, self);
  if (first) WakeWaiters(sem);
  self.__state = TASK_RUNNING;
  return -EINTR;
}

void Queue(rw_semaphore* sem, Task& self, bool shared) {
  ++engine.statistics.contended;
  self.granted = self.handoff = false;
  self.shared_waiter = shared;
  EnqueueWaiter(sem->lock, self);
}

// Source: rwsem_down_read_slowpath(), 6.1.
__attribute__((__noinline__)) int ReadSlow(rw_semaphore* sem, unsigned state) {
  if (Free(sem) && !HandoffAsked(sem) && kReaderSteal.InEffect()) {
    WakeWaiters(sem, true);
    return 0;
  }
  Task& self = Current();
  Queue(sem, self, true);
  while (!self.granted) {
    if (SignalPending(self, state)) return GiveUp(sem, self);
    SleepIn(state, {.op = Op::DownRead, .object = sem, .name = sem->dep_map.name, .shared = true, .hard = true});
  }
  self.__state = TASK_RUNNING;
  engine.Record(Op::Acquired, sem, sem->dep_map.name);
  --sem->lock.readers;   // Acquired() counts it again
  return 0;
}

// Source: rwsem_try_write_lock(), 6.1. The task is queued.
bool TryWrite(rw_semaphore* sem, Task& self) {
  if (!Free(sem)) return false;
  if (HandoffAsked(sem) && FirstWaiter(sem->lock) != &self) return false;
  RemoveWaiter(sem->lock, self);
  return true;
}

// Source: rwsem_down_write_slowpath(), 6.1.
__attribute__((__noinline__)) int WriteSlow(rw_semaphore* sem, unsigned state) {
  Task& self = Current();
  Queue(sem, self, false);
  for (bool woken = false; !TryWrite(sem, self); woken = true) {
    if (woken && FirstWaiter(sem->lock) == &self) self.handoff = kHandoff.InEffect();
    if (SignalPending(self, state)) return GiveUp(sem, self);
    SleepIn(state, {.op = Op::DownWrite, .object = sem, .name = sem->dep_map.name, .hard = true});
  }
  engine.Record(Op::Acquired, sem, sem->dep_map.name);
  return 0;
}

// Waits until the current task may read; counts no reader yet.
int WaitToRead(rw_semaphore* sem, unsigned state) {
  if (__builtin_expect(!sem->lock.owner && !FirstWaiter(sem->lock), 1)) return 0;
  return ReadSlow(sem, state);
}

int Read(rw_semaphore* sem, unsigned state, unsigned subclass = 0) {
  MightSleep(Op::DownRead, sem);
  engine.Point(Op::DownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  LockdepAcquire(sem->dep_map, subclass, false, 1);
  if (const int error = WaitToRead(sem, state)) {
    LockdepRelease(sem->dep_map);
    return error;
  }
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  return 0;
}

int Write(rw_semaphore* sem, unsigned state, unsigned subclass = 0, lockdep_map* nest = nullptr) {
  MightSleep(Op::DownWrite, sem);
  engine.Point(Op::DownWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  LockdepAcquire(sem->dep_map, subclass, false, 0, nest);
  if (!Free(sem) || FirstWaiter(sem->lock)) {
    if (const int error = WriteSlow(sem, state)) {
      LockdepRelease(sem->dep_map);
      return error;
    }
  }
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  return 0;
}

unsigned Subclass(int subclass) { return static_cast<unsigned>(subclass); }

}  // namespace

extern "C" void __init_rwsem(rw_semaphore* sem, const char* name, lock_class_key* key) {
  hotweave_lock_init(&sem->lock, &sem->dep_map, name, key, LD_WAIT_SLEEP);
  sem->non_owners = 0;
}

extern "C" void down_read(rw_semaphore* sem) { Read(sem, TASK_UNINTERRUPTIBLE); }
extern "C" void down_read_nested(rw_semaphore* sem, int subclass) {
  Read(sem, TASK_UNINTERRUPTIBLE, Subclass(subclass));
}
extern "C" int down_read_interruptible(rw_semaphore* sem) { return Read(sem, TASK_INTERRUPTIBLE); }
extern "C" int down_read_killable(rw_semaphore* sem) { return Read(sem, TASK_KILLABLE); }
extern "C" int down_read_killable_nested(rw_semaphore* sem, int subclass) {
  return Read(sem, TASK_KILLABLE, Subclass(subclass));
}

extern "C" void down_write(rw_semaphore* sem) { Write(sem, TASK_UNINTERRUPTIBLE); }
extern "C" void down_write_nested(rw_semaphore* sem, int subclass) {
  Write(sem, TASK_UNINTERRUPTIBLE, Subclass(subclass));
}
extern "C" void _down_write_nest_lock(rw_semaphore* sem, lockdep_map* nest) {
  Write(sem, TASK_UNINTERRUPTIBLE, 0, nest);
}
extern "C" int down_write_killable(rw_semaphore* sem) { return Write(sem, TASK_KILLABLE); }
extern "C" int down_write_killable_nested(rw_semaphore* sem, int subclass) {
  return Write(sem, TASK_KILLABLE, Subclass(subclass));
}

extern "C" int down_read_trylock(rw_semaphore* sem) {
  engine.Point(Op::DownReadTrylock, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (sem->lock.owner || FirstWaiter(sem->lock)) return 0;
  LockdepAcquire(sem->dep_map, 0, true, 1);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  return 1;
}

extern "C" int down_write_trylock(rw_semaphore* sem) {
  engine.Point(Op::DownWriteTrylock, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (!Free(sem) || FirstWaiter(sem->lock)) return 0;
  LockdepAcquire(sem->dep_map, 0, true);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  return 1;
}

extern "C" void up_read(rw_semaphore* sem) {
  engine.Point(Op::UpRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Shared);
  LockdepRelease(sem->dep_map);
  if (Free(sem)) WakeWaiters(sem);
}

extern "C" void up_write(rw_semaphore* sem) {
  engine.Point(Op::UpWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  LockdepRelease(sem->dep_map);
  WakeWaiters(sem);
}

// lock_downgrade(): held for read from now on; nothing new depends on that.
extern "C" void downgrade_write(rw_semaphore* sem) {
  engine.Point(Op::DowngradeWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  LockdepRelease(sem->dep_map);
  LockdepAcquire(sem->dep_map, 0, true, 1);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  WakeWaiters(sem, true);
}

// Source: down_read_non_owner(), 6.1: nothing of it for lockdep.
extern "C" void down_read_non_owner(rw_semaphore* sem) {
  MightSleep(Op::DownRead, sem);
  engine.Point(Op::DownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  WaitToRead(sem, TASK_UNINTERRUPTIBLE);
  engine.Acquire(sem->lock.write_clock);
  ++sem->lock.readers;
  ++sem->non_owners;
}

extern "C" void up_read_non_owner(rw_semaphore* sem) {
  engine.Point(Op::UpRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  if (!sem->non_owners) {
    LockMisuse(sem, sem->dep_map.name, std::string(hot.task->comm) + " calls up_read_non_owner() of " +
                                           sem->dep_map.name + ", which nobody holds by down_read_non_owner()");
  }
  --sem->non_owners;
  --sem->lock.readers;
  engine.ReleaseJoin(sem->lock.read_clock);
  if (Free(sem)) WakeWaiters(sem);
}

extern "C" int rwsem_is_locked(rw_semaphore* sem) {
  engine.Point(Op::Load, sem);
  return !Free(sem) || FirstWaiter(sem->lock);
}

extern "C" int rwsem_is_contended(rw_semaphore* sem) {
  engine.Point(Op::Load, sem);
  return FirstWaiter(sem->lock) != nullptr;
}
