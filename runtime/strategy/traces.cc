// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See traces.h.
#include "strategy/traces.h"

#include <algorithm>

#include "core/internal.h"

namespace hotweave {

Traces::Traces() : stack_(1) {}

void Traces::Begin(Attention* attention) {
  attention->syncs = attention->again = attention->effects = true;
  steps_.Begin();
  depth_ = 1;
  drawn_ = 0;
  question_ = 0;
  cut_ = over_ = false;
}

// ---- Following the stack, and adding to it -----------------------------------------------------------------

bool Traces::Asleep(const Node& node, uint32_t task) {
  return std::any_of(node.sleep.begin(), node.sleep.end(), [&](const Step& s) { return s.task == task; });
}

// Goes through the next node; makes it if there is none yet.
void Traces::Enter(Node node, uint32_t deflt) {
  drawn_ = 0;
  if (depth_ < stack_.size()) {
    if (stack_[depth_].question != node.question) {
      InternalError("a search is asked other questions than before: the target or the engine is nondeterministic");
    }
    ++depth_;
    return;
  }
  Node& before = stack_.back();
  for (uint16_t t : node.options) node.able.set(t);
  // A step may end the last wait with a limit, and the clock's own step then never comes: they race all the same.
  for (uint16_t t : before.options) {
    if (engine.tasks[t].is_clock && t != before.chosen && !node.able[t]) before.wanted.set(t);
  }
  for (const Step& s : before.sleep) {
    if (!Depend(s, before.step)) node.sleep.push_back(s);
  }
  for (const Task& t : engine.live()) node.awake[t.index] = t.runnable && !t.exited;
  node.chosen = deflt;
  for (size_t i = 0; Asleep(node, node.chosen); ++i) {
    if (i == node.options.size()) {
      cut_ = over_ = true;
      engine.OutOfBudget("everything that can follow has been explored");
    }
    node.chosen = node.options[i];
  }
  node.wanted.set(node.chosen);
  stack_.push_back(std::move(node));
  ++depth_;
}

void Traces::OnUnasked(const Task& next) {
  if (over_ || !steps_.recording()) return;
  steps_.OnCommon(kCommonOther, true);
  if (steps_.running() == hot.task->index) {
    steps_.Pending(hot.task->index, {hot.task->wait.op == Op::kCount ? Op::Yield : Op::Blocked, 0, 0, true});
  }
  Finish(true, false);
  Node node;
  node.options.push_back(next.index);
  Enter(std::move(node), next.index);
  steps_.Next(next);
}

Task* Traces::Decide(const Point& point, std::span<Task* const> others) {
  ++question_;
  Task* deflt = point.forced ? others[0] : nullptr;
  if (over_) return deflt;
  if (!steps_.recording()) {
    if (!StepRecorder::ScenarioHasBegun()) return deflt;
    steps_.Start();
  }
  const bool at_end = steps_.running() == 0 && steps_.op() == Op::TaskExit && !point.forced;
  if (point.forced && point.op == Op::Yield) steps_.OnSpin();
  Finish(point.forced && point.op != Op::Yield, engine.failing());
  if (engine.failing() || at_end) {
    over_ = true;
    return deflt;
  }
  steps_.Pending(hot.task->index, point);
  Node node;
  node.question = question_;
  if (!point.forced) node.options.push_back(hot.task->index);
  for (const Task* t : others) node.options.push_back(t->index);
  Enter(std::move(node), point.forced ? others[0]->index : hot.task->index);
  Task* to = &engine.tasks[Latest().chosen];
  steps_.Next(*to);
  return to == hot.task && !point.forced ? nullptr : to;
}

Task* Traces::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (engine.task_count > 1) attention->gap = 1;
  return Decide(point, others);
}

Task* Traces::AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (engine.task_count > 1) attention->gap = 1;
  return Decide(point, others);
}

uint32_t Traces::Draw(uint32_t n, uint32_t asked) {
  ++question_;
  if (over_ || engine.failing()) return 0;
  Node& node = Latest();
  if (drawn_ == node.drawn.size()) {
    Drawn d{question_, {}};
    for (uint32_t i = 0; i < n; ++i) {
      if (asked >= n || i == asked || i == (asked ? 0 : 1)) d.values.push_back(static_cast<uint16_t>(i));
    }
    node.drawn.push_back(std::move(d));
  }
  const Drawn& d = node.drawn[drawn_++];
  return d.values[d.taken];
}

// ---- Races -------------------------------------------------------------------------------------------------

void Traces::Finish(bool blocked, bool fails) {
  const Step* step = steps_.End(blocked, fails);
  anew_ |= steps_.TakeNews();
  if (!step) return;
  Node& node = Latest();
  if (node.ended) return;
  node.ended = true;
  node.step = *step;
  node.whole.task = step->task;
  Unite(*step, &node.whole);
  Compare(static_cast<uint32_t>(depth_ - 1));
  if (fails) node.wanted |= node.able;
}

