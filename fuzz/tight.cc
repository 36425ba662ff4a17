// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See tight.h.
#include "tight.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "core/keys.h"

namespace hotweave {
namespace {

// Cycles of so many tasks are tried in every order; longer ones as they are, from each task on and backwards.
constexpr size_t kMaxPermuted = 4;
// How each task of a cycle may hand over: kept for so many tasks that the number of guesses stays small.
constexpr size_t kMaxVaried = 4;

Record PreemptBefore(const Trace& trace, const Event& e, uint32_t to) {
  Record r;
  r.key = KeyOf(e.op, e.object == Event::kNone ? kNoObjectKey : ObjectKey(trace.objects[e.object].name, e.offset));
  r.task = TaskKey(trace.tasks[e.task].name);
  r.nth = static_cast<uint16_t>(std::min(e.nth, kMaxNth));
  r.to = TaskKey(trace.tasks[to].name);
  return r;
}

Input ChoicesOf(const Schedule& schedule) {
  Input input;
  for (const NamedChoice& c : schedule.choices) input.choices.push_back(c.choice);
  return input;
}

// A race or a lost update is understood at once if one preemption lies between a task's load and its store of the memory in
// dispute, and the other task's store falls into it: just that, for every store of the trace.
std::vector<Input> TightRace(const Attempt& a) {
  std::vector<Input> inputs;
  const Finding& f = *a.result.finding;
  if (f.object == ~0u || f.sites.size() < 2) return inputs;
  const uint32_t tasks[2] = {f.sites[0].task, f.sites.back().task};
  for (const Event& e : a.trace.events) {
    if (e.op != Op::Write || e.object != f.object || e.offset / 8 != f.offset / 8 || e.nth == 0) continue;
    if (e.task != tasks[0] && e.task != tasks[1]) continue;
    inputs.push_back(ChoicesOf(a.schedule));
    inputs.back().records.push_back(PreemptBefore(a.trace, e, e.task == tasks[0] ? tasks[1] : tasks[0]));
  }
  return inputs;
}

// Where a task of a cycle may hand over to the next: before the operation after it took the lock that is waited for, or
// where it first comes to wait for the lock that it never gets, or where it last had to hand over.
constexpr size_t kWays = 3;
struct HandOver {
  std::array<std::optional<Record>, kWays> at;
};

HandOver HandOverOf(const Attempt& a, const Points& points, uint32_t task) {
  HandOver h;
  const Trace& t = a.trace;
  if (task < t.held_at_end.size() && !t.held_at_end[task].empty()) {
    const uint32_t taken = t.held_at_end[task].back().event;
    for (size_t i = taken == Event::kNone ? t.events.size() : taken + 1; i < t.events.size(); ++i) {
      const Event& e = t.events[i];
      if (e.task != task || e.nth == 0 || ClassOf(e.op) == OpClass::Access) continue;
      h.at[0] = PreemptBefore(t, e, task);
      break;
    }
  }
  for (const Event& e : t.events) {   // the last one counts: where it still waits
    if (e.task != task || e.op != Op::Blocked) continue;
    h.at[1] = PreemptBefore(t, e, task);
    h.at[1]->nth = 1;
  }
  const uint16_t key = TaskKey(t.tasks[task].name);
  for (const DecisionPoint& p : points.all) {
    if (p.task != key || !p.forced) continue;
    h.at[2] = Record{.key = p.key, .task = p.task, .nth = p.nth, .to = 0};
  }
  if (h.at[1] && h.at[2] && h.at[1]->key == h.at[2]->key && h.at[2]->nth == 1) h.at[2].reset();
  return h;
}

// Every order of the tasks of a short cycle; of a long one, both ways round from each.
std::vector<std::vector<uint32_t>> OrdersOf(std::vector<uint32_t> cycle) {
  std::vector<std::vector<uint32_t>> orders;
  if (cycle.size() <= kMaxPermuted) {
    std::sort(cycle.begin(), cycle.end());
    do {
      orders.push_back(cycle);
    } while (std::next_permutation(cycle.begin(), cycle.end()));
    return orders;
  }
  for (size_t i = 0; i < cycle.size(); ++i) {
    orders.push_back(cycle);
    orders.push_back({cycle.rbegin(), cycle.rend()});
    std::rotate(cycle.begin(), cycle.begin() + 1, cycle.end());
  }
  return orders;
}

std::vector<uint32_t> CycleOf(const Finding& f) {
  std::vector<uint32_t> cycle;
  for (const Site& s : f.sites) {
    if (std::find(cycle.begin(), cycle.end(), s.task) == cycle.end()) cycle.push_back(s.task);
  }
  return cycle;
}

// A deadlock: each task of the cycle but the last hands over to the next one.
std::vector<Input> TightCycle(const Attempt& a, const Points& points) {
  std::vector<Input> inputs;
  const std::vector<uint32_t> cycle = CycleOf(*a.result.finding);
  if (cycle.size() < 2) return inputs;
  std::vector<HandOver> hand_over(a.trace.tasks.size());
  for (const uint32_t task : cycle) hand_over[task] = HandOverOf(a, points, task);
  size_t variants = 1;
  for (size_t k = 1; k < cycle.size() && cycle.size() <= kMaxVaried; ++k) variants *= kWays;
  for (const std::vector<uint32_t>& order : OrdersOf(cycle)) {
    for (size_t variant = 0; variant < variants; ++variant) {
      Input input = ChoicesOf(a.schedule);
      for (size_t k = 0, way = variant; k + 1 < order.size(); ++k, way /= kWays) {
        std::optional<Record> r = hand_over[order[k]].at[way % kWays];
        if (!r) continue;
        r->to = TaskKey(a.trace.tasks[order[k + 1]].name);
        input.records.push_back(*r);
      }
      if (!input.records.empty()) inputs.push_back(std::move(input));
    }
  }
  return inputs;
}

}  // namespace

std::vector<Input> TightInputs(const Attempt& attempt, const Points& points) {
  switch (attempt.result.finding->kind) {
    case Kind::DataRace:
    case Kind::LostUpdate: return TightRace(attempt);
    case Kind::Deadlock: return TightCycle(attempt, points);
    default: return {};
  }
}

}  // namespace hotweave
