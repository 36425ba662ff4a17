// SPDX-License-Identifier: GPL-2.0-only OR MIT
// POS, partial order sampling: every operation that a task is about to do has a random priority, the highest goes on,
// and those that touch the same object draw new ones. Yuan, Yang and Gu, "Partial order aware concurrency sampling" (CAV
// 2018). Orders of operations that touch different things count little in it. Each execution draws whether memory
// accesses are operations, too: then it asks at every point. Depends on core.
#pragma once

#include "core/strategy.h"
#include "strategy/choices.h"
#include "strategy/priorities.h"

namespace hotweave {

class Pos final : public Strategy {
 public:
  // The i-th execution of the campaign with this seed: equal arguments, equal decisions.
  Pos(uint64_t seed, uint64_t i) : random_(MixSeed(seed ^ 0x905905, i)), priorities_(&random_) {}

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t, uint32_t n) override { return choices_.Draw(n); }

 private:
  void Goes(const Task& task, std::span<Task* const> others);   // it does what it stands before

  Random random_;
  Choices choices_;
  Priorities priorities_;
  bool accesses_ = false;
  const void* pending_[kMaxTasks] = {};   // by task: the object of the operation that it stands before
};

}  // namespace hotweave