void Traces::Compare(uint32_t d) {
  const Step& e = stack_[d].step;
  auto clock = std::vector<uint32_t>(kMaxTasks, 0);
  for (uint32_t i = d; i-- > 1;) {
    if (stack_[i].step.task != e.task) continue;
    clock = stack_[i].clock;
    break;
  }
  for (uint32_t i = d; i-- > 1;) {
    const Step& before = stack_[i].step;
    if (before.task == e.task || clock[before.task] > i || !Depend(before, e)) continue;
    Reverse(i, d, clock);
    const std::vector<uint32_t>& c = stack_[i].clock;
    for (uint32_t t = 0; t < kMaxTasks; ++t) clock[t] = std::max(clock[t], c[t]);
  }
  clock[e.task] = d + 1;
  stack_[d].clock = std::move(clock);
}

// Tasks that may begin a path on which step d comes before step i: those whose first step behind i that does not follow
// from it follows from no other such step.
Traces::Tasks Traces::Initials(uint32_t i, uint32_t d, const std::vector<uint32_t>& clock) const {
  const uint32_t q = stack_[i].step.task;
  std::vector<uint32_t> path;
  for (uint32_t k = i + 1; k < d; ++k) {
    if (stack_[k].clock[q] <= i) path.push_back(k);
  }
  path.push_back(d);
  Tasks initials, seen;
  for (size_t n = 0; n < path.size(); ++n) {
    const uint32_t task = stack_[path[n]].step.task;
    if (seen[task]) continue;
    seen.set(task);
    const std::vector<uint32_t>& c = path[n] == d ? clock : stack_[path[n]].clock;
    const bool first = std::none_of(path.begin(), path.begin() + static_cast<long>(n),
                                    [&](uint32_t m) { return c[stack_[m].step.task] > m; });
    if (first) initials.set(task);
  }
  return initials;
}

// The step d might come before step i, on which it depends. `clock`: what precedes it beside.
void Traces::Reverse(uint32_t i, uint32_t d, const std::vector<uint32_t>& clock) {
  Node& node = stack_[i];
  const uint32_t p = stack_[d].step.task;
  if (!node.able[p]) {
    if (node.awake[p]) {
      if (!ReverseEarlier(i, d)) node.wanted |= node.able;
      return;
    }
    if (stack_[i + 1].awake[p] || stack_[i + 1].able[p]) return;   // step i has woken it
  }
  const Tasks initials = Initials(i, d, clock);
  if ((initials & node.wanted).any()) return;
  if (initials[p] && node.able[p]) {
    node.wanted.set(p);
    return;
  }
  for (uint32_t t = 0; t < kMaxTasks; ++t) {
    if (!initials[t] || !node.able[t]) continue;
    node.wanted.set(t);
    return;
  }
  node.wanted |= node.able;
}

// The task of step d had no CPU before step i. Where that task took it, they race.
bool Traces::ReverseEarlier(uint32_t i, uint32_t d) {
  const Step& e = stack_[d].step;
  const uint32_t q = stack_[i].step.task;
  for (uint32_t j = i; j-- > 1;) {
    if (stack_[j].step.task == e.task) return false;
    if (stack_[j].step.task != q || !stack_[j].able[e.task] || !Depend(stack_[j].step, e)) continue;
    stack_[j].wanted.set(e.task);
    return true;
  }
  return false;
}

// ---- From one execution to the next --------------------------------------------------------------------------

// Another value of a choice, or another task; false if there is none left.
bool Traces::NextOf(Node* node) {
  while (!node->drawn.empty() && ++node->drawn.back().taken == node->drawn.back().values.size()) node->drawn.pop_back();
  if (!node->drawn.empty()) {
    node->ended = false;
    return true;
  }
  if (node->chosen == kMaxTasks) return false;
  node->done.set(node->chosen);
  node->sleep.push_back(node->whole);
  for (uint16_t t : node->options) {
    if (!node->wanted[t] || node->done[t] || Asleep(*node, t)) continue;
    node->chosen = t;
    node->whole = Step{};
    node->ended = false;
    return true;
  }
  return false;
}

bool Traces::Advance(bool finding) {
  if (!over_ && steps_.recording()) Finish(true, finding);
  if (anew_) {
    anew_ = false;
    ++restarts_;
    stack_.assign(1, Node{});
    return true;
  }
  while (!stack_.empty()) {
    if (NextOf(&stack_.back())) return true;
    if (stack_.size() == 1) return false;
    stack_.pop_back();
  }
  return false;
}

double Traces::Covered() const {
  double covered = 0, part = 1;
  for (const Node& node : stack_) {
    const auto all = static_cast<double>(std::max<size_t>((node.wanted | node.done).count(), 1));
    part /= all;
    covered += part * static_cast<double>(node.done.count());
    for (const Drawn& d : node.drawn) {
      part /= static_cast<double>(d.values.size());
      covered += part * d.taken;
    }
  }
  return covered;
}

std::vector<Decision> Traces::Decisions() const {
  std::vector<Decision> out;
  for (const Node& node : stack_) {
    if (node.question) out.push_back({node.question, node.chosen});
    for (const Drawn& d : node.drawn) out.push_back({d.question, d.values[d.taken]});
  }
  return out;
}

}  // namespace hotweave
