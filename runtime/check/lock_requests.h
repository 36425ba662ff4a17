// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which locks each task asked for while it held which others, by instance: the raw material of the *feasible*
// level (feasible.cc) and of the verdicts about reports of lockdep (fuzz/lock_order.cc).
//
// A request is one (task, what it held, what it asked for) of an execution; equal ones count once. A lock is its
// lockdep_map, so lock maps (a work, a hotplug state) are locks here as well: whoever runs the work holds it,
// whoever flushes it asks for it. Depends on core and <linux/lockdep.h>.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/engine.h"

namespace hotweave {

// How a lock is held or asked for: Linux' read = 0, 1, 2.
enum class Sharing : uint8_t { Exclusive, Reader, RecursiveReader };

// Can `a` and `b` hold one lock in these modes at the same time?
inline bool Coexist(Sharing a, Sharing b) { return a != Sharing::Exclusive && b != Sharing::Exclusive; }

struct LockUse {
  const lockdep_map* map;
  Sharing sharing;
  uint32_t request;        // how it was acquired, as an index into the requests; ~0u: not recorded
  const char* name;        // of the map, which may be gone
  const lock_class_key* key;   // of its class; of a lock without one: its own address
  uint8_t subclass;
};

struct LockRequest {
  uint16_t task;
  uint16_t segment;        // of the task's life, see Before()
  LockUse wanted;
  bool trylock;            // never waits
  bool backs_off;          // not in a cycle of requests that all back off
  uint32_t first_held, held_count;   // slice of the held pool
  uint64_t hash;
  std::vector<uint64_t> stack;       // of the first request of this kind, if tracing
};

class LockRequests {
 public:
  void Begin();            // a new execution

  // The current task asks for a lock. Returns the request if it is a new one, or nullptr.
  const LockRequest* Add(lockdep_map& map, const LockAcquire& how);
  void Release(lockdep_map& map);
  void OnTaskCreated(const Task& child);
  void OnJoined(const Task& exited);

  std::span<const LockRequest> all() const { return {requests_.data(), request_count_}; }
  std::span<const LockUse> HeldBy(const LockRequest& r) const { return {held_pool_.data() + r.first_held, r.held_count}; }
  // Requests made while the lock was held: indices, newest first, linked by NextHolding().
  struct Holding {
    uint32_t request, held;   // held: index into HeldBy()
    uint32_t next;            // ~0u: the end
  };
  uint32_t FirstHolding(const lockdep_map* map) const;
  const Holding& HoldingAt(uint32_t i) const { return holdings_[i]; }

  // True if creation and joining of tasks put the whole segment of `a` before that of `b`.
  bool Before(const LockRequest& a, const LockRequest& b) const;

 private:
  struct Stack {
    uint32_t count = 0;
    uint64_t generation = 0;
    LockUse held[kMaxHeldLocks];
  };
  struct MapCell {
    const lockdep_map* map;
    uint64_t generation;
    uint32_t first;
  };
  struct RequestCell {
    uint64_t hash, generation;
    uint32_t request;
  };
  static constexpr uint32_t kCells = 1 << 16;   // half of them may be used
  static constexpr uint16_t kMaxSegments = 60'000;   // of one execution

  Stack& StackOfCurrent();
  void NewSegment(uint16_t task);
  MapCell& CellOf(const lockdep_map* map);
  void Store(uint64_t hash, const LockUse& wanted, const LockAcquire& how, const Stack& stack);

  uint64_t generation_ = 0;
  std::vector<Stack> stacks_ = std::vector<Stack>(kMaxTasks);
  std::vector<LockRequest> requests_;
  uint32_t request_count_ = 0;
  std::vector<LockUse> held_pool_;
  std::vector<Holding> holdings_;
  std::vector<MapCell> maps_ = std::vector<MapCell>(kCells);
  std::vector<RequestCell> cells_ = std::vector<RequestCell>(kCells);
  uint32_t maps_used_ = 0;
  // Vector clocks of creation and joining alone, one row per segment.
  std::vector<uint16_t> segment_of_ = std::vector<uint16_t>(kMaxTasks);
  std::vector<uint16_t> segment_clock_;   // rows of kMaxTasks
  uint16_t segments_ = 0;
};

// A set of requests, one per task, that can be made at the same time such that each waits for the next: `cycle` as
// indices, and for readers who wait for readers the requests of the writers between them.
struct FeasibleCycle {
  std::vector<uint32_t> cycle;
  std::vector<uint32_t> writers;
};

// Searches for a cycle through `request`. Bounded: at most kMaxFeasibleTasks tasks, kMaxFeasibleVisits steps.
bool FindFeasibleCycle(const LockRequests& requests, uint32_t request, FeasibleCycle* out);

// Reports it: finding lock-order or recursive-lock, level feasible.
[[noreturn]] void ReportFeasibleCycle(const LockRequests& requests, const FeasibleCycle& cycle);

}  // namespace hotweave
