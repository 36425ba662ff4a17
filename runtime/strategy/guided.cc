// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Guided by an input. See guided.h.
#include "strategy/guided.h"

#include <algorithm>
#include <tuple>

#include "core/hot.h"
#include "core/task.h"

namespace hotweave {
namespace {

auto Where(const Record& r) { return std::tuple(r.key, r.task, r.nth); }

bool ToClock(const Record& r) {
  static const uint16_t clock = TaskKey("clock");
  return r.to == clock;
}

// By key, task and nth; of several records for one point the first one of the input remains, and, if that lets the clock
// advance, the next one.
std::vector<Record> Sorted(const Input& input) {
  std::vector<std::pair<uint32_t, Record>> numbered;
  for (const Record& r : input.records) {
    if (r.kind != Record::kPreempt || r.nth == 0 || numbered.size() == kMaxRecords) continue;
    numbered.emplace_back(static_cast<uint32_t>(numbered.size()), r);
  }
  std::sort(numbered.begin(), numbered.end(), [](const auto& a, const auto& b) {
    return std::pair(Where(a.second), a.first) < std::pair(Where(b.second), b.first);
  });
  std::vector<Record> records;
  for (const auto& [number, r] : numbered) {
    if (records.empty() || Where(records.back()) != Where(r) || ToClock(records.back())) records.push_back(r);
  }
  return records;
}

}  // namespace

Guided::Guided(const Input& input) : records_(Sorted(input)), choices_(input.choices) {
  for (uint32_t i = 0; i < records_.size(); ++i) {
    const Record& r = records_[i];
    if (groups_.empty() || groups_.back().key != r.key || groups_.back().task != r.task) {
      groups_.push_back({.key = r.key, .task = r.task, .first = i, .last = i});
    }
    groups_.back().last = i + 1;
    again_ |= i && Where(records_[i - 1]) == Where(r);
  }
}

void Guided::Begin(Attention* attention) {
  attention->keys = !records_.empty();
  attention->names = !choices_.empty();
  attention->again = again_;
  for (Group& g : groups_) {
    g.seen = 0;
    g.next = g.first;
    attention->filter[g.key >> 6 & 3] |= uint64_t{1} << (g.key & 63);
  }
}

Task* Guided::Lookup(const Point& point, std::span<Task* const> others) {
  const uint16_t key = point.key;
  const uint16_t task = hot.task->key;
  auto g = std::lower_bound(groups_.begin(), groups_.end(), std::tuple(key, task),
                            [](const Group& a, const std::tuple<uint16_t, uint16_t>& b) { return std::tuple(a.key, a.task) < b; });
  if (g == groups_.end() || g->key != key || g->task != task) return nullptr;
  const uint32_t nth = point.again ? g->seen : ++g->seen;
  while (g->next < g->last && records_[g->next].nth < nth) ++g->next;
  if (g->next == g->last || records_[g->next].nth != nth || others.empty()) return nullptr;
  const uint16_t to = records_[g->next++].to;
  for (Task* t : others) {
    if (t->key == to) return t;
  }
  return others[to % others.size()];
}

Task* Guided::AtPoint(const Point& point, std::span<Task* const> others, Attention*) {
  return Lookup(point, others);
}

Task* Guided::AtBlock(const Point& point, std::span<Task* const> others, Attention*) {
  Task* to = Lookup(point, others);
  return to ? to : others[0];
}

uint32_t Guided::Choose(uint32_t nth, uint32_t n) {
  const uint16_t task = hot.task->key;
  for (const ChoiceRecord& c : choices_) {
    if (c.task == task && c.nth == nth) return c.value % n;
  }
  return 0;
}

}  // namespace hotweave
