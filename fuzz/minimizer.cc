// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See minimizer.h.
#include "minimizer.h"

#include <algorithm>
#include <set>
#include <span>

#include "core/keys.h"
#include "points.h"
#include "report/segments.h"
#include "tight.h"

namespace hotweave {
namespace {

// How much moving and merging may cost, in scheduling points (Attempts::work()): each is a search that might go on for
// long and find nothing. Deletion has no such limit.
constexpr uint64_t kMergeWork = 60'000'000, kDetourWork = 60'000'000, kPolishWork = 40'000'000;

// Departures as one list: records first, then choices.
Input Without(const Schedule& schedule, const std::function<bool(size_t)>& left_out) {
  Input input;
  size_t n = 0;
  for (const NamedRecord& r : schedule.records) {
    if (!left_out(n++)) input.records.push_back(r.record);
  }
  for (const NamedChoice& c : schedule.choices) {
    if (!left_out(n++)) input.choices.push_back(c.choice);
  }
  return input;
}

Record At(const DecisionPoint& p, uint16_t to) {
  Record r;
  r.key = p.key;
  r.task = p.task;
  r.nth = p.nth;
  r.to = to;
  return r;
}

}  // namespace

Minimizer::Minimizer(const RunOptions& options, Attempt start)
    : attempts_(options, start), best_(std::move(start)), cost_(CostOf(best_)) {}

bool Minimizer::Try(const Input& input) {
  return Accept(attempts_.Try(input));
}

bool Minimizer::Accept(std::optional<Attempt> a) {
  if (!a) return false;
  const Cost cost = CostOf(*a);
  if (!Simpler(cost, cost_, order_) || (strict_ && !OneMinimal(a->schedule))) return false;
  best_ = std::move(*a);
  cost_ = cost;
  if (on_better) on_better(best_);
  return true;
}

void Minimizer::Allow(uint64_t work) { allowed_ = attempts_.work() + work; }

bool Minimizer::Exhausted() const { return attempts_.stopped() || attempts_.work() >= allowed_; }

// Departures one by one, as far as attempts tell.
bool Minimizer::OneMinimal(const Schedule& schedule) {
  const size_t n = schedule.records.size() + schedule.choices.size();
  for (size_t i = 0; i < n; ++i) {
    if (attempts_.Shows(Without(schedule, [&](size_t k) { return k == i; })) || attempts_.stopped()) return false;
  }
  return true;
}

void Minimizer::Run() {
  order_ = Order::FewestDepartures;
  strict_ = false;
  Allow(kMergeWork);
  TryTight();
  do {
    Delete();
  } while (LowerChoices() || TryTight() || MergeTwo());
  FewerSegments();
  Polish();
}

// Detours: more departures for fewer segments, if in the end none of them can be left out.
void Minimizer::FewerSegments() {
  Attempt known = best_;
  const Cost known_cost = cost_;
  order_ = Order::FewestSegments;
  strict_ = false;
  Allow(kDetourWork);
  for (bool better = true; better && !Exhausted();) {
    better = TryTight();
    better |= Delete();
    for (size_t i = 0; i <= best_.schedule.records.size() && !better; ++i) better = Substitute(i);
  }
  if (cost_.segments < known_cost.segments && OneMinimal(best_.schedule)) return;
  best_ = std::move(known);
  cost_ = known_cost;
}

// As many departures as before, but better ones.
void Minimizer::Polish() {
  order_ = Order::FewestSegments;
  strict_ = true;
  Allow(kPolishWork);
  while (!Exhausted() && (LowerChoices() || Move())) {}
}

bool Minimizer::Prove() {
  for (size_t i = 0; i < best_.departures(); ++i) {
    if (Accept(attempts_.TryWhole(Without(best_.schedule, [&](size_t n) { return n == i; })))) return false;
    if (attempts_.stopped()) return false;
  }
  return true;
}

// ---- Deletion ------------------------------------------------------------------------------------------

bool Minimizer::Delete() {
  bool better = false;
  while (DeleteTasks() || DeleteChunks()) better = true;
  return better;
}

// All that one task decides, and all that leads to it: what it did is not needed.
bool Minimizer::DeleteTasks() {
  if (Try({})) return true;
  std::set<std::string> tasks;
  for (const NamedRecord& r : best_.schedule.records) tasks.insert({r.task, r.to});
  for (const NamedChoice& c : best_.schedule.choices) tasks.insert(c.task);
  bool better = false;
  for (const std::string& t : tasks) {
    Input input;
    for (const NamedRecord& r : best_.schedule.records) {
      if (r.task != t && r.to != t) input.records.push_back(r.record);
    }
    for (const NamedChoice& c : best_.schedule.choices) {
      if (c.task != t) input.choices.push_back(c.choice);
    }
    better |= Try(input);
  }
  return better;
}

// Halves, quarters … single ones.
bool Minimizer::DeleteChunks() {
  bool better = false;
  for (size_t chunk = std::max<size_t>(best_.departures() / 2, 1);; chunk = (chunk + 1) / 2) {
    for (size_t at = 0; at < best_.departures() && !attempts_.stopped();) {
      const Input input = Without(best_.schedule, [&](size_t n) { return n >= at && n < at + chunk; });
      if (Try(input)) {
        better = true;
      } else {
        at += chunk;
      }
    }
    if (chunk <= 1) return better;
  }
}

// A smaller value is a simpler operand; 0 is no departure.
bool Minimizer::LowerChoices() {
  bool better = false;
  for (size_t i = 0; i < best_.schedule.choices.size(); ++i) {
    const uint16_t value = best_.schedule.choices[i].choice.value;
    for (const uint32_t lower : {1, value / 2, value - 1}) {
      if (lower == 0 || lower >= value) continue;
      Input input = best_.schedule.ToInput();
      input.choices[i].value = static_cast<uint16_t>(lower);
      if (!Try(input)) continue;
      better = true;
      break;
    }
  }
  return better;
}

// ---- The place of one preemption -----------------------------------------------------------------------

namespace {

bool IsAnchor(const DecisionPoint& p) { return p.forced || ClassOf(p.op) != OpClass::Access; }

}  // namespace

bool Minimizer::Move() {
  bool better = false;
  for (size_t i = 0; i < best_.schedule.records.size() && !Exhausted(); ++i) better |= MoveRecord(i);
  return better;
}

// Another point of the same task, the latest first; another task to go to.
bool Minimizer::MoveRecord(size_t which) {
  const Record old = best_.schedule.records[which].record;
  Input rest = best_.schedule.ToInput();
  rest.records.erase(rest.records.begin() + static_cast<long>(which));
  const Points points = PointsOf(attempts_.options(), best_.schedule.ToInput());
  bool better = false;
  const std::set<uint16_t> concerned = Concerned();
  for (size_t i = points.all.size(); i-- > 0 && !Exhausted();) {
    const DecisionPoint& p = points.all[i];
    if (p.task != old.task) continue;
    const bool same = p.key == old.key && p.nth == old.nth;
    if (!same && !IsAnchor(p)) continue;
    for (const uint16_t to : points.CandidatesOf(p)) {
      if (!concerned.contains(to)) continue;
      Input input = rest;
      input.records.push_back(At(p, to));
      better |= Try(input);
    }
  }
  return better;
}

// Tasks that a preemption may concern: those that the finding is about, and those of the departures there are.
std::set<uint16_t> Minimizer::Concerned() const {
  std::set<uint16_t> tasks;
  for (const uint32_t t : PartiesOf(best_.trace, &*best_.result.finding)) tasks.insert(TaskKey(best_.trace.tasks[t].name));
  for (const NamedRecord& r : best_.schedule.records) tasks.insert({r.record.task, r.record.to});
  return tasks;
}

// Another preemption, of any task, instead of this one (or, past the last, one more).
bool Minimizer::Substitute(size_t which) {
  const Input rest = Without(best_.schedule, [&](size_t n) { return n == which && n < best_.schedule.records.size(); });
  const Points points = PointsOf(attempts_.options(), rest);
  const std::set<uint16_t> concerned = Concerned();
  const uint16_t first = TaskKey(best_.trace.tasks[0].name);
  for (const bool forced : {true, false}) {
    for (const DecisionPoint& p : points.all) {
      if (p.forced != forced || !IsAnchor(p) || !(p.task == first || concerned.contains(p.task))) continue;
      for (const uint16_t to : points.CandidatesOf(p)) {
        if (!concerned.contains(to)) continue;
        Input input = rest;
        input.records.push_back(At(p, to));
        if (Try(input)) return true;
        if (Exhausted()) return false;
      }
    }
  }
  return false;
}

// ---- One preemption instead of two ---------------------------------------------------------------------

bool Minimizer::TryTight() {
  bool better = false;
  for (const Input& input : TightInputs(best_, PointsOf(attempts_.options(), best_.schedule.ToInput()))) better |= Try(input);
  return better;
}

bool Minimizer::MergeTwo() {
  const size_t n = best_.schedule.records.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i + 1; j < n && !Exhausted(); ++j) {
      if (Merge(i, j)) return true;
    }
  }
  return false;
}

bool Minimizer::Merge(size_t i, size_t j) {
  const Record a = best_.schedule.records[i].record, b = best_.schedule.records[j].record;
  const Input rest = Without(best_.schedule, [&](size_t n) { return n == i || n == j; });
  const Points points = PointsOf(attempts_.options(), rest);
  for (size_t k = points.all.size(); k-- > 0 && !Exhausted();) {
    const DecisionPoint& p = points.all[k];
    if ((p.task != a.task && p.task != b.task) || !IsAnchor(p)) continue;
    for (const uint16_t to : points.CandidatesOf(p)) {
      if (to != a.to && to != b.to) continue;
      Input input = rest;
      input.records.push_back(At(p, to));
      if (Try(input)) return true;
    }
  }
  return false;
}

}  // namespace hotweave
