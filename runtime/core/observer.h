// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The interface through which the engine reports moments at which rules can be checked. Implemented in
// check/. A detector that finds something calls Engine::Fail(). Depends on the names of core's types.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/op.h"

struct lock_class_key;
struct lockdep_map;

namespace hotweave {

struct Task;

// How a lock is taken: the arguments of lock_acquire(), kernel/locking/lockdep.c, 6.1.
struct LockAcquire {
  unsigned subclass = 0;
  int read = 0;              // 0 exclusive, 1 shared, 2 shared and recursive
  bool trylock = false;
  bool check = true;
  lockdep_map* nest = nullptr;
  bool backs_off = false;    // gives up rather than wait in a cycle of such requests: a ww_mutex under a context
};

class Observer {
 public:
  virtual ~Observer() = default;

  // An execution begins: forget the one before.
  virtual void OnBegin() = 0;
  // The current task has created `child`; or it knows now that `exited` is over.
  virtual void OnTaskCreated(Task& child) = 0;
  virtual void OnJoined(Task& exited) = 0;
  // `task` has just begun to wait (task.wait says for what). Called before another task runs.
  virtual void OnBlocked(Task& task) = 0;
  // No task can run and no timer is armed. Returns only if that is a proper end of the execution.
  virtual void OnStuck() = 0;
  // `task` has returned from its function.
  virtual void OnTaskExit(Task& task) = 0;
  // The current task is about to take a lock (before it waits for it), or has given it up. Only called
  // while hot.lockdep is set.
  virtual void OnLockAcquire(lockdep_map& map, const LockAcquire& how) = 0;
  virtual void OnLockRelease(lockdep_map& map) = 0;
  // Interrupts (softirq: bottom halves) of the current task have just gone on or off. Only while hot.lockdep.
  virtual void OnIrqState(bool softirq, bool on) = 0;
  // The rest of lockdep's interface, for the current task; see the functions of <linux/lockdep.h> that these serve.
  // They may be called with hot.lockdep unset, and then do nothing.
  virtual void OnLockInit(lockdep_map& map, unsigned subclass) = 0;      // a map has been initialised
  virtual void OnLockMemory(const void* begin, size_t size) = 0;         // a lock's memory is about to be initialised
  virtual void OnLockKey(lock_class_key* key, bool registered) = 0;
  virtual void OnLockSetClass(lockdep_map& map, const char* name, lock_class_key* key, unsigned subclass) = 0;
  virtual void OnLockDowngrade(lockdep_map& map) = 0;
  virtual void OnLockdepSwitch(bool on) = 0;
  virtual void OnReturnToUser() = 0;
  // The current task begins to wait for a completion, no longer waits, or is about to complete it. Only called where
  // the profile lets lockdep take completions for locks. A work that ends: the worker's next one has another past.
  enum class CompletionMoment : uint8_t { Waits, Waited, Completes };
  virtual void OnCompletion(lockdep_map& map, CompletionMoment moment) = 0;
  virtual void OnWorkEnds() = 0;
  enum class PinAction : uint8_t { Pin, Repin, Unpin };
  virtual unsigned OnLockPin(lockdep_map& map, PinAction action, unsigned cookie) = 0;
  // read: -1 any mode, 0 exclusive, 1 shared. 1: held; 0: not; -1: lockdep does not know.
  virtual int IsLockHeld(const lockdep_map& map, int read) = 0;
  virtual uint32_t LocksHeld(const Task& task) = 0;
  virtual bool Holds(const Task& task, const lockdep_map& map) = 0;   // in any mode, whether lockdep is on or not
  virtual bool IsLockdepOff(const Task& task) = 0;
  // A lock in that memory that some task holds, or nullptr.
  virtual const lockdep_map* HeldLockIn(const void* begin, size_t size) = 0;
  // The current task calls a function that may sleep.
  virtual void OnMightSleep(Op op, const void* object) = 0;
};

}  // namespace hotweave
