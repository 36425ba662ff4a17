// SPDX-License-Identifier: GPL-2.0-only OR MIT
// All detectors behind the two observer interfaces. Each detector is a file of its own: deadlock.cc,
// race.cc, memory_errors.cc, context.cc. Depends on core and memory.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "check/lock_requests.h"
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

 private:
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
