// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Random priorities of tasks, for strategies that run the highest. The clock is no task: it is drawn now and then,
// because one that fires whenever it may would run alone. Depends on core and random.h.
#pragma once

#include <span>

#include "core/limits.h"
#include "core/task.h"
#include "strategy/random.h"

namespace hotweave {

class Priorities {
 public:
  explicit Priorities(Random* random) : random_(random) {}

  // Above all that were lowered. Tasks get one when they are first seen.
  uint64_t Of(const Task& t) {
    uint64_t& p = of_[t.index];
    if (p == 0) p = Fresh();
    return p;
  }
  void Renew(const Task& t) { of_[t.index] = Fresh(); }
  // Below all others.
  void Lower(const Task& t) { of_[t.index] = --lowest_; }

  // The task does one more operation. One that goes on and on may wait in a loop for somebody that it keeps from running:
  // it is lowered. True if it was.
  bool Tires(const Task& t) {
    if (t.index != last_) {
      last_ = t.index;
      run_ = 0;
    }
    if (++run_ < kTired) return false;
    run_ = 0;
    Lower(t);
    return true;
  }

  // The highest of `others`, or the clock; null if there is none.
  Task* Highest(std::span<Task* const> others) {
    Task* best = nullptr;
    for (Task* t : others) {
      if (t->is_clock) {
        if (random_->Below(kClockOdds) == 0 || others.size() == 1) return t;
      } else if (!best || Of(*t) > Of(*best)) {
        best = t;
      }
    }
    return best;
  }

 private:
  static constexpr uint32_t kClockOdds = 16;
  static constexpr uint32_t kTired = 2000;   // operations in a row
  uint64_t Fresh() { return random_->Next() | uint64_t{1} << 63; }

  Random* random_;
  uint32_t last_ = 0, run_ = 0;
  uint64_t lowest_ = uint64_t{1} << 62;
  uint64_t of_[kMaxTasks] = {};
};

}  // namespace hotweave
