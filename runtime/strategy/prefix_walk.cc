// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The beginning of a stored schedule, then a random walk. See prefix_walk.h.
#include "strategy/prefix_walk.h"

namespace hotweave {

void PrefixWalk::Begin(Attention* attention) {
  if (departures_ == 0) {
    walk_.Begin(attention);
    attention->names = true;
    return;
  }
  guided_.Begin(attention);
}

// One record less to follow; after the last one the walk takes over, and keys are of no more interest.
void PrefixWalk::Departed(Attention* attention) {
  if (--departures_ > 0) return;
  attention->keys = false;
  walk_.Begin(attention);
}

Task* PrefixWalk::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (departures_ == 0) return attention->gap <= 0 ? walk_.AtPoint(point, others, attention) : nullptr;
  Task* to = guided_.AtPoint(point, others, attention);
  if (to) Departed(attention);
  return to;
}

Task* PrefixWalk::AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (departures_ == 0) return walk_.AtBlock(point, others, attention);
  Task* to = guided_.AtBlock(point, others, attention);
  if (to != others[0]) Departed(attention);
  return to;
}

}  // namespace hotweave
