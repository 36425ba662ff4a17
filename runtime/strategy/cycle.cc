// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Directed at a deadlock. See cycle.h.
#include "strategy/cycle.h"

#include <algorithm>
#include <cstring>

#include "core/hot.h"
#include "core/task.h"

namespace hotweave {

CycleDirected::CycleDirected(const std::vector<std::string>& classes, uint64_t seed, uint64_t i)
    : classes_(classes), random_(MixSeed(seed ^ 0xc7c1e, i)) {}

void CycleDirected::Begin(Attention* attention) {
  const uint64_t r = random_.Next();
  period_ = 4u << (r % 9);
  patience_ = 2u << ((r >> 8) % 4);
  choose_ = (r >> 16) % 4 != 0;
  std::fill(std::begin(held_back_), std::end(held_back_), -1);
  std::fill(std::begin(passed_), std::end(passed_), false);
  attention->locks = true;
  attention->gap = Gap();
}

int CycleDirected::StepOf(const Point& point) const {
  if (!point.text || ClassOf(point.op) != OpClass::Lock) return -1;
  const size_t n = classes_.size();
  for (size_t i = 0; i < n; ++i) {
    if (classes_[(i + 1) % n] != point.text) continue;
    const Task& self = *hot.task;
    for (uint32_t h = 0; h < self.held_count; ++h) {
      if (self.held[h].map && self.held[h].map->name && classes_[i] == self.held[h].map->name) return static_cast<int>(i);
    }
  }
  return -1;
}

Task* CycleDirected::Free(std::span<Task* const> others) {
  uint32_t n = 0;
  for (Task* t : others) n += held_back_[t->index] < 0;
  if (n == 0) return nullptr;
  uint32_t pick = random_.Below(n);
  for (Task* t : others) {
    if (held_back_[t->index] < 0 && pick-- == 0) return t;
  }
  return nullptr;
}

void CycleDirected::LetGo() {
  for (uint32_t i = 0; i < kMaxTasks; ++i) {
    passed_[i] |= held_back_[i] >= 0;
    held_back_[i] = -1;
  }
}

Task* CycleDirected::HoldBack(int step, std::span<Task* const> others) {
  held_back_[hot.task->index] = step;
  // Everybody is where a deadlock needs them: go.
  size_t steps = 0;
  for (size_t s = 0; s < classes_.size(); ++s) {
    steps += std::find(std::begin(held_back_), std::end(held_back_), static_cast<int>(s)) != std::end(held_back_);
  }
  if (steps == classes_.size() && classes_.size() > 1) {
    LetGo();
    return nullptr;
  }
  Task* to = Free(others);
  if (!to) LetGo();
  return to;
}

Task* CycleDirected::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  const bool due = attention->gap <= 0;
  if (due) attention->gap = Gap();
  if (others.empty()) return nullptr;
  const int step = StepOf(point);
  bool& passed = passed_[hot.task->index];
  if (step >= 0 && !passed && random_.Below(patience_) != 0) return HoldBack(step, others);
  if (step >= 0) passed = false;
  return due ? Free(others) : nullptr;
}

Task* CycleDirected::AtBlock(const Point&, std::span<Task* const> others, Attention*) {
  if (Task* to = Free(others)) return to;
  LetGo();
  return others[random_.Below(static_cast<uint32_t>(others.size()))];
}

uint32_t CycleDirected::Choose(uint32_t, uint32_t n) { return choose_ ? random_.Below(n) : 0; }

}  // namespace hotweave
