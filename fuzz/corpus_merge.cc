// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See corpus_merge.h.
#include "corpus_merge.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

namespace hotweave {
namespace {

using Group = std::pair<std::string, std::string>;   // target, profile
using HandOvers = std::vector<uint64_t>;

bool Passes(const Judged& j) { return j.observed == "pass"; }

// What equal executions have in common.
using Behaviour = std::tuple<std::string, std::string, std::string, uint64_t, HandOvers>;
Behaviour BehaviourOf(const Judged& j) {
  if (Passes(j)) return {j.file.target, j.profile, "pass", 0, j.hand_overs};
  return {j.file.target, j.profile, j.observed, j.order, {}};
}

auto Simplicity(const Judged& j) { return std::tie(j.departures, j.switches, j.file.name); }

bool Simpler(const Judged& a, const Judged& b) {
  return std::tie(a.departures, a.switches) < std::tie(b.departures, b.switches);
}

// Indices of those with an outcome, the simplest first.
std::vector<size_t> BySimplicity(const std::vector<Judged>& all) {
  std::vector<size_t> order;
  for (size_t i = 0; i < all.size(); ++i) {
    if (HasOutcome(all[i])) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tuple_cat(Simplicity(all[a]), std::tie(a)) < std::tuple_cat(Simplicity(all[b]), std::tie(b));
  });
  return order;
}

// The hand-overs that a corpus has.
class Coverage {
 public:
  // True if any of them is new.
  bool Add(const Judged& j) {
    bool any = false;
    std::set<uint64_t>& seen = seen_[{j.file.target, j.profile}];
    for (const uint64_t h : j.hand_overs) any |= seen.insert(h).second;
    return any;
  }

 private:
  std::map<Group, std::set<uint64_t>> seen_;
};

}  // namespace

bool HasOutcome(const Judged& j) {
  return j.judgement == Judgement::Ok || j.judgement == Judgement::Stale || j.judgement == Judgement::Gone ||
         j.judgement == Judgement::Other;
}

MergePlan PlanMerge(const std::vector<Judged>& into, const std::vector<Judged>& from) {
  MergePlan plan;
  Coverage coverage;
  std::map<Behaviour, size_t> there;   // the simplest that may be replaced comes first
  for (const size_t i : BySimplicity(into)) {
    if (Passes(into[i])) coverage.Add(into[i]);
    there.emplace(BehaviourOf(into[i]), i);
  }
  std::set<Behaviour> taken;
  for (const size_t i : BySimplicity(from)) {
    const Behaviour behaviour = BehaviourOf(from[i]);
    const auto known = there.find(behaviour);
    if (!taken.insert(behaviour).second) {
      ++plan.known;
    } else if (known != there.end()) {
      const Judged& old = into[known->second];
      if (Simpler(from[i], old) && old.file.room != "programs") {
        plan.replaced.push_back({known->second, i});
      } else {
        ++plan.known;
      }
    } else if (Passes(from[i]) && !coverage.Add(from[i])) {
      ++plan.known;
    } else {
      plan.added.push_back(i);
    }
  }
  return plan;
}

}  // namespace hotweave
