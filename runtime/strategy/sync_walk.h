// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A random walk over synchronisation alone: it preempts before operations of locks, waits and wake-ups, never before
// a memory access. In ported code a task makes tens of accesses for each such operation; a deadlock, and a race by
// happens-before, is decided by the order of the few. Each execution draws how many of them pass between two
// preemptions, and how long the preempted task is kept away: Thomson, Donaldson and Betts (TOPC 2016) show uniform
// walks to be strong on short programs, and so this makes programs short. Depends on core.
#pragma once

#include "core/strategy.h"
#include "strategy/choices.h"

namespace hotweave {

class SyncWalk final : public Strategy {
 public:
  // The i-th execution of the campaign with this seed: equal arguments, equal decisions.
  SyncWalk(uint64_t seed, uint64_t i) : random_(MixSeed(seed ^ 0x5c3a91, i)) {}

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t, uint32_t n) override { return choices_.Draw(n); }

 private:
  uint32_t Gap() { return 1 + random_.Below(2 * period_ - 1); }

  Random random_;
  Choices choices_;
  uint32_t period_ = 2, left_ = 1;   // mean number of operations between two preemptions; until the next one
  bool shuffle_blocks_ = false;
};

}  // namespace hotweave
