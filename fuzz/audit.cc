// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See audit.h.
#include "audit.h"

#include <algorithm>
#include <deque>

#include "check/checks.h"
#include "report/symbolizer.h"
#include "strategy/random_walk.h"

namespace hotweave {
namespace {

AuditPath PathOf(const std::vector<uint64_t>& stack) {
  AuditPath path;
  for (size_t i = 0; i < stack.size(); ++i) {
    for (const Frame& f : Symbolizer::Get().Frames(stack[i], i > 0)) {
      if (path.size() == kAuditFrames) return path;
      path.push_back(f.function);
    }
  }
  return path;
}

struct CollectRequests {
  CollectRequests() { TheChecks().CollectLockRequests(true); }
  ~CollectRequests() { TheChecks().CollectLockRequests(false); }
};

}  // namespace

Audit::Audit(const RunOptions& given, uint64_t runs, uint64_t seed) {
  RunOptions options = given;
  options.race_detection = false;
  options.lockdep = LockdepRules::Off;   // a report would end an execution
  CollectRequests collect;
  for (uint64_t i = 0; i < runs; ++i) {
    RandomWalk walk(seed, i);
    Trace trace;   // requests have stacks in traced executions alone
    Schedule schedule;
    RunExecution(options, walk, &trace, &schedule);
    Add(TheChecks().lock_requests());
  }
}

void Audit::Add(const LockRequests& requests) {
  for (const LockRequest& r : requests.all()) {
    if (!r.wanted.name) continue;
    const AuditPath path = PathOf(r.stack);
    std::vector<std::string> held;
    for (const LockUse& h : requests.HeldBy(r)) {
      if (h.name) held.emplace_back(h.name);
    }
    std::sort(held.begin(), held.end());
    held.erase(std::unique(held.begin(), held.end()), held.end());
    for (const std::string& h : held) {
      if (!r.trylock && h != r.wanted.name) orders_[h].try_emplace(r.wanted.name, path);
    }
    sites_[{r.wanted.name, r.wanted.sharing, path}].insert(std::move(held));
  }
}

// A shortest way along the orders, both ends included; empty if there is none.
std::vector<std::string> Audit::Path(const std::string& from, const std::string& to) const {
  std::map<std::string, std::string> came_from{{from, ""}};
  for (std::deque<std::string> next{from}; !next.empty(); next.pop_front()) {
    const auto it = orders_.find(next.front());
    if (it == orders_.end()) continue;
    for (const auto& [wanted, path] : it->second) {
      if (came_from.try_emplace(wanted, next.front()).second) next.push_back(wanted);
    }
  }
  if (!came_from.contains(to)) return {};
  std::vector<std::string> way{to};
  while (way.back() != from) way.push_back(came_from[way.back()]);
  std::reverse(way.begin(), way.end());
  return way;
}

std::vector<std::vector<AuditOrder>> Audit::Inversions() const {
  std::vector<std::vector<AuditOrder>> cycles;
  std::set<std::set<std::string>> seen;
  for (const auto& [held, wanted_by] : orders_) {
    for (const auto& [wanted, path] : wanted_by) {
      const std::vector<std::string> way = Path(wanted, held);
      if (way.empty() || !seen.insert({way.begin(), way.end()}).second) continue;
      std::vector<AuditOrder> cycle{{held, wanted, path}};
      for (size_t i = 0; i + 1 < way.size(); ++i) cycle.push_back({way[i], way[i + 1], orders_.at(way[i]).at(way[i + 1])});
      cycles.push_back(std::move(cycle));
    }
  }
  std::sort(cycles.begin(), cycles.end(), [](const auto& a, const auto& b) {
    return std::pair(a.size(), a[0].held + a[0].wanted) < std::pair(b.size(), b[0].held + b[0].wanted);
  });
  return cycles;
}

}  // namespace hotweave
