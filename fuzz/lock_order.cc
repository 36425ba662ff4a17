// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The verdict on a report about lock order. See lock_order.h.
#include "lock_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "check/checks.h"
#include "strategy/cycle.h"
#include "strategy/random_walk.h"

namespace hotweave {
namespace {

constexpr size_t kMaxContexts = 64;      // kept per step of the cycle
constexpr size_t kMaxCombinations = 200'000;

// "&mem->dev.mutex/1" and "lock#2" are names of one class of lockdep; locks themselves have no suffix.
std::string PlainName(std::string name) {
  const size_t hash = name.find_last_not_of("0123456789");
  if (hash != name.npos && hash + 1 < name.size() && (name[hash] == '#' || name[hash] == '/')) name.resize(hash);
  return name;
}

// One step of the cycle as a task made it: held `held_from`, asked for `wanted`.
struct Context {
  std::string task;
  const lockdep_map *from, *wanted;
  std::vector<std::pair<const lockdep_map*, Sharing>> held;
  std::vector<std::string> held_names;
};

class Contexts {
 public:
  explicit Contexts(std::vector<std::string> classes) : classes_(std::move(classes)), steps_(classes_.size()) {}

  // Takes in what the latest execution did.
  void Add(const LockRequests& requests) {
    for (const LockRequest& r : requests.all()) {
      if (!r.held_count || r.trylock || !r.wanted.name) continue;
      for (size_t i = 0; i < steps_.size(); ++i) {
        if (classes_[(i + 1) % steps_.size()] != r.wanted.name) continue;
        for (const LockUse& h : requests.HeldBy(r)) {
          if (h.name && classes_[i] == h.name) Keep(i, requests, r, h.map);
        }
      }
    }
  }

  bool Complete() const {
    return std::none_of(steps_.begin(), steps_.end(), [](const auto& s) { return s.empty(); });
  }

  // Goes through every way to put tasks at the steps. Counts what keeps them apart.
  void Judge() {
    std::vector<const Context*> chosen;
    Combine(&chosen);
  }

  std::string Gates() const {
    // Few names that together are in the way of every combination: the most frequent first.
    std::string out;
    std::vector<std::set<std::string>> left = gated_;
    while (!left.empty()) {
      std::map<std::string, size_t> count;
      for (const auto& names : left) {
        for (const std::string& n : names) ++count[n];
      }
      const auto best = std::max_element(count.begin(), count.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; })->first;
      out += (out.empty() ? "" : ", ") + best;
      std::erase_if(left, [&](const auto& names) { return names.count(best) > 0; });
    }
    return out;
  }

  // Nothing that was not looked at may be in the answer: what exceeds a limit is not known to be gated.
  bool all_gated() const { return open_ == 0 && !gated_.empty() && !truncated_; }
  bool truncated() const { return truncated_; }
  size_t open() const { return open_; }
  size_t one_task() const { return one_task_; }
  size_t other_instances() const { return other_instances_; }
  size_t gated() const { return gated_.size(); }

 private:
  void Keep(size_t step, const LockRequests& requests, const LockRequest& r, const lockdep_map* from) {
    if (!seen_.insert({step, from, r.hash}).second) return;
    Context c{engine.tasks[r.task].comm, from, r.wanted.map, {}, {}};
    for (const LockUse& h : requests.HeldBy(r)) {
      c.held.push_back({h.map, h.sharing});
      c.held_names.push_back(h.name ? h.name : "?");
    }
    auto same = [&](const Context& k) {
      return k.task == c.task && k.from == c.from && k.wanted == c.wanted && k.held == c.held;
    };
    if (std::any_of(steps_[step].begin(), steps_[step].end(), same)) return;
    if (steps_[step].size() == kMaxContexts) {
      truncated_ = true;
    } else {
      steps_[step].push_back(std::move(c));
    }
  }

  void Combine(std::vector<const Context*>* chosen) {
    if (gated_.size() + open_ + one_task_ + other_instances_ == kMaxCombinations) {
      truncated_ = true;
      return;
    }
    if (chosen->size() == steps_.size()) return Weigh(*chosen);
    for (const Context& c : steps_[chosen->size()]) {
      chosen->push_back(&c);
      Combine(chosen);
      chosen->pop_back();
    }
  }

  void Weigh(const std::vector<const Context*>& c) {
    for (size_t i = 0; i < c.size(); ++i) {
      if (c[i]->wanted != c[(i + 1) % c.size()]->from) {
        ++other_instances_;
        return;
      }
    }
    const std::vector<const Context*> waits = Waits(c);
    std::set<std::string> tasks, gates;
    for (const Context* w : waits) tasks.insert(w->task);
    if (waits.size() < 2 || tasks.size() < waits.size()) {
      ++one_task_;
      return;
    }
    for (size_t i = 0; i < waits.size(); ++i) {
      for (size_t j = i + 1; j < waits.size(); ++j) CommonLocks(*waits[i], *waits[j], &gates);
    }
    if (gates.empty()) {
      ++open_;
    } else {
      gated_.push_back(std::move(gates));
    }
  }

  // A task that makes several steps in a row waits once, at the last of them, and holds what it has taken at the others.
  // Empty if it has given up the first lock by then.
  static std::vector<const Context*> Waits(const std::vector<const Context*>& c) {
    size_t begin = 0;
    while (begin < c.size() && c[begin]->task == c[(begin + c.size() - 1) % c.size()]->task) ++begin;
    if (begin == c.size()) return {};   // one task all the way
    std::vector<const Context*> waits;
    const Context* first = nullptr;
    for (size_t n = 0; n < c.size(); ++n) {
      const Context* here = c[(begin + n) % c.size()];
      const Context* next = c[(begin + n + 1) % c.size()];
      if (!first) first = here;
      if (next->task == here->task) continue;
      const auto holds = [&](const auto& h) { return h.first == first->from; };
      if (std::none_of(here->held.begin(), here->held.end(), holds)) return {};
      waits.push_back(here);
      first = nullptr;
    }
    return waits;
  }

