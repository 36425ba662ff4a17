// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which task holds which locks, derived by reading a trace from its start. Depends on core/trace.h.
#pragma once

#include <set>
#include <vector>

#include "core/trace.h"

namespace hotweave {

// Feed() every event in order; Held() is then what the task holds after the last one.
//
// A lock that was free is held once its task goes on to something else; one that the task had to wait for,
// from its `acquired` event on, or if there is none, likewise. A trylock has succeeded if its task unlocks
// the lock later, or holds it at the end.
class HeldLocks {
 public:
  explicit HeldLocks(const Trace& trace);
  void Feed(uint32_t event);
  const std::vector<HeldLock>& Held(uint32_t task) const { return held_[task]; }

 private:
  bool SamePlace(uint32_t a, uint32_t b) const;
  bool HeldAtEnd(const Event& event) const;
  void FindTrylocks();
  void Acquire(uint32_t task, uint32_t event, Op op);
  void Release(uint32_t task, const Event& event);
  void Settle(uint32_t task);

  const Trace& trace_;
  std::set<uint32_t> trylocks_;              // events of trylocks that succeeded
  std::vector<std::vector<HeldLock>> held_;  // per task
  std::vector<uint32_t> pending_;            // per task: its lock operation that has not returned yet
  std::vector<uint32_t> last_;               // per task: its latest lock operation
};

// Is the event about this lock? What has no place in memory that targets see is told apart by its name.
bool IsAbout(const Event& event, const HeldLock& lock);
bool IsTrylock(Op op);
// "read", "write" or "" for the mode in which a lock operation takes its lock.
const char* ModeOf(Op op);

}  // namespace hotweave
