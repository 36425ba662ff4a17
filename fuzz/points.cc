// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See points.h.
#include "points.h"

#include <algorithm>
#include <map>

#include "core/hot.h"
#include "core/task.h"
#include "strategy/guided.h"

namespace hotweave {
namespace {

// Does what the input says, asks at every point, and writes the questions down.
class Watcher final : public Strategy {
 public:
  Watcher(const Input& input, Points* points) : guided_(input), points_(points) {}

  void Begin(Attention* attention) override {
    guided_.Begin(attention);
    attention->keys = true;
    std::fill(std::begin(attention->filter), std::end(attention->filter), ~uint64_t{0});
  }
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override {
    Note(point, others);
    return guided_.AtPoint(point, others, attention);
  }
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override {
    Note(point, others);
    return guided_.AtBlock(point, others, attention);
  }
  uint32_t Choose(uint32_t nth, uint32_t n) override { return guided_.Choose(nth, n); }

 private:
  void Note(const Point& point, std::span<Task* const> others) {
    const uint16_t task = hot.task->key;
    const uint32_t nth = ++seen_[{task, point.key}];
    if (others.empty() || nth > kMaxNth) return;
    DecisionPoint p;
    p.op = point.op;
    p.forced = point.forced;
    p.task = task;
    p.key = point.key;
    p.nth = static_cast<uint16_t>(nth);
    p.first = static_cast<uint32_t>(points_->candidates.size());
    p.count = static_cast<uint32_t>(others.size());
    for (const Task* t : others) points_->candidates.push_back(t->key);
    points_->all.push_back(p);
  }

  Guided guided_;
  Points* points_;
  std::map<std::pair<uint16_t, uint16_t>, uint32_t> seen_;   // by task and key, as records count
};

}  // namespace

Points PointsOf(const RunOptions& options, const Input& input) {
  Points points;
  Watcher watcher(input, &points);
  RunExecution(options, watcher);
  return points;
}

}  // namespace hotweave
