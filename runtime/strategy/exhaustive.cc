// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See exhaustive.h.
#include "strategy/exhaustive.h"

#include <algorithm>

#include "core/internal.h"

namespace hotweave {
namespace {

void AskEverywhere(Attention* attention) {
  attention->syncs = attention->again = attention->effects = true;
}

Task* TaskOf(uint32_t value, std::span<Task* const> others) {
  for (Task* t : others) {
    if (t->index == value) return t;
  }
  InternalError("a search meets other tasks than before: the target or the engine is nondeterministic");
}

}  // namespace

// ---- Repeating decisions ---------------------------------------------------------------------------------

void Decided::Begin(Attention* attention) {
  AskEverywhere(attention);
  next_ = 0;
  question_ = 0;
}

const Decision* Decided::Take() {
  ++question_;
  if (next_ == decisions_.size() || decisions_[next_].question != question_) return nullptr;
  return &decisions_[next_++];
}

Task* Decided::AtPoint(const Point&, std::span<Task* const> others, Attention* attention) {
  if (engine.task_count > 1) attention->gap = 1;
  const Decision* d = Take();
  return d && d->value != hot.task->index ? TaskOf(d->value, others) : nullptr;
}

Task* Decided::AtBlock(const Point&, std::span<Task* const> others, Attention* attention) {
  if (engine.task_count > 1) attention->gap = 1;
  const Decision* d = Take();
  return d ? TaskOf(d->value, others) : others[0];
}

uint32_t Decided::Choose(uint32_t, uint32_t) {
  const Decision* d = Take();
  return d ? d->value : 0;
}

// ---- The search ------------------------------------------------------------------------------------------

Exhaustive::Exhaustive(Reduction reduction, uint32_t bound) : reduction_(reduction), bound_(bound) { seen_.Clear(); }

void Exhaustive::SetBound(uint32_t bound) {
  bound_ = bound;
  restarts_ = 0;
  Restart();
}

void Exhaustive::Sample(uint64_t i) {
  sampling_ = true;
  random_ = Random(MixSeed(1, i));
  rarely_ = 4u << random_.Below(8);
  Restart();
}

void Exhaustive::Restart() {
  stack_.clear();
  seen_.Clear();
  bound_met_ = grown_ = false;
}

void Exhaustive::Begin(Attention* attention) {
  AskEverywhere(attention);
  steps_.Begin();
  places_.BeginExecution();
  depth_ = 0;
  question_ = 0;
  cost_ = 0;
  known_tasks_ = 1;
  has_late_ = cut_ = over_ = false;
}

void Exhaustive::OnTouch(const void* address, size_t size, bool write) { steps_.OnTouch(address, size, write); }
void Exhaustive::OnWake(const Task& task) { steps_.OnWake(task); }
void Exhaustive::OnShared(bool write) { steps_.OnShared(write); }

void Exhaustive::OnUnasked(const Task& next) {
  if (over_ || !steps_.recording()) return;
  steps_.OnShared(true);
  if (steps_.running() == hot.task->index) {
    // It goes on behind the block, or behind local_bh_enable().
    steps_.Pending(hot.task->index, {hot.task->wait.op == Op::kCount ? Op::Yield : Op::Blocked, 0, 0, true});
  }
  Finish(true, false);
  steps_.Next(next);
}

// The step under way has ended.
void Exhaustive::Finish(bool blocked, bool fails) {
  const Step* step = steps_.End(blocked, fails);
  if (!step) return;
  const bool creates = known_tasks_ < engine.task_count;
  if (steps_.op() == Op::Join && engine.tasks[step->task].wait.op != Op::Join && !creates) Joined(*step);
  for (; known_tasks_ < engine.task_count; ++known_tasks_) places_.TaskCreated(step->task, known_tasks_);
  grown_ |= places_.Note(*step);
  grown_ |= steps_.TakeNewlyWatched();
  if (has_late_ && (step->all || places_.Shared(*step))) AddLate();
  has_late_ = false;
}

// A step behind hotweave_join() touches the task that it waited for.
void Exhaustive::Joined(const Step& step) {
  for (const Touch& t : step.touches) {
    if (t.place < kTaskPlace || t.place >= kGranules) continue;
    const uint32_t other = t.place - kTaskPlace;
    if (other != step.task && engine.tasks[other].exited) places_.TaskJoined(step.task, other);
  }
}

// Nobody was asked before the step that has just ended, since it seemed to be nobody else's business.
void Exhaustive::AddLate() {
  if (late_.options.size() < 2) return;
  auto at = stack_.begin() + static_cast<long>(depth_);
  while (at != stack_.begin() && (at - 1)->question > late_.question) --at;
  stack_.insert(at, std::move(late_));
  ++depth_;
}

// What could be decided here and is within the bound; the default first.
void Exhaustive::Options(const Point& point, std::span<Task* const> others, std::vector<Option>* out) {
  out->clear();
  if (!point.forced) out->push_back({hot.task->index, 0});
  for (const Task* t : others) {
    const bool first = out->empty();
    const uint8_t cost = !point.forced || t->is_clock || (point.op == Op::Yield && !first) ? 1 : 0;
    if (bound_ != kNoBound && cost_ + cost > bound_) {
      bound_met_ = true;
    } else {
      out->push_back({t->index, cost});
    }
  }
}

void Exhaustive::Cut() {
  cut_ = over_ = true;
  engine.OutOfBudget("everything that can follow has been explored");
}

// Moves the node to its next option that is worth taking, beginning with the present one.
bool Exhaustive::Takes(Node* node) {
  for (; node->taken < node->options.size(); ++node->taken) {
    const Option& o = node->options[node->taken];
    if (reduction_ == Reduction::None || node->choice) return true;
    if (seen_.Enter(Mix(node->state, o.value), node->cost + o.cost)) return true;
  }
  return false;
}

Task* Exhaustive::Run(uint32_t value, const Point& point, Task* deflt) {
  Task* to = &engine.tasks[value];
  steps_.Next(*to);
  if (to == deflt && !point.forced) return nullptr;
  return to;
}

Task* Exhaustive::Stroll(const Point& point, std::span<Task* const> others) {
  uint32_t n = static_cast<uint32_t>(others.size());
  Task* to = point.forced ? others[random_.Below(n)] : hot.task;
  if (!point.forced && n && random_.Below(rarely_) == 0) to = others[random_.Below(n)];
  return Run(to->index, point, hot.task);
}

// The prefix that was decided before; behind it, new nodes.
Task* Exhaustive::Follow(const Point& point, std::span<Task* const> others) {
  Task* deflt = point.forced ? others[0] : hot.task;
  if (depth_ < stack_.size()) {
    Node& node = stack_[depth_];
    if (node.question != question_) return Run(deflt->index, point, deflt);
    const Option& o = node.options[node.taken];
    if (o.value != hot.task->index || point.forced) TaskOf(o.value, others);
    cost_ = node.cost + o.cost;
    ++depth_;
    return Run(o.value, point, deflt);
  }
  Node node;
  node.question = question_;
  node.state = places_.State();
  node.cost = cost_;
  Options(point, others, &node.options);
  if (reduction_ != Reduction::None && !point.forced) {
    steps_.Foresee(*hot.task, &foreseen_);
    if (!places_.Shared(foreseen_)) {
      late_ = std::move(node);
      has_late_ = true;
      return Run(deflt->index, point, deflt);
    }
  }
  if (!Takes(&node)) Cut();
  const Option o = node.options[node.taken];
  cost_ += o.cost;
  if (node.options.size() > 1) {
    stack_.push_back(std::move(node));
    ++depth_;
  }
  return Run(o.value, point, deflt);
}

Task* Exhaustive::Decide(const Point& point, std::span<Task* const> others) {
  ++question_;
  Task* deflt = point.forced ? others[0] : nullptr;
  if (over_) return deflt;
  if (!steps_.recording()) {
    if (!StepRecorder::ScenarioHasBegun()) return deflt;
    steps_.Start();
    known_tasks_ = engine.task_count;   // whatever the first step of the search is, these do not begin with it
  }
  const bool at_end = steps_.running() == 0 && steps_.op() == Op::TaskExit && !point.forced;
  Finish(point.forced && point.op != Op::Yield, engine.failing());
  // Nothing is left to decide once the first task checks what all have left behind.
  if (engine.failing() || at_end) {
    over_ = true;
    return deflt;
  }
  steps_.Pending(hot.task->index, point);
  return sampling_ ? Stroll(point, others) : Follow(point, others);
}

Task* Exhaustive::AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (engine.task_count > 1) attention->gap = 1;
  return Decide(point, others);
}

