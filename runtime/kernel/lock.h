// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What all locks of include/linux share: initialisation checks, FIFO waiters, ownership, held-lock lists and
// happens-before. Depends on core and <linux/lockdep.h>.
#pragma once

#include <linux/lockdep.h>

#include "core/engine.h"

namespace hotweave {

// Reports a lock that was used against its rules: finding lock-misuse.
[[noreturn]] void LockMisuse(const void* lock, const char* name, std::string sentence);

// Ends the execution if the lock was never initialised.
inline void CheckLock(const hotweave_lock& lock, const lockdep_map& map);

// Stands as the owner of a lock that is held although no task holds it: whoever waits for it waits for anybody.
Task& Nobody();

// FIFO of tasks waiting for a lock; the links are in the tasks.
void EnqueueWaiter(hotweave_lock& lock, Task& task);
Task* FirstWaiter(const hotweave_lock& lock);
Task* DequeueWaiter(hotweave_lock& lock);
void RemoveWaiter(hotweave_lock& lock, Task& task);

// Tells lockdep that the current task is about to take (and perhaps to wait for) a lock; before the wait, as
// lock_acquire() in the kernel. Every acquisition of a primitive says so, every release calls LockdepRelease().
// The object gives the class key of a lock that has none (a statically defined one).
inline void LockdepAcquire(lockdep_map& map, unsigned subclass = 0, bool trylock = false, int read = 0,
                           lockdep_map* nest = nullptr) {
  if (__builtin_expect(hot.lockdep, 1)) engine.observer()->OnLockAcquire(map, {subclass, read, trylock, true, nest});
}
inline void LockdepRelease(lockdep_map& map) {
  if (__builtin_expect(hot.lockdep, 1)) engine.observer()->OnLockRelease(map);
}

// The current task is now an owner of the lock: order it after former owners and list it as held.
inline void Acquired(hotweave_lock& lock, const lockdep_map& map, const void* object, LockMode mode,
                     Where where = Where::current()) {
  engine.Acquire(lock.write_clock, where);
  if (mode == LockMode::Exclusive) {
    engine.Acquire(lock.read_clock, where, "acquire of readers");
    lock.owner = hot.task;
  } else {
    ++lock.readers;
  }
  engine.Hold(object, &map, mode);
}
// The current task gives it up: publish its past and unlist it. Misuse if it is no owner of that mode.
void Released(hotweave_lock& lock, const lockdep_map& map, const void* object, LockMode mode,
              Where where = Where::current());

// Wakes the task if it sleeps in a state of `mode` (TASK_NORMAL…); true if it did. Orders what precedes the
// wake-up before what the task does next. Not a scheduling point. Source: try_to_wake_up(), 6.1.
bool TryToWake(Task& task, unsigned mode, Where where = Where::current());

// Sleeping is forbidden here? Then the observer reports it.
inline void MightSleep(Op op, const void* object);

[[gnu::cold]] void UninitialisedLock(const hotweave_lock& lock, const lockdep_map& map);

inline void CheckLock(const hotweave_lock& lock, const lockdep_map& map) {
  if (__builtin_expect(lock.magic != HOTWEAVE_LOCK_MAGIC, 0)) UninitialisedLock(lock, map);
}

// True where the task cannot be preempted.
inline bool InAtomic(const Task& task) { return task.preempt || task.irqs_off || task.irq || task.bh_off; }

// True where sleeping is forbidden: there, and inside an RCU reader, which may be preempted but must not sleep; and where
// non_block_start() says so.
// Source: resched_offsets_ok(), kernel/sched/core.c, 6.1.
inline bool MustNotSleep(const Task& task) { return InAtomic(task) || task.rcu_nesting || task.non_block; }

inline void MightSleep(Op op, const void* object) {
  if (__builtin_expect(MustNotSleep(*hot.task), 0)) engine.observer()->OnMightSleep(op, object);
}

}  // namespace hotweave
