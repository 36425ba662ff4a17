// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every schedule of a target within a bound: depth first, one execution after another, each of which takes one decision
// differently from the one before and repeats everything that precedes it (stateless search: Godefroid, "Model checking for
// programming languages using VeriSoft", POPL 1997).
//
// What is decided: who runs, at every scheduling point once there are two tasks, and wherever a task cannot go on; the value
// of each choice. The bound is on what departs from the default and is not forced (iterative context bounding: Musuvathi
// and Qadeer, PLDI 2007): it costs 1
// * to switch away from a task that could go on;
// * to let the clock advance while a task can run;
// * where a task spins, to run another one than the next (that keeps loops fair; as CHESS, Musuvathi and Qadeer, PLDI 2008);
// * a choice that has something rare happen (Strategy::ChooseWhether(), ChooseRarely()): an allocation that fails, say.
// Where a task cannot go on, whoever runs next is free. So are other choices.
//
// Reduction::None takes every decision everywhere. Reduction::States covers the same final states, verdicts and
// findings with fewer executions, at the same bound, by five rules.
//
// (1) A task is not preempted before a step that touches no place that another task shares (places.h). Why nothing is lost:
//     let an execution preempt p before such a step s. Then s depends on nothing that others do until p runs again; so it
//     can as well be taken before the preemption. That costs no more: p could go on, and is now preempted after s, or
//     stops there by itself, which is free. If p came back only for s, two switches are saved. Repeating this moves every
//     preemption to a step on a shared place, or to the end of the task. Were some step t of another task in between to
//     depend on s after all, then the execution in which s comes first and t later would be one of this search, and would
//     show their place to be shared; whenever that happens, the search of this bound begins anew. Only what is known after
//     the step has been taken may prove it to be otherwise (it blocks, disables preemption, ends in a finding): then the
//     decision before it is added. So it is if the step ends the last wait with a limit: the clock's own step never comes then, and
//     shows nothing. And none of this holds if an invariant is looked at before each switch: p may be all there is to switch to.
// (2) Nothing is run twice from the same state at the same or a higher cost. Two executions lead to the same state if they
//     differ in nothing but the order of steps that do not depend on each other; a hash of the history tells (places.h).
//     Everything that counts for the future is equal then: memory, the engine, the detectors, what each task does next.
//
// (3) A preempted task p sleeps as long as nothing depends on its next step s, which is known from the execution in which p was
//     not preempted. Let p run again without that: then s might as well have come before the preemption, at no higher cost. For
//     p could go on, so that it is now preempted after s, or stops there by itself, which is free; and who ran before s is
//     followed at once by who ran after it. So that execution is another one of this search.
// (4) Where the bound is used up, a task runs until it blocks. If such a run of a task, from a place where it could have been
//     chosen for the same cost, is known and nothing since depends on any step of it, it might as well have come there: the task
//     sleeps, as in (3). (Sleep sets of whole runs; with something left of the bound the run could be preempted.)
// (5) Where firing a timer uses up the bound, the task p that could go on does so then. If the clock's step and p's next one do
//     not depend on each other, the timer might as well have fired behind p's step, at the same cost. So it does not fire here.
//     What the clock would do is known from the next node, if p alone has run in between.
// By (3) and (4) a state may be met with fewer tasks asleep than before. (2) holds if those asleep now include those then.
//
// None is DPOR: the backtracking sets of DPOR are unsound under a bound (Coons, Musuvathi, McKinley, "Bounded
// partial-order reduction", OOPSLA 2013). Without a bound use traces.h.
//
// What a data race or a report about lock order needs is a property of the partial order; that the order of two findings of
// one execution may hide the second is accounted for: a step that fails depends on all others (steps.h).
//
// Depends on core, steps.h, places.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/strategy.h"
#include "strategy/places.h"
#include "strategy/random.h"
#include "strategy/steps.h"

namespace hotweave {

inline constexpr uint32_t kNoBound = ~0u;
inline constexpr uint32_t kMaxBound = 200;

// A decision that is not the default, at the so-maniest question.
struct Decision {
  uint64_t question = 0;
  uint32_t value = 0;   // number of a task, or of a choice
  bool operator==(const Decision&) const = default;
};

// Asked everywhere. Repeats decisions; the default elsewhere.
class Decided : public Strategy {
 public:
  explicit Decided(std::vector<Decision> decisions = {}) : decisions_(std::move(decisions)) {}
  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override;

 private:
  const Decision* Take();
  std::vector<Decision> decisions_;
  size_t next_ = 0;
  uint64_t question_ = 0;
};

// What the searches have in common.
class Search : public Strategy {
 public:
  // Plans the next execution once the one before has ended (`finding`: in one). False: there is none.
  virtual bool Advance(bool finding) = 0;
  // Share of the search that is done, from 0 to 1: an estimate (what is behind each branch, from its place among those before;
  // Knuth, "Estimating the efficiency of backtrack programs", 1975).
  virtual double Covered() const = 0;
  // Of the latest execution.
  virtual std::vector<Decision> Decisions() const = 0;
  // The latest execution was given up since all that could follow has been covered.
  virtual bool cut() const = 0;
  // Questions of the latest execution, and those of them at which it could have gone on otherwise.
  virtual uint64_t questions() const = 0;
  virtual uint64_t branches() const = 0;
  // The search has begun anew so often, having learnt something about the target.
  virtual uint64_t restarts() const { return 0; }
};

enum class Reduction : uint8_t { None, States };

class Exhaustive final : public Search {
 public:
  Exhaustive(Reduction reduction, uint32_t bound);
  // Another bound; what is known of places stays.
  void SetBound(uint32_t bound);
  // Executions to learn from which places are shared: random decisions. The i-th of them.
  void Sample(uint64_t i);

