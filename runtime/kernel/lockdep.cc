// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The C interface of lockdep. Contracts: <linux/lockdep.h>, <linux/debug_locks.h>. The detector itself is
// check/lockdep.h, behind the Observer. Follows kernel/locking/lockdep.c of Linux 6.1.
#include <linux/debug_locks.h>
#include <linux/lockdep.h>

#include "kernel/lock.h"
#include "kernel/version.h"

using namespace hotweave;

extern "C" {
lock_class_key __lockdep_no_validate__;
}

namespace {

[[noreturn]] void FailAssertion(Kind kind, std::string sentence, const char* name, const void* address) {
  Failure f;
  f.kind = kind;
  f.sentence = std::move(sentence);
  if (name) f.names = {name};
  f.address = address;
  engine.Fail(std::move(f));
}

bool InHandler(const Task& t, bool soft) {
  for (const Task* h = &t; h && h->irq; h = h->interrupted) {
    if (h->softirq == soft) return true;
  }
  return false;
}

}  // namespace

// ---- Classes -------------------------------------------------------------------------------------------

extern "C" void hotweave_lock_init(hotweave_lock* lock, lockdep_map* map, const char* name, lock_class_key* key,
                                   lockdep_wait_type inner) {
  if (engine.running()) engine.observer()->OnLockMemory(map, sizeof(*map));
  *lock = hotweave_lock __HOTWEAVE_LOCK_INIT;
  lockdep_init_map_wait(map, name, key, 0, static_cast<u8>(inner));
}

extern "C" void lockdep_init_map_type(lockdep_map* map, const char* name, lock_class_key* key, int subclass, u8 inner,
                                      u8 outer, u8 lock_type) {
  *map = lockdep_map{key, {nullptr, nullptr}, name, outer, inner, lock_type};
  if (hot.lockdep && engine.running()) engine.observer()->OnLockInit(*map, static_cast<unsigned>(subclass));
}

extern "C" lock_class_key* hotweave_lock_key(lockdep_map* map) {
  return map->key ? map->key : reinterpret_cast<lock_class_key*>(map);
}

extern "C" void lockdep_register_key(lock_class_key* key) {
  if (hot.lockdep) engine.observer()->OnLockKey(key, true);
}

extern "C" void lockdep_unregister_key(lock_class_key* key) {
  if (hot.lockdep) engine.observer()->OnLockKey(key, false);
}

// ---- Acquire and release -------------------------------------------------------------------------------

// Without lockdep, maps are still listed as held, for the assertions.
extern "C" void lock_acquire(lockdep_map* map, unsigned subclass, int trylock, int read, int check, lockdep_map* nest,
                             unsigned long) {
  if (hot.lockdep) {
    engine.observer()->OnLockAcquire(*map, {subclass, read, trylock != 0, check != 0, nest});
  } else {
    engine.Hold(map, map, read ? LockMode::Shared : LockMode::Exclusive);
  }
}

extern "C" void lock_release(lockdep_map* map, unsigned long) {
  if (hot.lockdep) {
    engine.observer()->OnLockRelease(*map);
  } else {
    engine.Unhold(map);
  }
}

extern "C" void lock_set_class(lockdep_map* map, const char* name, lock_class_key* key, unsigned subclass, unsigned long) {
  if (hot.lockdep) engine.observer()->OnLockSetClass(*map, name, key, subclass);
}

extern "C" void lock_downgrade(lockdep_map* map, unsigned long) {
  if (hot.lockdep) engine.observer()->OnLockDowngrade(*map);
}

// Up to 5.9 every reader was taken to be recursive. Source: rwlock_acquire_read(), include/linux/lockdep.h, 5.9;
// read_lock_is_recursive(), kernel/locking/lockdep.c, 6.1 (CONFIG_QUEUED_RWLOCKS).
extern "C" bool read_lock_is_recursive(void) { return Current().irq || !Since(KERNEL_VERSION(5, 10, 0)); }

// ---- Pins ----------------------------------------------------------------------------------------------

