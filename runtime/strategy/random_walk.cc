// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Random walk. See random_walk.h.
#include "strategy/random_walk.h"

namespace hotweave {

void RandomWalk::Begin(Attention* attention) {
  const uint64_t r = random_.Next();
  period_ = 2u << (r % 9);
  shuffle_blocks_ = (r >> 8) % 4 != 0;
  choose_ = (r >> 16) % 4 != 0;
  attention->gap = Gap();
}

Task* RandomWalk::AtPoint(const Point&, std::span<Task* const> others, Attention* attention) {
  attention->gap = Gap();
  if (others.empty()) return nullptr;
  return others[random_.Below(static_cast<uint32_t>(others.size()))];
}

Task* RandomWalk::AtBlock(const Point&, std::span<Task* const> others, Attention*) {
  if (!shuffle_blocks_) return others[0];
  return others[random_.Below(static_cast<uint32_t>(others.size()))];
}

uint32_t RandomWalk::Choose(uint32_t, uint32_t n) { return choose_ ? random_.Below(n) : 0; }

}  // namespace hotweave
