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

using namespace hotweave;

extern "C" void hotweave_lock_init(hotweave_lock* lock, lockdep_map* map, const char* name, lock_class_key* key,
                                   lockdep_wait_type inner) {
  *lock = hotweave_lock __HOTWEAVE_LOCK_INIT;
  *map = lockdep_map{};
  map->name = name;
  map->key = key;
  map->wait_type_inner = inner;
}

extern "C" void lock_acquire(lockdep_map* map, unsigned subclass, int trylock, int read, int check, lockdep_map* nest,
                             unsigned long) {
  if (hot.lockdep) engine.observer()->OnLockAcquire(*map, {subclass, read, trylock != 0, check != 0, nest});
}

extern "C" void lock_release(lockdep_map* map, unsigned long) {
  if (hot.lockdep) engine.observer()->OnLockRelease(*map);
}

// Whether the current task holds the lock with this map; mode -1 any, 0 exclusive, 1 shared.
extern "C" int hotweave_lock_is_held(const lockdep_map* map, int mode) {
  const Task& self = Current();
  for (uint32_t i = 0; i < self.held_count; ++i) {
    if (self.held[i].map != map) continue;
    if (mode < 0 || (mode == 1) == (self.held[i].mode == LockMode::Shared)) return 1;
  }
  return 0;
}

extern "C" void hotweave_assert_held(const lockdep_map* map, int mode, const char* expression) {
  if (hotweave_lock_is_held(map, mode)) return;
  Failure f;
  f.kind = Kind::MissingLock;
  f.sentence = std::string(hot.task->comm) + " does not hold " + expression +
               (mode == 0 ? " for write" : mode == 1 ? " for read" : "") + ", which this place requires";
  if (map->name) f.names = {map->name};
  f.address = map;
  engine.Fail(std::move(f));
}
