// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What lockdep and reports see of local locks. Contract: <linux/local_lock.h>. Follows
// include/linux/local_lock_internal.h of Linux 6.1.
#include <linux/local_lock.h>

#include "kernel/lock.h"

using namespace hotweave;

extern "C" void hotweave_local_lock_init(local_lock_t* lock, const char* name, lock_class_key* key) {
  *lock = local_lock_t INIT_LOCAL_LOCK(lock);
  lock->dep_map.name = name;
  lock->dep_map.key = key;
}

extern "C" void hotweave_local_lock_acquire(local_lock_t* lock) {
  if (lock->owner) {
    LockMisuse(lock, lock->dep_map.name,
               std::string(hot.task->comm) + " takes " + lock->dep_map.name + " of its CPU, which " +
                   lock->owner->comm + " holds there");
  }
  LockdepAcquire(lock->dep_map);
  lock->owner = hot.task;
  engine.Hold(lock, &lock->dep_map, LockMode::Exclusive);
}

extern "C" void hotweave_local_lock_release(local_lock_t* lock) {
  if (lock->owner != hot.task) {
    LockMisuse(lock, lock->dep_map.name,
               std::string(hot.task->comm) + " unlocks " + lock->dep_map.name + " of its CPU, which it does not hold");
  }
  lock->owner = nullptr;
  engine.Unhold(lock);
  LockdepRelease(lock->dep_map);
}