  bool Advance(bool finding) override;
  double Covered() const override;
  std::vector<Decision> Decisions() const override;
  bool cut() const override { return cut_; }
  uint64_t questions() const override { return question_; }
  uint64_t branches() const override { return stack_.size(); }
  uint64_t restarts() const override { return restarts_; }
  // Some schedule needs more than the bound.
  bool bound_met() const { return bound_met_; }
  uint64_t shared_places() const { return places_.shared_places(); }
  uint64_t states() const { return seen_.size(); }

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override;
  uint32_t ChooseWhether(uint32_t nth, uint32_t n, uint32_t value) override;
  uint32_t ChooseRarely(uint32_t nth, uint32_t n) override;
  void OnTouch(const void* address, size_t size, bool write) override;
  void OnWake(const Task& task) override;
  void OnCommon(Common what, bool write) override;
  void OnUnasked(const Task& next) override;

 private:
  struct Option {
    uint16_t value;      // a task, or a choice
    uint8_t cost;
  };
  // What the task of an option does until it blocks, where the bound leaves nothing to preempt it with.
  struct WholeRun {
    enum : uint8_t { Unknown, Known, Broken } state = Unknown;   // Broken: it was not seen to its end
    Step step;
  };
  struct Node {
    uint64_t question = 0, state = 0;
    uint32_t cost = 0;             // of everything before it
    uint32_t taken = 0;            // which option
    bool choice = false;
    uint32_t current = kMaxTasks;  // the task that could go on
    std::vector<Option> options;   // within the bound; the default first
    std::vector<uint16_t> asleep;  // Sleeper() of each
    Step own;                      // of the current task, if it goes on
    bool own_known = false;
    std::vector<WholeRun> runs;    // by option, once there is any to tell of
    bool follows = false;          // since the node before it none but that one's current task has run
    Step clock;                    // of the clock, if it fires here
    bool clock_known = false;
  };
  Task* Decide(const Point& point, std::span<Task* const> others);
  Task* Follow(const Point& point, std::span<Task* const> others);
  Task* Stroll(const Point& point, std::span<Task* const> others);
  static constexpr uint32_t kRarely = ~0u;
  uint32_t Draw(uint32_t n, uint32_t asked);
  void Options(const Point& point, std::span<Task* const> others, std::vector<Option>* out);
  void Values(uint32_t n, uint32_t asked, std::vector<Option>* out);
  Task* Run(uint32_t value, const Point& point, Task* deflt);
  void Finish(bool blocked, bool fails, bool clock);
  void Joined(const Step& step);
  void AddLate(const Step& step);
  bool Takes(Node* node);
  bool EnterState(uint64_t state, const std::vector<uint16_t>& asleep, uint32_t cost);
  bool PutsToSleep(const Node& node, const Option& option) const;
  bool LastSwitch(const Node& node, const Option& option) const;
  bool FiresLater(const Node& node, const Option& option) const;
  void PassOn(const Node& after);
  template <typename F>
  void ForRunsBefore(const Node& node, F f) const;
  void BeginRun(size_t number);
  void FollowRun(const Step& step, bool blocked);
  void EndRun(bool whole);
  bool Asleep(const Task& task) const;
  void Learn(const Step& step, Node* node);
  Task* Take(size_t number, const Point& point, std::span<Task* const> others);
  void Cut();
  double Weight(const Node& node, const Option& option, size_t number) const;
  bool Anew();
  void Restart();

  Reduction reduction_;
  uint32_t bound_;
  StepRecorder steps_{false};
  PlaceTable places_;
  SeenStates seen_;
  std::vector<Node> stack_;
  size_t depth_ = 0;
  uint64_t question_ = 0, restarts_ = 0;
  uint32_t cost_ = 0, known_tasks_ = 1;
  Step foreseen_;
  static constexpr size_t kNoNode = ~size_t{0};
  static constexpr uint32_t kMostCompared = 4;   // of more tasks asleep, the same beyond these
  size_t default_of_ = kNoNode;    // the step under way is what its task does if it is not preempted at this node
  size_t clock_of_ = kNoNode;      // the step under way is the clock's, chosen at this node
  bool alone_ = false;             // none but the task that went on at the latest node has run since
  size_t run_of_ = kNoNode;        // the run under way is that of this node's present option
  std::vector<Step> asleep_;       // of tasks that could have run before: what they would do next, on which nothing since depends
  Node late_;                      // the step under way, if nobody was asked before it
  bool has_late_ = false, cut_ = false, over_ = false, grown_ = false, bound_met_ = false, sampling_ = false;
  static constexpr uint64_t kLearnOn = 4;
  uint64_t executions_ = 0, grown_at_ = 0;   // since the search began; when it learnt what makes it begin anew: a kLearnOn-th later
  size_t deepest_ = 0;             // the most nodes of an execution since then
  Random random_{0};
  uint32_t rarely_ = 16;           // of a sample: one preemption in so many points
};

}  // namespace hotweave
