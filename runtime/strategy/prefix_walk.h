// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The beginning of a stored schedule, then a random walk: the neighbourhood of an execution that no longer goes where it
// went. Depends on core.
#pragma once

#include "strategy/guided.h"
#include "strategy/random_walk.h"

namespace hotweave {

class PrefixWalk final : public Strategy {
 public:
  // Follows `input` until `departures` of its records have taken effect (0: from the start not at all), then walks as
  // the i-th random walk of this seed. Choices are those of the input throughout, the default where it has none.
  PrefixWalk(const Input& input, size_t departures, uint64_t seed, uint64_t i)
      : guided_(input), walk_(seed, i), departures_(departures) {}

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override { return guided_.Choose(nth, n); }

 private:
  void Departed(Attention* attention);

  Guided guided_;
  RandomWalk walk_;
  size_t departures_;      // still to follow; 0: walking
};

}  // namespace hotweave
