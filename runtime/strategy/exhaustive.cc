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

// Of a task that sleeps, whatever else it depends on when it is woken: who, and where it would run.
uint16_t Sleeper(const Step& s) { return static_cast<uint16_t>(s.task * kCpus + s.cpu); }

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
  rarely_ = 4u << random_.Below(11);
  Restart();
}

void Exhaustive::Restart() {
  stack_.clear();
  seen_.Clear();
  bound_met_ = grown_ = false;
  executions_ = grown_at_ = deepest_ = 0;
}

void Exhaustive::Begin(Attention* attention) {
  AskEverywhere(attention);
  steps_.Begin();
  places_.BeginExecution();
  depth_ = 0;
  question_ = 0;
  cost_ = 0;
  known_tasks_ = 1;
  default_of_ = run_of_ = clock_of_ = kNoNode;
  alone_ = false;
  asleep_.clear();
  has_late_ = cut_ = over_ = false;
}

void Exhaustive::OnTouch(const void* address, size_t size, bool write) { steps_.OnTouch(address, size, write); }
void Exhaustive::OnWake(const Task& task) { steps_.OnWake(task); }
void Exhaustive::OnCommon(Common what, bool write) { steps_.OnCommon(what, write); }

void Exhaustive::OnUnasked(const Task& next) {
  if (over_ || !steps_.recording()) return;
  if (run_of_ != kNoNode) EndRun(false);
  alone_ = false;
  steps_.OnCommon(kCommonOther, true);
  if (steps_.running() == hot.task->index) {
    // It goes on behind the block, or behind local_bh_enable().
    steps_.Pending(hot.task->index, {hot.task->wait.op == Op::kCount ? Op::Yield : Op::Blocked, 0, 0, true});
  }
  Finish(true, false, next.is_clock);
  steps_.Next(next);
}

// The step under way has ended; `clock`: the clock could come next.
void Exhaustive::Finish(bool blocked, bool fails, bool clock) {
  const Step* step = steps_.End(blocked, fails);
  if (!step) return;
  const bool creates = known_tasks_ < engine.task_count;
  if (steps_.op() == Op::Join && engine.tasks[step->task].wait.op != Op::Join && !creates) Joined(*step);
  for (; known_tasks_ < engine.task_count; ++known_tasks_) places_.TaskCreated(step->task, known_tasks_);
  grown_ |= places_.Note(*step);
  grown_ |= steps_.TakeNews();
  if (run_of_ != kNoNode) FollowRun(*step, blocked);
  std::erase_if(asleep_, [&](const Step& s) { return s.task == step->task || Depend(s, *step); });
  if (default_of_ != kNoNode) Learn(*step, &stack_[default_of_]);
  default_of_ = kNoNode;
  if (clock_of_ != kNoNode) stack_[clock_of_].clock = *step, stack_[clock_of_].clock_known = true;
  clock_of_ = kNoNode;
  auto is_clock = [](const Option& o) { return engine.tasks[o.value].is_clock; };
  const bool stops_clock = !clock && std::any_of(late_.options.begin(), late_.options.end(), is_clock);
  if (has_late_ && (step->all || places_.Shared(*step) || stops_clock)) AddLate(*step);
  has_late_ = false;
}

