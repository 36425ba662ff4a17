// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A walk over synchronisation. See sync_walk.h.
#include "strategy/sync_walk.h"

namespace hotweave {

void SyncWalk::Begin(Attention* attention) {
  const uint64_t r = random_.Next();
  period_ = 1u << (r % 7);
  shuffle_blocks_ = (r >> 8) % 4 != 0;
  choices_.Begin(&random_);
  left_ = Gap();
  attention->syncs = true;
}

Task* SyncWalk::AtPoint(const Point&, std::span<Task* const> others, Attention*) {
  if (--left_ > 0) return nullptr;
  left_ = Gap();
  if (others.empty()) return nullptr;
  return others[random_.Below(static_cast<uint32_t>(others.size()))];
}

Task* SyncWalk::AtBlock(const Point&, std::span<Task* const> others, Attention*) {
  if (!shuffle_blocks_) return others[0];
  return others[random_.Below(static_cast<uint32_t>(others.size()))];
}

}  // namespace hotweave
