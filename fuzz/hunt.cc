// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See hunt.h.
#include "hunt.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>

#include "report/segments.h"
#include "strategy/random_walk.h"

namespace hotweave {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint64_t kLookedAt = 8;      // executions of one fingerprint that are traced to see what they really are
constexpr uint64_t kClockEvery = 64;   // executions between two looks at the clock

}  // namespace

RunResult Hunt::Execute(uint64_t execution, Trace* trace, Schedule* schedule) const {
  if (execution == 0) return RunInput(options_, {}, trace, schedule);
  RandomWalk walk(kSeed, execution - 1);
  return RunExecution(options_, walk, trace, schedule);
}

// What a failing execution really shows is known when it is traced: a broken invariant may be a lost update.
void Hunt::Note(uint64_t execution) {
  Trace trace;
  const RunResult r = Execute(execution, &trace, nullptr);
  if (!r.finding) return;
  auto same = [&](const Sighting& s) { return s.finding.fingerprint == r.finding->fingerprint; };
  auto it = std::find_if(sightings_.begin(), sightings_.end(), same);
  if (it == sightings_.end()) {
    sightings_.push_back({*r.finding, {execution}});
  } else if (it->executions.size() < kLookedAt) {
    it->executions.push_back(execution);
  }
}

void Hunt::Run(uint64_t executions, double seconds) {
  const auto start = std::chrono::steady_clock::now();
  const uint64_t end = executions_ + executions;
  while (executions_ < end) {
    const uint64_t execution = executions_++;
    const RunResult r = Execute(execution, nullptr, nullptr);
    out_of_budget_ += r.verdict == VerdictKind::OutOfBudget;
    if (r.finding) {
      auto it = std::find_if(looked_at_.begin(), looked_at_.end(), [&](const auto& l) { return l.first == r.finding->fingerprint; });
      if (it == looked_at_.end()) it = looked_at_.insert(it, {r.finding->fingerprint, 0});
      if (it->second++ < kLookedAt || r.finding->kind == Kind::Invariant) Note(execution);
    }
    if (seconds <= 0 || executions_ % kClockEvery != 0) continue;
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() >= seconds) break;
  }
}

bool Hunt::Saw(const std::string& kind) const {
  return std::any_of(sightings_.begin(), sightings_.end(), [&](const Sighting& s) { return KindName(s.finding.kind) == kind; });
}

Confirmed Hunt::Shortest(const Sighting& s, size_t executions, bool simplify) const {
  std::optional<Confirmed> best;
  size_t fewest = 0;
  for (size_t i = 0; i < std::min(executions, s.executions.size()); ++i) {
    const uint64_t execution = s.executions[i];
    Confirmed c = Confirm(options_, [&](Trace* trace, Schedule* schedule) { return Execute(execution, trace, schedule); }, simplify);
    const size_t segments = SegmentsOf(c.trace, &c.finding).size();
    if (best && segments >= fewest) continue;
    fewest = segments;
    best = std::move(c);
  }
  return std::move(*best);
}

std::set<std::string> WordsOf(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

}  // namespace hotweave