// What the task does next, if it is not preempted at the node. (Choices in the step may have it do one thing or another.)
void Exhaustive::Learn(const Step& step, Node* node) {
  node->own.task = step.task;
  node->own.cpu = step.cpu;
  node->own.all |= engine.tasks[step.task].cpu != step.cpu;   // it has gone elsewhere, for reasons that are not told
  Unite(step, &node->own);
  std::erase_if(node->own.touches, [](const Touch& t) { return SaysWhoRuns(t.place) && !t.write; });   // see Asleep()
  node->own_known = true;
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
void Exhaustive::AddLate(const Step& step) {
  if (late_.options.size() < 2) return;
  Learn(step, &late_);
  auto at = stack_.begin() + static_cast<long>(depth_);
  while (at != stack_.begin() && (at - 1)->question > late_.question) --at;
  stack_.insert(at, std::move(late_));
  ++depth_;
}

// Where it would run elsewhere now than it would have then, it does not.
bool Exhaustive::Asleep(const Task& task) const {
  return std::any_of(asleep_.begin(), asleep_.end(), [&](const Step& s) {
    return s.task == task.index && engine.CpuFor(task) == static_cast<int>(s.cpu);
  });
}

// What could be decided here, is within the bound and is of any use; the default first.
void Exhaustive::Options(const Point& point, std::span<Task* const> others, std::vector<Option>* out) {
  out->clear();
  if (!point.forced && !Asleep(*hot.task)) out->push_back({hot.task->index, 0});
  for (const Task* t : others) {
    if (Asleep(*t)) continue;
    const uint8_t cost = !point.forced || t->is_clock || (point.op == Op::Yield && t != others[0]) ? 1 : 0;
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

// Does the option preempt the current task, of which it is known what it would do next?
bool Exhaustive::PutsToSleep(const Node& node, const Option& option) const {
  return reduction_ != Reduction::None && node.own_known && !node.own.all && option.value != node.own.task;
}

// Does the option run another task, which nothing within the bound can preempt then? (A firing timer lets the same task go on.)
bool Exhaustive::LastSwitch(const Node& node, const Option& option) const {
  return reduction_ != Reduction::None && !node.choice && node.cost + option.cost == bound_ &&
         option.value != node.current && !engine.tasks[option.value].is_clock;
}

// Does the option fire a timer for the rest of the bound, which might as well fire behind the current task's next step?
bool Exhaustive::FiresLater(const Node& node, const Option& option) const {
  return reduction_ != Reduction::None && engine.tasks[option.value].is_clock && node.cost + option.cost == bound_ &&
         node.clock_known && node.own_known && !Depend(node.clock, node.own);
}

// The latest node is about to take its next option; `after` was behind it.
void Exhaustive::PassOn(const Node& after) {
  Node& node = stack_.back();
  if (!after.follows || !after.clock_known || node.choice || node.options[node.taken].value != node.current) return;
  node.clock = after.clock;
  node.clock_known = true;
}

// Of options that have been explored already and cost what the present one does: what their tasks do until they block.
template <typename F>
void Exhaustive::ForRunsBefore(const Node& node, F f) const {
  const Option& o = node.options[node.taken];
  if (!LastSwitch(node, o)) return;
  for (size_t i = 0; i < node.taken && i < node.runs.size(); ++i) {
    if (node.options[i].cost == o.cost && node.runs[i].state == WholeRun::Known && !node.runs[i].step.all) f(node.runs[i].step);
  }
}

void Exhaustive::BeginRun(size_t number) {
  Node& node = stack_[number];
  if (!LastSwitch(node, node.options[node.taken])) return;
  node.runs.resize(node.options.size());
  // Once it is known only another choice on the way can make it another one.
  if (node.runs[node.taken].state == WholeRun::Known && !stack_.back().choice) return;
  run_of_ = number;
}

void Exhaustive::FollowRun(const Step& step, bool blocked) {
  Node& node = stack_[run_of_];
  const Option& o = node.options[node.taken];
  if (step.task != o.value) return EndRun(false);
  Step& run = node.runs[node.taken].step;
  if (run.touches.empty()) run.cpu = step.cpu, run.kept = step.kept, run.vacant = step.vacant;
  run.task = step.task;
  run.all |= step.all;
  run.touches.insert(run.touches.end(), step.touches.begin(), step.touches.end());
  const Task& t = engine.tasks[o.value];
  if (t.cpu != run.cpu) return EndRun(false);   // it has gone elsewhere on its way
  if (blocked) EndRun(!t.wait.spinning);
}

void Exhaustive::EndRun(bool whole) {
  WholeRun& run = stack_[run_of_].runs[stack_[run_of_].taken];
  run_of_ = kNoNode;
  // As a whole it leaves its CPU to others, as it was before if it was not kept then; and vacant, as before if it was so. For
  // where it runs itself see Asleep().
  std::erase_if(run.step.touches, [&](const Touch& t) {
    return (SaysWhoRuns(t.place) && !(t.write && run.step.kept)) || (run.step.vacant && t.place == kCpuPlace + run.step.cpu);
  });
  Unite(Step{}, &run.step);
  if (!whole) run.state = WholeRun::Broken;
  if (run.state != WholeRun::Broken) run.state = WholeRun::Known;
}

// Moves the node to its next option that is worth taking, beginning with the present one.
bool Exhaustive::Takes(Node* node) {
  for (; node->taken < node->options.size(); ++node->taken) {
    const Option& o = node->options[node->taken];
    if (reduction_ == Reduction::None || node->choice) return true;
    if (FiresLater(*node, o)) continue;
    std::vector<uint16_t> asleep = node->asleep;
    if (PutsToSleep(*node, o)) asleep.push_back(Sleeper(node->own));
    ForRunsBefore(*node, [&](const Step& run) { asleep.push_back(Sleeper(run)); });
    if (EnterState(Mix(node->state, o.value), asleep, node->cost + o.cost)) return true;
  }
  return false;
}

// False if the same has been seen at that cost or less, and with no other tasks asleep.
bool Exhaustive::EnterState(uint64_t state, const std::vector<uint16_t>& asleep, uint32_t cost) {
  const uint32_t all = (1u << std::min<size_t>(asleep.size(), kMostCompared)) - 1;
  auto with = [&](uint32_t set) {
    uint64_t sum = 0;
    for (size_t i = 0; i < asleep.size(); ++i) {
      if (i >= kMostCompared || (set >> i & 1)) sum += Mix(asleep[i], ~0ull);
    }
    return Mix(state, sum);
  };
  for (uint32_t set = 0; set < all; ++set) {
    if (seen_.Has(with(set), cost)) return false;
  }
  return seen_.Enter(with(all), cost);
}

Task* Exhaustive::Run(uint32_t value, const Point& point, Task* deflt) {
  Task* to = &engine.tasks[value];
  alone_ &= to == hot.task && !point.forced;
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

// Takes the present option of the node.
Task* Exhaustive::Take(size_t number, const Point& point, std::span<Task* const> others) {
  const Node& node = stack_[number];
  const Option o = node.options[node.taken];
  const bool stays = !point.forced && o.value == hot.task->index;
  if (!stays) TaskOf(o.value, others);
  cost_ = node.cost + o.cost;
  if (stays) default_of_ = number;
  if (engine.tasks[o.value].is_clock) clock_of_ = number;
  alone_ = stays;
  if (PutsToSleep(node, o)) asleep_.push_back(node.own);
  ForRunsBefore(node, [&](const Step& run) { asleep_.push_back(run); });
  if (run_of_ == kNoNode) BeginRun(number);
  return Run(o.value, point, point.forced ? others[0] : hot.task);
}

// The prefix that was decided before; behind it, new nodes.
Task* Exhaustive::Follow(const Point& point, std::span<Task* const> others) {
  Task* deflt = point.forced ? others[0] : hot.task;
  if (depth_ < stack_.size()) {
    if (stack_[depth_].question != question_) return Run(deflt->index, point, deflt);
    return Take(depth_++, point, others);
  }
  Node node;
  node.question = question_;
  node.state = places_.State();
  node.cost = cost_;
  if (!point.forced) node.current = hot.task->index;
  node.follows = alone_;
  for (const Step& s : asleep_) node.asleep.push_back(Sleeper(s));
  Options(point, others, &node.options);
  if (reduction_ != Reduction::None && !point.forced && !Asleep(*hot.task)) {
    steps_.Foresee(*hot.task, &foreseen_);
    if (!places_.Shared(foreseen_) && !steps_.watches()) {
      late_ = std::move(node);
      has_late_ = true;
      return Run(deflt->index, point, deflt);
    }
  }
  if (!Takes(&node)) Cut();
  if (node.options.size() == 1 && node.options[0].value == deflt->index) {
    cost_ += node.options[0].cost;
    return Run(deflt->index, point, deflt);
  }
  stack_.push_back(std::move(node));
  return Take(depth_++, point, others);
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
  if (point.forced && point.op == Op::Yield && run_of_ != kNoNode) EndRun(false);   // it spins: whose turn it is counts
  const bool at_end = steps_.running() == 0 && steps_.op() == Op::TaskExit && !point.forced;
  if (point.forced && point.op == Op::Yield) steps_.OnSpin();
  Finish(point.forced && point.op != Op::Yield, engine.failing(), !others.empty() && others.back()->is_clock);
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

uint32_t Exhaustive::ChooseRarely(uint32_t, uint32_t n) { return Draw(n, kRarely); }

// All n values; or, if all that matters is whether it is `asked`, this one and another. What is asked for is rare, and
// costs 1; `asked` kRarely: all but 0 is.
void Exhaustive::Values(uint32_t n, uint32_t asked, std::vector<Option>* out) {
  for (uint32_t i = 0; i < n; ++i) {
    if (asked < n && i != asked && i != (asked ? 0 : 1)) continue;
    const uint8_t cost = i && (i == asked || asked == kRarely) ? 1 : 0;
    if (bound_ != kNoBound && cost_ + cost > bound_) {
      bound_met_ = true;
    } else {
      out->push_back({static_cast<uint16_t>(i), cost});
    }
  }
}

uint32_t Exhaustive::Draw(uint32_t n, uint32_t asked) {
  ++question_;
  if (over_ || engine.failing()) return 0;
  uint32_t value = 0;
  if (sampling_) {
    value = random_.Below(n);
  } else {
    if (depth_ == stack_.size()) {
      Node node;
      node.question = question_;
      node.cost = cost_;
      node.choice = true;
      Values(n, asked, &node.options);
      stack_.push_back(std::move(node));
    }
    const Node& node = stack_[depth_];
    if (node.question == question_) {
      value = node.options[node.taken].value;
      cost_ = node.cost + node.options[node.taken].cost;
      ++depth_;
    }
  }
  places_.NoteChoice(hot.task->index, value);
  return value;
}

bool Exhaustive::Advance(bool finding) {
  if (!over_ && steps_.recording()) Finish(true, finding, false);
  if (run_of_ != kNoNode) EndRun(false);
  if (sampling_) {
    sampling_ = false;
    Restart();
    return true;
  }
  ++executions_;
  deepest_ = std::max(deepest_, stack_.size());
  const bool anew = grown_ && reduction_ != Reduction::None;
  if (anew && !grown_at_) grown_at_ = executions_;
  if (anew && executions_ >= grown_at_ + grown_at_ / kLearnOn) return Anew();
  while (!stack_.empty()) {
    ++stack_.back().taken;
    if (Takes(&stack_.back())) return true;
    const Node after = std::move(stack_.back());
    stack_.pop_back();
    if (!stack_.empty()) PassOn(after);
  }
  return anew && Anew();
}

bool Exhaustive::Anew() {
  Restart();
  ++restarts_;
  return true;
}

// Behind an option that costs nothing of the `left` that the bound has left, the rest can be spent at any of the `ahead` nodes to
// come; behind one that costs 1, one less. There are about ahead / left times as many ways for the former.
double Exhaustive::Weight(const Node& node, const Option& option, size_t number) const {
  if (bound_ == kNoBound || option.cost == 0) return 1;
  const auto ahead = static_cast<double>(std::max(deepest_, number + 1) - number);
  return std::min(1.0, (bound_ - node.cost) / ahead);
}

double Exhaustive::Covered() const {
  double covered = 0, part = 1;
  for (size_t i = 0; i < stack_.size(); ++i) {
    const Node& node = stack_[i];
    double all = 0, before = 0;
    for (size_t o = 0; o < node.options.size(); ++o) {
      const double weight = Weight(node, node.options[o], i);
      all += weight;
      if (o < node.taken) before += weight;
    }
    covered += part * before / all;
    part *= Weight(node, node.options[node.taken], i) / all;
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
