// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a campaign knows of its target before it begins: how long the sequential execution is. A function of the target,
// the profile and the options alone, so that every execution of a campaign can be repeated by its number.
// Depends on core.
#pragma once

#include "core/strategy.h"

namespace hotweave {

struct Learned {
  uint64_t steps = 0, syncs = 0;   // scheduling points; of these, operations that are no memory accesses
};

// Runs the default everywhere, and counts.
class Counting final : public Strategy {
 public:
  void Begin(Attention* attention) override { attention->syncs = true; }
  Task* AtPoint(const Point& point, std::span<Task* const>, Attention*) override {
    Count(point);
    return nullptr;
  }
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention*) override {
    Count(point);
    return others[0];
  }
  uint32_t Choose(uint32_t, uint32_t) override { return 0; }

  const Learned& learned() const { return learned_; }

 private:
  void Count(const Point& point) {
    ++learned_.syncs;
    learned_.steps = point.step;
  }

  Learned learned_;
};

}  // namespace hotweave
