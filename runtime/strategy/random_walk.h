// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Random walk: preempts after a random number of scheduling points, to a random task. Each execution draws
// how rarely it preempts (about every 2nd to every 512th point), because no one rate suits every bug
// (Thomson, Donaldson and Betts, TOPC 2016: a uniform walk is a strong baseline on short programs).
// Depends on core.
#pragma once

#include "core/strategy.h"
#include "strategy/random.h"

namespace hotweave {

class RandomWalk final : public Strategy {
 public:
  // The i-th execution of the campaign with this seed: equal arguments, equal decisions.
  RandomWalk(uint64_t seed, uint64_t i) : random_(MixSeed(seed, i)) {}

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override;

 private:
  int64_t Gap() { return 1 + random_.Below(2 * period_); }

  Random random_;
  uint32_t period_ = 2;        // mean number of points between two preemptions
  bool shuffle_blocks_ = false;
  bool choose_ = false;        // draw choices; else all are 0
};

}  // namespace hotweave
