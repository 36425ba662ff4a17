// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See stay.h.
#include "stay.h"

#include <algorithm>

#include "core/hot.h"
#include "core/task.h"

namespace hotweave {

void Stay::Begin(Attention* attention) {
  at_it_ = left_ = nullptr;
  guided_.Begin(attention);
}

bool Stay::IsParty(const Task* task) const { return options_.parties.contains(task->key); }

// A preemption ends the segment, whoever comes next.
Task* Stay::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  Task* to = guided_.AtPoint(point, others, attention);
  if (!to || to->is_clock) return to;
  if (IsParty(hot.task)) left_ = hot.task;
  at_it_ = IsParty(to) ? to : nullptr;
  return to;
}

// An answer that differs from the default is the input's.
Task* Stay::AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) {
  Task* to = guided_.AtBlock(point, others, attention);
  if (to == others[0]) to = Next(others);
  if (!to->is_clock && IsParty(to)) at_it_ = to;
  return to;
}

Task* Stay::Next(std::span<Task* const> others) const {
  const auto one = [&](auto is) {
    const auto it = std::find_if(others.begin(), others.end(), is);
    return it == others.end() ? nullptr : *it;
  };
  if (Task* t = one([&](Task* o) { return o == at_it_; })) return t;
  if (Task* t = one([&](Task* o) { return !o->is_clock && !IsParty(o); })) return t;
  if (Task* t = one([&](Task* o) { return o == left_ && options_.back; })) return t;
  if (Task* t = one([&](Task* o) { return o->key == options_.first && o != left_; })) return t;
  if (Task* t = one([&](Task* o) { return !o->is_clock && o != left_; })) return t;
  return others[0];
}

}  // namespace hotweave