Task* Exhaustive::AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) {
  if (engine.task_count > 1) attention->gap = 1;
  return Decide(point, others);
}

uint32_t Exhaustive::Choose(uint32_t, uint32_t n) { return Draw(n, n); }

uint32_t Exhaustive::ChooseWhether(uint32_t, uint32_t n, uint32_t value) { return Draw(n, value); }

// All n values; or, if all that matters is whether it is `asked`, this one and another.
uint32_t Exhaustive::Draw(uint32_t n, uint32_t asked) {
  ++question_;
  if (over_ || engine.failing()) return 0;
  uint32_t value = 0;
  if (sampling_) {
    value = random_.Below(n);
  } else if (depth_ < stack_.size()) {
    const Node& node = stack_[depth_];
    if (node.question == question_) value = node.options[node.taken].value, ++depth_;
  } else {
    Node node;
    node.question = question_;
    node.cost = cost_;
    node.choice = true;
    for (uint32_t i = 0; i < n; ++i) {
      if (asked >= n || i == asked || i == (asked ? 0 : 1)) node.options.push_back({static_cast<uint16_t>(i), 0});
    }
    stack_.push_back(std::move(node));
    ++depth_;
  }
  places_.NoteChoice(hot.task->index, value);
  return value;
}

bool Exhaustive::Advance(bool finding) {
  if (!over_ && steps_.recording()) Finish(true, finding);
  if (sampling_) {
    sampling_ = false;
    Restart();
    return true;
  }
  if (grown_ && reduction_ != Reduction::None) {
    Restart();
    ++restarts_;
    return true;
  }
  while (!stack_.empty()) {
    Node& node = stack_.back();
    ++node.taken;
    if (Takes(&node)) return true;
    stack_.pop_back();
  }
  return false;
}

double Exhaustive::Covered() const {
  double covered = 0, part = 1;
  for (const Node& node : stack_) {
    part /= static_cast<double>(node.options.size());
    covered += part * node.taken;
  }
  return covered;
}

std::vector<Decision> Exhaustive::Decisions() const {
  std::vector<Decision> out;
  for (const Node& node : stack_) {
    if (node.options[node.taken].value || !node.choice) out.push_back({node.question, node.options[node.taken].value});
  }
  return out;
}

}  // namespace hotweave