  static void CommonLocks(const Context& a, const Context& b, std::set<std::string>* gates) {
    for (size_t i = 0; i < a.held.size(); ++i) {
      for (const auto& [map, sharing] : b.held) {
        if (map == a.held[i].first && !Coexist(sharing, a.held[i].second)) gates->insert(a.held_names[i]);
      }
    }
  }

  std::vector<std::string> classes_;
  std::vector<std::vector<Context>> steps_;
  std::set<std::tuple<size_t, const lockdep_map*, uint64_t>> seen_;
  std::vector<std::set<std::string>> gated_;
  size_t open_ = 0, one_task_ = 0, other_instances_ = 0;
  bool truncated_ = false;   // a limit was reached: not all contexts or combinations were weighed
};

bool IsDeadlock(Kind k) { return k == Kind::Deadlock || k == Kind::RecursiveLock || k == Kind::HungTask; }

// A deadlock among these classes: all of its locks are of the cycle, or at least two are.
bool Realises(const Finding& deadlock, const std::vector<std::string>& classes) {
  if (!IsDeadlock(deadlock.kind)) return false;
  std::set<std::string> common;
  for (const std::string& n : deadlock.names) {
    if (std::find(classes.begin(), classes.end(), n) != classes.end()) common.insert(n);
  }
  return common.size() >= std::min<size_t>(2, std::set<std::string>(classes.begin(), classes.end()).size());
}

struct CollectRequests {
  CollectRequests() { TheChecks().CollectLockRequests(true); }
  ~CollectRequests() { TheChecks().CollectLockRequests(false); }
};

// Every eighth execution is an undirected walk: the cycle may lie where no lock operation is.
template <typename F>
RunResult RunNth(const RunOptions& options, const std::vector<std::string>& classes, uint64_t seed, uint64_t i, F run) {
  if (i % 8 == 7) {
    RandomWalk walk(seed, i);
    return run(options, walk);
  }
  CycleDirected directed(classes, seed, i);
  return run(options, directed);
}

}  // namespace

bool IsAboutLockOrder(const Finding& f) {
  return !f.level.empty() && (f.kind == Kind::LockOrder || f.kind == Kind::IrqLockOrder || f.kind == Kind::RecursiveLock);
}

LockOrderVerdict ConfirmLockOrder(const RunOptions& report_options, const Finding& finding, uint64_t runs, uint64_t seed) {
  LockOrderVerdict v;
  std::vector<std::string> classes;
  for (const std::string& n : finding.names) classes.push_back(PlainName(n));
  RunOptions options = report_options;
  options.race_detection = false;
  Contexts contexts(classes);
  uint64_t steps = 0;
  std::optional<uint64_t> hit;
  {
    CollectRequests collect;
    for (; v.executions < runs && steps < kConfirmSteps && !hit; ++v.executions) {
      const RunResult r = RunNth(options, classes, seed, v.executions,
                                 [](const RunOptions& o, Strategy& s) { return RunExecution(o, s); });
      steps += r.steps;
      contexts.Add(TheChecks().lock_requests());
      if (r.finding && Realises(*r.finding, classes)) hit = v.executions;
    }
  }
  if (hit) {
    // The directed walk looks at what is held as lockdep has it, annotations included: its schedule is taken with lockdep
    // on. What the schedule leads to is the same without.
    Schedule schedule;
    {
      CollectRequests collect;
      Trace trace;
      RunNth(options, classes, seed, *hit,
             [&](const RunOptions& o, Strategy& s) { return RunExecution(o, s, &trace, &schedule); });
    }
    options.lockdep = LockdepRules::Off;
    if (schedule.too_late) {
      v.confirmation = "confirmed";
      v.details.push_back(fmt::format("a deadlock was found by execution {} of a search directed by the cycle; it departs later than schedules count, so it is not stored",
                                      v.executions));
      return v;
    }
    v.deadlock = Confirm(options, schedule.ToInput());
    v.confirmation = "confirmed";
    v.details.push_back(fmt::format("a deadlock was found by execution {} of a search directed by the cycle: {}, {} preemption{}, replayed {}/{}",
                                    v.executions, v.deadlock->finding.fingerprint, v.deadlock->result.preemptions,
                                    v.deadlock->result.preemptions == 1 ? "" : "s", v.deadlock->replayed, kReplays));
    v.details.push_back(v.deadlock->finding.sentence);
    return v;
  }
  contexts.Judge();
  if (contexts.Complete() && contexts.all_gated()) {
    v.confirmation = "gated by " + contexts.Gates();
    v.details.push_back(fmt::format("whenever different tasks went around the cycle ({} {} in {} executions), both held it",
                                    contexts.gated(), contexts.gated() == 1 ? "way" : "ways", v.executions));
    return v;
  }
  v.confirmation = fmt::format("not reached in {} executions", v.executions);
  if (!contexts.Complete()) {
    v.details.push_back("not every step of the cycle was seen in these executions");
  } else if (contexts.truncated()) {
    v.details.push_back("more ways around the cycle than were weighed");
  } else if (contexts.open() == 0 && contexts.one_task()) {
    v.details.push_back("the steps of the cycle were only ever made by one task");
  } else if (contexts.open() == 0 && contexts.other_instances()) {
    v.details.push_back("the steps of the cycle were only ever made on different locks of these classes");
  } else {
    v.details.push_back(fmt::format("ways to meet that no lock held excludes: {}; gated: {}", contexts.open(), contexts.gated()));
  }
  return v;
}

}  // namespace hotweave
