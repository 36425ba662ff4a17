// SPDX-License-Identifier: GPL-2.0-only OR MIT
// PCT: random priorities, the highest runs, and at d - 1 random places of the execution whoever runs there is put
// below all others. Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic guarantees
// of finding bugs" (ASPLOS 2010): of n tasks and k places a bug of depth d is found with probability 1/(n k^(d-1))
// at least. Here d is drawn (2 to 6), and k counts synchronisation (Learned::syncs) or all points (Learned::steps).
// Depends on core.
#pragma once

#include "core/strategy.h"
#include "strategy/choices.h"
#include "strategy/learned.h"
#include "strategy/priorities.h"

namespace hotweave {

class Pct final : public Strategy {
 public:
  // The i-th execution of the campaign with this seed: equal arguments, equal decisions.
  Pct(const Learned& learned, uint64_t seed, uint64_t i)
      : learned_(learned), random_(MixSeed(seed ^ 0x9c7d2b, i)), priorities_(&random_) {}

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t, uint32_t n) override { return choices_.Draw(n); }

 private:
  static constexpr uint32_t kMostChanges = 5;
  uint64_t Length();
  bool Due(const Point& point);

  const Learned learned_;
  Random random_;
  Choices choices_;
  Priorities priorities_;
  bool by_steps_ = false;
  uint64_t passed_ = 0;                  // synchronising operations so far
  uint64_t changes_[kMostChanges] = {};  // places, ascending
  uint32_t count_ = 0, next_ = 0;
};

}  // namespace hotweave