extern "C" pin_cookie lock_pin_lock(lockdep_map* map) {
  return {hot.lockdep ? engine.observer()->OnLockPin(*map, Observer::PinAction::Pin, 0) : 0};
}

extern "C" void lock_repin_lock(lockdep_map* map, pin_cookie cookie) {
  if (hot.lockdep) engine.observer()->OnLockPin(*map, Observer::PinAction::Repin, cookie.val);
}

extern "C" void lock_unpin_lock(lockdep_map* map, pin_cookie cookie) {
  if (hot.lockdep) engine.observer()->OnLockPin(*map, Observer::PinAction::Unpin, cookie.val);
}

// ---- Questions and assertions --------------------------------------------------------------------------

extern "C" int lock_is_held_type(const lockdep_map* map, int read) {
  const int known = hot.lockdep ? engine.observer()->IsLockHeld(*map, read) : LOCK_STATE_UNKNOWN;
  if (known != LOCK_STATE_UNKNOWN) return known;
  const Task& self = Current();
  for (uint32_t i = 0; i < self.held_count; ++i) {
    if (self.held[i].map != map) continue;
    if (read < 0 || (read == 1) == (self.held[i].mode == LockMode::Shared)) return LOCK_STATE_HELD;
  }
  return LOCK_STATE_NOT_HELD;
}

extern "C" int hotweave_lockdep_depth(task_struct* task) {
  const Task& t = task ? *static_cast<Task*>(task) : Current();
  return static_cast<int>(hot.lockdep ? engine.observer()->LocksHeld(t) : t.held_count);
}

extern "C" int hotweave_lockdep_recursing(task_struct* task) {
  return engine.observer()->IsLockdepOff(*static_cast<Task*>(task));
}

extern "C" void hotweave_assert_held(const lockdep_map* map, int mode, const char* expression) {
  if (lock_is_held_type(map, mode)) return;
  FailAssertion(Kind::MissingLock,
                std::string(hot.task->comm) + " does not hold " + expression +
                    (mode == 0   ? " for write"
                     : mode == 1 ? " for read"
                                 : "") +
                    ", which this place requires",
                map->name, map);
}

extern "C" void hotweave_assert_not_held(const lockdep_map* map, const char* expression) {
  if (!lock_is_held_type(map, -1)) return;
  FailAssertion(Kind::MissingLock, std::string(hot.task->comm) + " holds " + expression + ", which this place forbids",
                map->name, map);
}

extern "C" void hotweave_assert_lockdep(bool holds, const char* expression) {
  if (holds) return;
  FailAssertion(Kind::MissingLock, std::string("lockdep_assert(") + expression + ") does not hold in " + hot.task->comm, nullptr,
                nullptr);
}

// Source: lockdep_assert_irqs_enabled() and its relatives, include/linux/lockdep.h, 6.1.
extern "C" void hotweave_assert_context(int what, const char* expression) {
  const Task& t = Current();
  const bool off = t.irqs_off || InHandler(t, false);
  const bool states[] = {!off,
                         off,
                         InHandler(t, false),
                         !InHandler(t, false),
                         !InAtomic(t),
                         InAtomic(t),
                         (InHandler(t, true) || t.bh_off) && !InHandler(t, false)};
  if (states[what]) return;
  FailAssertion(Kind::Assertion, std::string(expression) + " does not hold in " + t.comm, nullptr, nullptr);
}

// ---- lockdep itself ------------------------------------------------------------------------------------

extern "C" void lockdep_off(void) { engine.observer()->OnLockdepSwitch(false); }
extern "C" void lockdep_on(void) { engine.observer()->OnLockdepSwitch(true); }
extern "C" void lockdep_sys_exit(void) { engine.observer()->OnReturnToUser(); }

extern "C" void debug_check_no_locks_freed(const void* from, unsigned long len) {
  engine.observer()->OnLockMemory(from, len);
}

extern "C" void debug_check_no_locks_held(void) { engine.observer()->OnReturnToUser(); }
