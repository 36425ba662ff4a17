// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See explore.h.
#include "explore.h"

#include <fmt/format.h>

#include <algorithm>

#include "campaign.h"
#include "progress.h"
#include "strategy/traces.h"

namespace hotweave {
namespace {

constexpr uint64_t kSamples = 512;      // random executions that show which memory tasks share
constexpr uint64_t kClockEvery = 32;    // executions between two looks at the clock

ProgressState StateOf(const ExploreOptions& o, uint64_t executions, const ExploredBound& b, double covered) {
  ProgressState s;
  s.done = executions;
  s.of = o.runs;
  s.seconds = o.seconds;
  if (!o.bound || b.bound == o.bound) s.part = covered, s.part_seconds = b.seconds;   // of bounds to come nothing is known
  s.note = fmt::format("{}about {:.1f} % done (an estimate)", b.bound ? fmt::format("bound {}: ", *b.bound) : "", covered * 100);
  return s;
}

class Explorer {
 public:
  explicit Explorer(const ExploreOptions& o) : options_(o), progress_(o.title, o.progress) { StopRequested(); }

  ExploreResult Run() {
    if (options_.bound) {
      Deepen();
    } else if (options_.reduction) {
      Traces search;
      if (Cover(&search, std::nullopt)) result_.bounds.back().all = true;
    } else {
      Exhaustive search(Reduction::None, kNoBound);
      if (Cover(&search, std::nullopt)) result_.bounds.back().all = true;
    }
    result_.seconds = Elapsed();
    return std::move(result_);
  }

 private:
  double Elapsed() const { return progress_.elapsed(); }

  void Deepen() {
    Exhaustive search(options_.reduction ? Reduction::States : Reduction::None, 0);
    if (options_.reduction) Rehearse(&search);
    for (uint32_t bound = 0; bound <= *options_.bound; ++bound) {
      search.SetBound(bound);
      if (!Cover(&search, bound)) break;
      result_.bounds.back().all = !search.bound_met();
      if (!search.bound_met()) break;
    }
    result_.shared_places = search.shared_places();
  }

  void Rehearse(Exhaustive* search) {
    for (uint64_t i = 0; i < kSamples; ++i) {
      search->Sample(i);
      const RunResult r = RunExecution(options_.run, *search);
      search->Advance(r.verdict == VerdictKind::Finding);
      ++result_.executions;
    }
  }

  // True if all of it was covered and the next bound may follow.
  bool Cover(Search* search, std::optional<uint32_t> bound) {
    ExploredBound* b = &result_.bounds.emplace_back();
    b->bound = bound;
    const double begin = Elapsed();
    uint64_t restarts = 0;
    for (bool more = true; more;) {
      const RunResult r = RunExecution(options_.run, *search);
      Account(r, *search, b);
      b->seconds = Elapsed() - begin;
      if (!Goes(r, *search, b)) return false;
      more = search->Advance(r.verdict == VerdictKind::Finding);
      if (search->restarts() != restarts) {
        restarts = search->restarts();
        const ExploredBound before = *b;
        *b = ExploredBound{};
        b->bound = bound;
        b->rehearsals = before.rehearsals + before.executions;
        b->seconds = before.seconds;
      }
    }
    b->complete = b->out_of_budget == 0;
    if (!b->complete) result_.end = ExploreEnd::Limit;
    if (!result_.findings.empty()) result_.end = ExploreEnd::Finding;
    return b->complete;
  }

  void Account(const RunResult& r, const Search& search, ExploredBound* b) {
    ++result_.executions;
    ++b->executions;
    b->steps = std::max(b->steps, r.steps);
    b->most_branches = std::max(b->most_branches, search.branches());
    if (search.cut()) {
      ++b->cut;
      return;
    }
    if (r.verdict == VerdictKind::OutOfBudget && ++b->out_of_budget == 1) b->budget_reason = r.budget_reason;
    if (r.finding) Note(*r.finding, search, b);
    if (options_.on_execution) options_.on_execution(r);
  }

  void Note(const Finding& finding, const Search& search, const ExploredBound* b) {
    auto& all = result_.findings;
    auto it = std::find_if(all.begin(), all.end(), [&](const ExploredFinding& f) { return f.fingerprint == finding.fingerprint; });
    if (it == all.end()) it = all.insert(it, {finding.fingerprint, 0, b->bound.value_or(0), search.Decisions()});
    ++it->count;
  }

  // False if the search ends here; says why.
  bool Goes(const RunResult& r, const Search& search, ExploredBound* b) {
    if (r.finding && !options_.keep_going) return Stop(ExploreEnd::Finding, search, b);
    if (options_.runs && result_.executions >= options_.runs) return Stop(ExploreEnd::Runs, search, b);
    if (b->executions % kClockEvery) return true;
    if (progress_.Due()) progress_.Say(StateOf(options_, result_.executions, *b, search.Covered()));
    if (StopRequested()) return Stop(ExploreEnd::Signal, search, b);
    if (options_.seconds > 0 && Elapsed() >= options_.seconds) return Stop(ExploreEnd::Seconds, search, b);
    return true;
  }

  bool Stop(ExploreEnd end, const Search& search, ExploredBound* b) {
    result_.end = end;
    b->covered = search.Covered();
    return false;
  }

  const ExploreOptions& options_;
  ProgressLine progress_;
  ExploreResult result_;
};

}  // namespace

const ExploredBound* ExploreResult::Completed() const {
  const ExploredBound* best = nullptr;
  for (const ExploredBound& b : bounds) {
    if (b.complete) best = &b;
  }
  return best;
}

ExploreResult Explore(const ExploreOptions& options) { return Explorer(options).Run(); }

}  // namespace hotweave
