// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Directed at a deadlock: a random walk that holds back every task which has taken one lock of a given cycle of
// lock classes and is about to ask for the next one, until each step of the cycle has a task in front of it or
// nobody else can run; then lets them go. After Joshi, Park, Sen and Naik, "A randomized dynamic program analysis
// technique for detecting real deadlocks" (PLDI 2009), and for readers: a held-back reader lets a writer queue up.
// Depends on core.
#pragma once

#include <string>
#include <vector>

#include "core/limits.h"
#include "core/strategy.h"
#include "strategy/random.h"

namespace hotweave {

class CycleDirected final : public Strategy {
 public:
  // `classes`: names of lock classes; whoever holds one of them asks for the next, the last one's next is the
  // first. The i-th execution of the search with this seed: equal arguments, equal decisions.
  CycleDirected(const std::vector<std::string>& classes, uint64_t seed, uint64_t i);

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override;

 private:
  int64_t Gap() { return 1 + random_.Below(2 * period_); }
  // Which step of the cycle the current task is about to make, or -1.
  int StepOf(const Point& point) const;
  Task* Free(std::span<Task* const> others);   // one that is not held back, or nullptr
  Task* HoldBack(int step, std::span<Task* const> others);
  void LetGo();

  const std::vector<std::string>& classes_;
  Random random_;
  uint32_t period_ = 2;
  uint32_t patience_ = 4;                 // of so many chances to hold back, all but one are taken
  bool choose_ = false;
  int held_back_[kMaxTasks];              // per task: the step it stands before, or -1
  bool passed_[kMaxTasks];                // was let go: not held back again at once
};

}  // namespace hotweave
