// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See minimizer.h.
#include "minimizer.h"

#include <algorithm>
#include <set>
#include <span>

#include "core/keys.h"
#include "points.h"
#include "report/segments.h"
#include "stay.h"
#include "strategy/random.h"
#include "tight.h"

namespace hotweave {
namespace {

// How much moving and merging may cost, in scheduling points (Attempts::work()): each is a search that might go on for
// long and find nothing. Deletion has no such limit.
constexpr uint64_t kMergeWork = 60'000'000, kStayWork = 60'000'000, kDetourWork = 60'000'000, kPolishWork = 40'000'000;

// What one preemption costs: there and back. Preemptions are not moved for fewer segments than these.
constexpr size_t kThereAndBack = 3;

// Deletion begins again so many times, in another order.
constexpr int kStarts = 8;
constexpr uint64_t kAgainWork = 40'000'000, kShuffleSeed = 1;

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

Input ChoicesOf(const Schedule& schedule) {
  Input input;
  for (const NamedChoice& c : schedule.choices) input.choices.push_back(c.choice);
  return input;
}

// No turns.
Input DecisionsOf(const Schedule& schedule) {
  Input input = ChoicesOf(schedule);
  for (const NamedRecord& r : schedule.records) {
    if (!IsTurn(r)) input.records.push_back(r.record);
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
    : attempts_(options, start), start_(start), best_(std::move(start)), cost_(CostOf(best_)) {}

bool Minimizer::Try(const Input& input) {
  return Accept(attempts_.Try(input));
}

bool Minimizer::Accept(std::optional<Attempt> a) {
  if (!a) return false;
  const Cost cost = CostOf(*a);
  if (!Simpler(cost, cost_, order_) || (strict_ && !OneMinimal(*a))) return false;
  best_ = std::move(*a);
  cost_ = cost;
  if (on_better) on_better(best_);
  return true;
}

void Minimizer::Begin(Order order, bool strict, uint64_t work) {
  order_ = order;
  strict_ = strict;
  allowed_ = attempts_.work() + work * effort_ / 100;
  attempts_.NewRound();
}

bool Minimizer::Exhausted() const { return attempts_.stopped() || attempts_.work() >= allowed_; }

// Departures one by one, as far as attempts tell.
bool Minimizer::OneMinimal(const Attempt& a) {
  for (size_t i = 0; i < a.departures(); ++i) {
    if (!Needed(a, i) || attempts_.stopped()) return false;
  }
  return true;
}

// A decision is needed if without it the finding is gone; a turn also if without it there are more segments, or a race does not
// show its harm.
bool Minimizer::Needed(const Attempt& of, size_t departure) {
  const Input input = Without(of.schedule, [&](size_t k) { return k == departure; });
  if (!attempts_.Shows(input)) return true;
  if (departure >= of.schedule.records.size() || !IsTurn(of.schedule.records[departure])) return false;
  const std::optional<Attempt> a = attempts_.TryAgain(input);
  return a && !Simpler(CostOf(*a), CostOf(of), Order::FewestSegments);
}

void Minimizer::Run() {
  Begin(Order::FewestDepartures, false, kMergeWork);
  TryTight();
  do {
    Delete();
  } while (LowerChoices() || TryTight() || MergeTwo() || Move());
  StartAgain();
  FewerSegments();
  Polish();
}

// Goes a way that leads through executions that are not 1-minimal. Where it ends must be simpler than where it began, and
// 1-minimal; else all is as before.
bool Minimizer::Detour(Order order, uint64_t work, const std::function<void()>& how) {
  Attempt known = best_;
  const Cost known_cost = cost_;
  Begin(order, false, work);
  how();
  if (Simpler(cost_, known_cost, Order::FewestSegments) && OneMinimal(best_)) return true;
  best_ = std::move(known);
  cost_ = known_cost;
  return false;
}

// What deletion leads to depends on what it tries first: other orders, from the beginning, may lead to something simpler.
void Minimizer::StartAgain() {
  if (start_.departures() <= best_.departures()) return;
  Random random(kShuffleSeed);
  const uint64_t until = attempts_.work() + kAgainWork * effort_ / 100;
  for (int i = 0; i < kStarts && attempts_.work() < until && !attempts_.stopped(); ++i) {
    Detour(i % 2 ? Order::FewestDepartures : Order::FewestSegments, kAgainWork, [&] {
      best_ = start_;
      cost_ = CostOf(best_);
      DeleteShuffled(&random);
      Delete();
      TryTight();
    });
  }
}

// Tasks that stay at it, then more departures for fewer segments, if in the end none of them can be left out.
void Minimizer::FewerSegments() {
  auto stay = [this](bool (Minimizer::*how)()) {
    return Detour(Order::FewestSegments, kStayWork, [&] {
      while ((this->*how)() && !Exhausted()) Delete();
    });
  };
  stay(&Minimizer::StayAsItIs);
  if (cost_.segments > kThereAndBack) stay(&Minimizer::StayWithOne);
  if (cost_.segments > kThereAndBack) stay(&Minimizer::StayWithAnother);
  Detour(Order::FewestSegments, kDetourWork, [&] {
    for (bool better = true; better && !Exhausted();) {
      better = TryTight();
      better |= Delete();
      if (!better) better = MergeTwo();
      for (const bool anywhere : {false, true}) {
        for (size_t i = 0; i <= best_.schedule.records.size() && !better; ++i) better = Substitute(i, anywhere);
      }
    }
  });
}

// As many departures as before, but better ones.
void Minimizer::Polish() {
  Begin(Order::FewestSegments, true, kPolishWork);
  while (!Exhausted() && (LowerChoices() || Move())) {}
}

bool Minimizer::Prove() {
  needed_turns_ = {};
  for (size_t i = 0; i < best_.departures(); ++i) {
    const bool turn = i < best_.schedule.records.size() && IsTurn(best_.schedule.records[i]);
    std::optional<Attempt> a = attempts_.TryWhole(Without(best_.schedule, [&](size_t n) { return n == i; }));
    if (attempts_.stopped()) return false;
    if (!a) {
      needed_turns_.lost += turn;
      continue;
    }
    const Cost cost = CostOf(*a);
    if (!turn || Simpler(cost, cost_, Order::FewestSegments)) {
      best_ = std::move(*a);
      cost_ = cost;
      return false;
    }
    ++(cost.harmless && !cost_.harmless ? needed_turns_.harmless : needed_turns_.longer);
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

// The same for preemptions in any order.
void Minimizer::DeleteShuffled(Random* random) {
  std::vector<Record> list = best_.schedule.ToInput().records;
  for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random->Below(static_cast<uint32_t>(i))]);
  auto is_in = [](const std::vector<Record>& records, const Record& r) { return std::find(records.begin(), records.end(), r) != records.end(); };
  for (size_t chunk = std::max<size_t>(list.size() / 2, 1);; chunk = (chunk + 1) / 2) {
    for (size_t at = 0; at < list.size() && !Exhausted();) {
      const std::vector<Record> out(list.begin() + static_cast<long>(at), list.begin() + static_cast<long>(std::min(at + chunk, list.size())));
      Input input = best_.schedule.ToInput();
      std::erase_if(input.records, [&](const Record& r) { return is_in(out, r); });
      if (!Try(input)) {
        at += chunk;
        continue;
      }
      const std::vector<Record> left = best_.schedule.ToInput().records;
      std::erase_if(list, [&](const Record& r) { return !is_in(left, r); });
    }
    if (chunk <= 1) return;
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

// ---- Tasks that stay at it ------------------------------------------------------------------------------

std::set<uint16_t> Minimizer::Parties() const {
  std::set<uint16_t> tasks;
  for (const uint32_t t : PartiesOf(best_.trace, &*best_.result.finding)) tasks.insert(TaskKey(best_.trace.tasks[t].name));
  return tasks;
}

// Whoever begins; with three, whoever comes after the second.
bool Minimizer::StayWith(const Input& input) {
  StayOptions options{.parties = Parties()};
  for (const bool back : {false, true}) {
    if (back && options.parties.size() < 3) break;
    for (const uint16_t first : options.parties) {
      options.first = first;
      options.back = back;
      if (Accept(attempts_.TryWith([&] { return std::make_unique<Stay>(input, options); }))) return true;
      if (Exhausted()) return false;
    }
  }
  return false;
}

// With all departures that there are, without turns, without any.
bool Minimizer::StayAsItIs() {
  return StayWith(best_.schedule.ToInput()) || StayWith(DecisionsOf(best_.schedule)) || StayWith(ChoicesOf(best_.schedule));
}

// With one preemption alone.
bool Minimizer::StayWithOne() {
  return best_.schedule.records.size() - TurnsOf(best_.schedule) > 1 && StayElsewhere(ChoicesOf(best_.schedule), 0);
}

// With one preemption at another place.
bool Minimizer::StayWithAnother() {
  const Input decisions = DecisionsOf(best_.schedule);
  for (size_t which = 0; which < decisions.records.size(); ++which) {
    if (StayElsewhere(decisions, which)) return true;
  }
  return false;
}

// The record with that number (or one more) at another place, of any task, that leads to a task of the finding: at memory in
// dispute and where there is a preemption already, then at other anchors.
bool Minimizer::StayElsewhere(Input input, size_t which) {
  FindDisputed();
  const std::set<uint16_t> parties = Parties();
  const Points points = PointsOf(attempts_.options(), best_.schedule.ToInput());
  if (which == input.records.size()) input.records.emplace_back();
  for (const bool disputed : {true, false}) {
    for (const DecisionPoint& p : points.all) {
      if (p.forced || !IsAnchor(p) || disputed_.contains(p.key) != disputed) continue;
      for (const uint16_t to : points.CandidatesOf(p)) {
        if (Exhausted()) return false;
        if (!parties.contains(to)) continue;
        input.records[which] = At(p, to);
        if (StayWith(input)) return true;
      }
    }
  }
  return false;
}

// ---- The place of one preemption -----------------------------------------------------------------------

namespace {

constexpr Op kAccesses[] = {Op::Read, Op::Write, Op::Load, Op::Store, Op::Rmw};

}  // namespace

// Where preemptions are put: at whatever is no memory access, at accesses to the memory in dispute, at operations where
// there is a preemption already. Other accesses come last: see Substitute().
bool Minimizer::IsAnchor(const DecisionPoint& p) const { return p.forced || ClassOf(p.op) != OpClass::Access || disputed_.contains(p.key); }

void Minimizer::FindDisputed() {
  disputed_.clear();
  const Finding& f = *best_.result.finding;
  if (f.object < best_.trace.objects.size()) {
    const uint16_t object = ObjectKey(best_.trace.objects[f.object].name, f.offset);
    for (const Op op : kAccesses) disputed_.insert(KeyOf(op, object));
  }
  for (const NamedRecord& r : best_.schedule.records) disputed_.insert(r.record.key);
}

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
  FindDisputed();
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
  std::set<uint16_t> tasks = Parties();
  for (const NamedRecord& r : best_.schedule.records) tasks.insert({r.record.task, r.record.to});
  return tasks;
}

// Another preemption, of any task, instead of this one (or, past the last, one more): at an anchor, or anywhere else.
bool Minimizer::Substitute(size_t which, bool anywhere) {
  FindDisputed();
  const Input rest = Without(best_.schedule, [&](size_t n) { return n == which && n < best_.schedule.records.size(); });
  const Points points = PointsOf(attempts_.options(), rest);
  const std::set<uint16_t> concerned = Concerned();
  const uint16_t first = TaskKey(best_.trace.tasks[0].name);
  for (const bool forced : {true, false}) {
    for (const DecisionPoint& p : points.all) {
      if (p.forced != forced || IsAnchor(p) == anywhere || !(p.task == first || concerned.contains(p.task))) continue;
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
  FindDisputed();
  const std::set<uint16_t> concerned = Concerned();
  const Input rest = Without(best_.schedule, [&](size_t n) { return n == i || n == j; });
  const Points points = PointsOf(attempts_.options(), rest);
  for (size_t k = points.all.size(); k-- > 0 && !Exhausted();) {
    const DecisionPoint& p = points.all[k];
    if (!concerned.contains(p.task) || !IsAnchor(p)) continue;
    for (const uint16_t to : points.CandidatesOf(p)) {
      if (!concerned.contains(to)) continue;
      Input input = rest;
      input.records.push_back(At(p, to));
      if (Try(input)) return true;
    }
  }
  return false;
}

}  // namespace hotweave
