// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What all locks share. See lock.h.
#include "kernel/lock.h"

#include "core/tracer.h"

namespace hotweave {

void LockMisuse(const void* lock, const char* name, std::string sentence) {
  Failure f;
  f.kind = Kind::LockMisuse;
  f.sentence = std::move(sentence);
  if (name) f.names = {name};
  f.address = lock;
  engine.Fail(std::move(f));
}

void UninitialisedLock(const hotweave_lock& lock, const lockdep_map&) {
  LockMisuse(&lock, nullptr, "a lock is used that was never initialised");
}

Task& Nobody() {
  static Task nobody;
  if (!nobody.exited) {
    nobody.exited = true;
    __builtin_strcpy(nobody.comm, "nobody");
  }
  return nobody;
}

void EnqueueWaiter(hotweave_lock& lock, Task& task) {
  task.next_waiter = nullptr;
  if (lock.last_waiter) {
    static_cast<Task*>(lock.last_waiter)->next_waiter = &task;
  } else {
    lock.first_waiter = &task;
  }
  lock.last_waiter = &task;
}

Task* FirstWaiter(const hotweave_lock& lock) { return static_cast<Task*>(lock.first_waiter); }

Task* DequeueWaiter(hotweave_lock& lock) {
  Task* first = FirstWaiter(lock);
  if (!first) return nullptr;
  lock.first_waiter = first->next_waiter;
  if (!lock.first_waiter) lock.last_waiter = nullptr;
  first->next_waiter = nullptr;
  return first;
}

void RemoveWaiter(hotweave_lock& lock, Task& task) {
  Task* previous = nullptr;
  for (Task* t = FirstWaiter(lock); t; previous = t, t = t->next_waiter) {
    if (t != &task) continue;
    if (previous) {
      previous->next_waiter = t->next_waiter;
    } else {
      lock.first_waiter = t->next_waiter;
    }
    if (lock.last_waiter == t) lock.last_waiter = previous;
    t->next_waiter = nullptr;
    return;
  }
}

void Released(hotweave_lock& lock, const lockdep_map& map, const void* object, LockMode mode, Where where) {
  if (mode == LockMode::Exclusive) {
    if (lock.owner != hot.task) {
      const Task* owner = static_cast<Task*>(lock.owner);
      LockMisuse(object, map.name,
                 std::string(hot.task->comm) + " unlocks " + map.name + ", which " +
                     (owner ? std::string(owner->comm) + " owns" : std::string("nobody holds")));
    }
    lock.owner = nullptr;
    engine.Release(lock.write_clock, where);
  } else {
    if (lock.readers == 0 || !engine.Holds(*hot.task, object)) {
      LockMisuse(object, map.name,
                 std::string(hot.task->comm) + " releases the read side of " + map.name + " without holding it");
    }
    --lock.readers;
    engine.ReleaseJoin(lock.read_clock, where);
  }
  engine.Unhold(object);
}

bool TryToWake(Task& t, unsigned mode, Where where) {
  engine.TouchesTask(t);
  if (!(t.__state & mode)) return false;
  t.__state = TASK_RUNNING;
  if (t.in_schedule && !t.runnable) {
    t.in_schedule = false;
    engine.Unblock(t, where);
  } else {
    // Not asleep yet: ordered when it comes to sleep, or sees that it was taken off the queue.
    engine.ReleaseJoin(t.wake_clock, where);
  }
  return true;
}

}  // namespace hotweave
