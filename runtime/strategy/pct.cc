// SPDX-License-Identifier: GPL-2.0-only OR MIT
// PCT. See pct.h.
#include "strategy/pct.h"

#include <algorithm>

#include "core/hot.h"

namespace hotweave {

// Mostly as long as the sequential execution; sometimes shorter or longer, as other choices may make it.
uint64_t Pct::Length() {
  const uint64_t known = std::max<uint64_t>(by_steps_ ? learned_.steps : learned_.syncs, 16);
  switch (random_.Below(4)) {
    case 0: return std::max<uint64_t>(known / 4, 16);
    case 1: return known * 2;
    default: return known;
  }
}

void Pct::Begin(Attention* attention) {
  by_steps_ = random_.Below(3) == 0;
  count_ = 1 + random_.Below(kMostChanges);
  const uint64_t length = std::min<uint64_t>(Length(), uint64_t{1} << 31);
  for (uint32_t i = 0; i < count_; ++i) changes_[i] = 1 + random_.Below(static_cast<uint32_t>(length));
  std::sort(changes_, changes_ + count_);
  choices_.Begin(&random_);
  attention->syncs = true;
  if (by_steps_) attention->gap = static_cast<int64_t>(changes_[0]);
}

bool Pct::Due(const Point& point) {
  const uint64_t at = by_steps_ ? point.step : passed_;
  if (next_ == count_ || at < changes_[next_]) return false;
  ++next_;
  return true;
}

Task* Pct::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  ++passed_;
  Task& self = *hot.task;
  priorities_.Tires(self);
  if (Due(point)) priorities_.Lower(self);
  if (by_steps_) {
    attention->gap = next_ < count_ ? std::max<int64_t>(static_cast<int64_t>(changes_[next_] - point.step), 1) : INT64_MAX;
  }
  Task* best = priorities_.Highest(others);
  if (!best || best->is_clock) return best;
  return priorities_.Of(*best) > priorities_.Of(self) ? best : nullptr;
}

// A task that spins waits for somebody: it must not keep all others from running.
Task* Pct::AtBlock(const Point& point, std::span<Task* const> others, Attention*) {
  ++passed_;
  if (point.op == Op::Yield) priorities_.Lower(*hot.task);
  return priorities_.Highest(others);
}

}  // namespace hotweave
