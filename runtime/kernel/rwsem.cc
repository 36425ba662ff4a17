// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct rw_semaphore. Contract: <linux/rwsem.h>. Follows kernel/locking/rwsem-xadd.c of Linux 4.14 and
// kernel/locking/rwsem.c of 6.1.
#include <linux/errno.h>
#include <linux/rwsem.h>

#include "kernel/lock.h"
#include "kernel/rwsem.h"
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

// Has the first waiter asked that nobody overtakes it?
bool HandoffAsked(const hotweave_lock& lock) {
  const Task* first = FirstWaiter(lock);
  return first && first->handoff;
}

// Gives the lock to queued readers: the leading run of them, or all.
void GrantReaders(hotweave_lock& lock) {
  const bool all = kWakeAllReaders.InEffect();
  for (Task *t = FirstWaiter(lock), *next; t; t = next) {
    next = t->next_waiter;
    if (!t->shared_waiter) {
      if (all) continue;
      return;
    }
    RemoveWaiter(lock, *t);
    ++lock.readers;
    t->granted = true;
    TryToWake(*t, TASK_NORMAL);
  }
}

// A signal ended the wait.
// Source: rwsem_del_wake_waiter(), 6.1.
int GiveUp(hotweave_lock& lock, Task& self, const Wait& wait) {
  const bool first = FirstWaiter(lock) == &self;
  RemoveWaiter(lock, self);
  if (first) RwsemWake(lock);
  self.__state = TASK_RUNNING;
  engine.Record(Op::Note, wait.object, "interrupted");
  return -EINTR;
}

void Queue(hotweave_lock& lock, Task& self, bool shared) {
  ++engine.statistics.contended;
  self.granted = self.handoff = false;
  self.shared_waiter = shared;
  EnqueueWaiter(lock, self);
}

// Source: rwsem_down_read_slowpath(), 6.1.
__attribute__((__noinline__)) int ReadSlow(hotweave_lock& lock, unsigned state, const Wait& wait) {
  if (RwsemFree(lock) && !HandoffAsked(lock) && kReaderSteal.InEffect()) {
    RwsemWake(lock, true);
    return 0;
  }
  Task& self = Current();
  Queue(lock, self, true);
  while (!self.granted) {
    if (SignalPending(self, state)) return GiveUp(lock, self, wait);
    SleepIn(state, wait);
  }
  engine.Record(Op::Acquired, wait.object, wait.name);
  --lock.readers;   // the caller counts it again
  return 0;
}

// Source: rwsem_try_write_lock(), 6.1. The task is queued.
bool TryWrite(hotweave_lock& lock, Task& self) {
  if (!RwsemFree(lock)) return false;
  if (HandoffAsked(lock) && FirstWaiter(lock) != &self) return false;
  RemoveWaiter(lock, self);
  return true;
}

// Source: rwsem_down_write_slowpath(), 6.1.
__attribute__((__noinline__)) int WriteSlow(hotweave_lock& lock, unsigned state, const Wait& wait) {
  Task& self = Current();
  Queue(lock, self, false);
  for (bool woken = false; !TryWrite(lock, self); woken = true) {
    if (woken && FirstWaiter(lock) == &self) self.handoff = kHandoff.InEffect();
    if (SignalPending(self, state)) return GiveUp(lock, self, wait);
    SleepIn(state, wait);
  }
  engine.Record(Op::Acquired, wait.object, wait.name);
  return 0;
}

Wait ToRead(const rw_semaphore* sem) {
  return {.op = Op::DownRead, .object = sem, .name = sem->dep_map.name, .shared = true, .hard = true};
}

Wait ToWrite(const rw_semaphore* sem) {
  return {.op = Op::DownWrite, .object = sem, .name = sem->dep_map.name, .hard = true};
}

int Read(rw_semaphore* sem, unsigned state, unsigned subclass = 0) {
  MightSleep(Op::DownRead, sem);
  engine.Point(Op::DownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  LockdepAcquire(sem->dep_map, subclass, false, 1);
  if (const int error = RwsemWaitToRead(sem->lock, state, ToRead(sem))) {
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
  if (const int error = RwsemWaitToWrite(sem->lock, state, ToWrite(sem))) {
    LockdepRelease(sem->dep_map);
    return error;
  }
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  return 0;
}

unsigned Subclass(int subclass) { return static_cast<unsigned>(subclass); }

}  // namespace

// Source: rwsem_mark_wake(), 6.1; __rwsem_mark_wake(), 4.14.
void hotweave::RwsemWake(hotweave_lock& lock, bool read_owned) {
  Task* first = FirstWaiter(lock);
  if (!first) return;
  if (first->shared_waiter) {
    if (!lock.owner) GrantReaders(lock);
  } else if (!read_owned && RwsemFree(lock)) {
    TryToWake(*first, TASK_NORMAL);
  }
}

int hotweave::RwsemWaitToRead(hotweave_lock& lock, unsigned state, const Wait& wait) {
  if (__builtin_expect(!lock.owner && !FirstWaiter(lock), 1)) return 0;
  return ReadSlow(lock, state, wait);
}

int hotweave::RwsemWaitToWrite(hotweave_lock& lock, unsigned state, const Wait& wait) {
  if (__builtin_expect(RwsemFree(lock) && !FirstWaiter(lock), 1)) return 0;
  return WriteSlow(lock, state, wait);
}

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
  if (!RwsemFree(sem->lock) || FirstWaiter(sem->lock)) return 0;
  LockdepAcquire(sem->dep_map, 0, true);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  return 1;
}

extern "C" void up_read(rw_semaphore* sem) {
  engine.Point(Op::UpRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Shared);
  LockdepRelease(sem->dep_map);
  if (RwsemFree(sem->lock)) RwsemWake(sem->lock);
}

extern "C" void up_write(rw_semaphore* sem) {
  engine.Point(Op::UpWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  LockdepRelease(sem->dep_map);
  RwsemWake(sem->lock);
}

extern "C" void downgrade_write(rw_semaphore* sem) {
  engine.Point(Op::DowngradeWrite, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  Released(sem->lock, sem->dep_map, sem, LockMode::Exclusive);
  lock_downgrade(&sem->dep_map, 0);
  Acquired(sem->lock, sem->dep_map, sem, LockMode::Shared);
  RwsemWake(sem->lock, true);
}

// Source: down_read_non_owner(), 6.1: nothing of it for lockdep.
extern "C" void down_read_non_owner(rw_semaphore* sem) {
  MightSleep(Op::DownRead, sem);
  engine.Point(Op::DownRead, sem, sem->dep_map.name);
  CheckLock(sem->lock, sem->dep_map);
  RwsemWaitToRead(sem->lock, TASK_UNINTERRUPTIBLE, ToRead(sem));
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
  if (RwsemFree(sem->lock)) RwsemWake(sem->lock);
}

extern "C" int rwsem_is_locked(rw_semaphore* sem) {
  engine.Point(Op::Load, sem);
  return !RwsemFree(sem->lock) || FirstWaiter(sem->lock);
}

extern "C" int rwsem_is_contended(rw_semaphore* sem) {
  engine.Point(Op::Load, sem);
  return FirstWaiter(sem->lock) != nullptr;
}
