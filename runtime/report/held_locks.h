// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which task holds which locks, derived by reading a trace from its start. Depends on core/trace.h.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "core/trace.h"

namespace hotweave {

// Feed() every event in order; Held() is then what the task holds after the last one.
//
// A lock is acquired by its `acquired` event. Where the trace has none for a lock, a lock operation
// counts as acquired once the task goes on to something else; a trylock never does.
class HeldLocks {
 public:
  explicit HeldLocks(const Trace& trace);
  void Feed(uint32_t event);
  const std::vector<HeldLock>& Held(uint32_t task) const { return held_[task]; }

 private:
  using Place = std::pair<uint32_t, uint32_t>;  // object, offset
  bool IsReported(uint32_t event) const;
  void Acquire(uint32_t task, uint32_t event, Op op);
  void Release(uint32_t task, const Event& event);

  const Trace& trace_;
  std::set<Place> reported_;                 // locks of which the trace tells when they were acquired
  std::vector<std::vector<HeldLock>> held_;  // per task
  std::vector<uint32_t> pending_;            // per task: its lock operation that has not succeeded yet
};

bool IsTrylock(Op op);
// "read", "write" or "" for the mode in which a lock operation takes its lock.
const char* ModeOf(Op op);

}  // namespace hotweave
