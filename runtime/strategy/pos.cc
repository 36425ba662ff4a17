// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Partial order sampling. See pos.h.
#include "strategy/pos.h"

#include "core/hot.h"

namespace hotweave {

void Pos::Begin(Attention* attention) {
  accesses_ = random_.Below(2) == 0;
  choices_.Begin(&random_);
  attention->syncs = !accesses_;
  if (accesses_) attention->gap = 1;
}

void Pos::Goes(const Task& task, std::span<Task* const> others) {
  const void* object = pending_[task.index];
  pending_[task.index] = nullptr;
  if (!object) return;
  for (const Task* t : others) {
    if (t != &task && pending_[t->index] == object) priorities_.Renew(*t);
  }
}

Task* Pos::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (accesses_) attention->gap = 1;
  Task& self = *hot.task;
  if (!priorities_.Tires(self)) priorities_.Renew(self);
  pending_[self.index] = point.object;
  Task* best = priorities_.Highest(others);
  if (best && best->is_clock) return best;
  if (best && priorities_.Of(*best) > priorities_.Of(self)) {
    Goes(*best, others);
    return best;
  }
  Goes(self, others);
  return nullptr;
}

Task* Pos::AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (accesses_) attention->gap = 1;
  if (point.op == Op::Yield) priorities_.Lower(*hot.task);
  Task* best = priorities_.Highest(others);
  if (!best->is_clock) Goes(*best, others);
  return best;
}

}  // namespace hotweave
