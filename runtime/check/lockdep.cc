// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Lock order: what the observer's calls mean for both levels. See checks.h.
#include "check/checks.h"

namespace hotweave {

// While requests are only collected, no report ends the execution: neither level's.
void Checks::OnBegin() {
  LockdepConfig config = lockdep_config_;
  if (!hot.lockdep || collect_) config.rules = LockdepRules::Off;
  lockdep_.Begin(config);
  if (hot.lockdep) lock_requests_.Begin();
}

void Checks::OnTaskCreated(Task& child) {
  if (hot.lockdep) lock_requests_.OnTaskCreated(child);
}

void Checks::OnJoined(Task& exited) {
  if (hot.lockdep) lock_requests_.OnJoined(exited);
}

void Checks::OnLockAcquire(lockdep_map& map, const LockAcquire& how) {
  const LockRequest* fresh = lock_requests_.Add(map, how);
  if (collect_) return;
  lockdep_.Acquire(map, how);
  if (!fresh || !fresh->held_count || engine.failing()) return;
  FeasibleCycle cycle;
  if (FindFeasibleCycle(lock_requests_, fresh->wanted.request, &cycle)) ReportFeasibleCycle(lock_requests_, cycle);
}

void Checks::OnLockRelease(lockdep_map& map) {
  lock_requests_.Release(map);
  lockdep_.Release(map);
}

void Checks::OnIrqState(bool softirq, bool on) { lockdep_.IrqState(softirq, on); }
void Checks::OnLockInit(lockdep_map& map, unsigned subclass) { lockdep_.InitMap(map, subclass); }
void Checks::OnLockMemory(const void* begin, size_t size) { lockdep_.InitLock(begin, size); }

void Checks::OnLockKey(lock_class_key* key, bool registered) {
  if (registered) {
    lockdep_.RegisterKey(key);
  } else {
    lockdep_.UnregisterKey(key);
  }
}

void Checks::OnLockSetClass(lockdep_map& map, const char* name, lock_class_key* key, unsigned subclass) {
  lockdep_.SetClass(map, name, key, subclass);
}

void Checks::OnLockDowngrade(lockdep_map& map) {
  lock_requests_.Release(map);
  lock_requests_.Add(map, {.read = 1, .trylock = true});
  lockdep_.Downgrade(map);
}

void Checks::OnLockdepSwitch(bool on) {
  if (on) {
    lockdep_.On();
  } else {
    lockdep_.Off();
  }
}

void Checks::OnReturnToUser() { lockdep_.TaskExit("returns to user space"); }

void Checks::OnCompletion(lockdep_map& map, CompletionMoment moment) {
  if (collect_) return;
  switch (moment) {
    case CompletionMoment::Waits: return lockdep_.WaitBegins(map);
    case CompletionMoment::Waited: return lockdep_.WaitEnds(map);
    case CompletionMoment::Completes: return lockdep_.Completes(map);
  }
}

bool Checks::Holds(const Task& task, const lockdep_map& map) {
  for (uint32_t i = 0; i < task.held_count; ++i) {
    if (task.held[i].map == &map) return true;
  }
  for (uint32_t i = 0, depth = lockdep_.Depth(task); i < depth; ++i) {
    if (lockdep_.Held(task, i).map == &map) return true;
  }
  return false;
}

void Checks::OnWorkEnds() { lockdep_.ForgetPast(); }

unsigned Checks::OnLockPin(lockdep_map& map, PinAction action, unsigned cookie) {
  if (action == PinAction::Pin) return lockdep_.Pin(map);
  if (action == PinAction::Repin) {
    lockdep_.Repin(map, cookie);
  } else {
    lockdep_.Unpin(map, cookie);
  }
  return cookie;
}

int Checks::IsLockHeld(const lockdep_map& map, int read) { return lockdep_.IsHeld(map, read); }
uint32_t Checks::LocksHeld(const Task& task) { return lockdep_.Depth(task); }
bool Checks::IsLockdepOff(const Task& task) { return lockdep_.IsOff(task); }
const lockdep_map* Checks::HeldLockIn(const void* begin, size_t size) { return lockdep_.AnyHeldLockIn(begin, size); }

}  // namespace hotweave
