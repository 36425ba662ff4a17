// SPDX-License-Identifier: GPL-2.0-only OR MIT
// All detectors behind the two observer interfaces. Each detector is a file of its own: deadlock.cc,
// race.cc, memory_errors.cc, context.cc. Depends on core and memory.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "check/lock_requests.h"
#include "check/lockdep.h"
#include "core/engine.h"
#include "core/observer.h"
#include "memory/shadow.h"

namespace hotweave {

// In which order two tasks wrote to one place, over all executions of a campaign: shows what a silent
// campaign has covered.
struct HandOver {
  std::string object;     // as in TraceObject::name
  uint32_t offset;        // bytes
  uint16_t size = 0;
  std::string from, to;   // task names
  uint64_t address = 0;   // run-time address of the place
  uint64_t count = 0;
};

class Checks final : public Observer, public MemoryObserver {
 public:
  void OnBegin() override;
  void OnTaskCreated(Task& child) override;
  void OnJoined(Task& exited) override;
  // Deadlocks (deadlock.cc).
  void OnBlocked(Task& task) override;
  void OnStuck() override;
  // Lock order (lockdep.cc).
  void OnLockAcquire(lockdep_map& map, const LockAcquire& how) override;
  void OnLockRelease(lockdep_map& map) override;
  void OnIrqState(bool softirq, bool on) override;
  void OnLockInit(lockdep_map& map, unsigned subclass) override;
  void OnLockMemory(const void* begin, size_t size) override;
  void OnLockKey(lock_class_key* key, bool registered) override;
  void OnLockSetClass(lockdep_map& map, const char* name, lock_class_key* key, unsigned subclass) override;
  void OnLockDowngrade(lockdep_map& map) override;
  void OnLockdepSwitch(bool on) override;
  void OnReturnToUser() override;
  void OnCompletion(lockdep_map& map, CompletionMoment moment) override;
  void OnWorkEnds() override;
  unsigned OnLockPin(lockdep_map& map, PinAction action, unsigned cookie) override;
  int IsLockHeld(const lockdep_map& map, int read) override;
  uint32_t LocksHeld(const Task& task) override;
  bool Holds(const Task& task, const lockdep_map& map) override;
  bool IsLockdepOff(const Task& task) override;
  const lockdep_map* HeldLockIn(const void* begin, size_t size) override;
  // Context (context.cc).
  void OnTaskExit(Task& task) override;
  void OnMightSleep(Op op, const void* object) override;
  // Races and hand-overs (race.cc).
  void OnRace(const Conflict& conflict) override;
  void OnDispute(const Conflict& conflict) override;
  void OnDisputed(bool changed) override;
  void OnHandOver(uintptr_t address, uint32_t from, uint32_t to) override;
  // Memory errors (memory_errors.cc).
  void OnBadAccess(uintptr_t address, size_t size, bool write, uint8_t state) override;
  void OnNullAccess(uintptr_t address, size_t size, bool write) override;

  // Hand-overs between tasks in global memory so far, most frequent first.
  std::vector<HandOver> HandOvers() const;
  void ClearHandOvers();

  // The requests of the latest execution. While `collect` is set they are only recorded: no feasible cycle ends an
  // execution.
  const LockRequests& lock_requests() const { return lock_requests_; }
  void CollectLockRequests(bool collect) { collect_ = collect; }
  bool collecting() const { return collect_; }

  // Which rules the next execution follows, and what the latest one showed.
  void ConfigureLockdep(const LockdepConfig& config) { lockdep_config_ = config; }
  const Lockdep& lockdep() const { return lockdep_; }

 private:
  LockdepConfig lockdep_config_;
  Lockdep lockdep_;
  LockRequests lock_requests_;
  bool collect_ = false;
  struct HandOverCell {
    uintptr_t address = 0;   // of the granule
    char from[TASK_COMM_LEN] = {}, to[TASK_COMM_LEN] = {};
    uint64_t count = 0;
  };
  static constexpr uint32_t kHandOverCells = 1 << 12;
  std::vector<HandOverCell> hand_overs_ = std::vector<HandOverCell>(kHandOverCells);
};

Checks& TheChecks();

}  // namespace hotweave
