// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See crasher_helper.h.
#include "crasher_helper.h"

#include <memory>

#include <gtest/gtest.h>

#include "strategy/pct.h"
#include "strategy/random.h"
#include "strategy/random_walk.h"
#include "strategy/sync_walk.h"

namespace hotweave {
namespace {

constexpr uint64_t kSeed = 1;

// Long enough schedules that are too long for an input are of no use: a few of them are looked at before giving up.
constexpr uint64_t kLongestOf = 40;

class DenseWalk final : public Strategy {
 public:
  explicit DenseWalk(uint64_t nth) : random_(MixSeed(kSeed, nth)), period_(2u << nth % 3) {}

  void Begin(Attention* attention) override { attention->gap = Gap(); }
  Task* AtPoint(const Point&, std::span<Task* const> others, Attention* attention) override {
    attention->gap = Gap();
    return others.empty() ? nullptr : others[random_.Below(static_cast<uint32_t>(others.size()))];
  }
  Task* AtBlock(const Point&, std::span<Task* const> others, Attention*) override {
    return others[random_.Below(static_cast<uint32_t>(others.size()))];
  }
  uint32_t Choose(uint32_t, uint32_t n) override { return random_.Below(n); }

 private:
  int64_t Gap() { return 1 + random_.Below(2 * period_ - 1); }

  Random random_;
  uint32_t period_;
};

// Findings that need many steps in a row of each task, as walks hardly do, are left to priorities.
constexpr uint64_t kWalks = 8000;

std::unique_ptr<Strategy> StrategyOf(const Learned& learned, uint64_t nth, bool dense) {
  if (nth >= kWalks) return std::make_unique<Pct>(learned, kSeed, nth - kWalks);
  if (dense) return std::make_unique<DenseWalk>(nth);
  if (nth % 2 == 0) return std::make_unique<RandomWalk>(kSeed, nth);
  return std::make_unique<SyncWalk>(kSeed, nth);
}

// A broken invariant may turn out to be a lost update once it is traced.
bool MayBe(const Finding& f, const std::string& kind) {
  return kind.empty() || KindName(f.kind) == kind || (f.kind == Kind::Invariant && kind == "lost-update");
}

}  // namespace

Subject::Subject(const std::string& spec, bool races, LockdepRules lockdep) {
  std::string error;
  if (!ParseTarget(spec, &options.target, &profile, &error)) ADD_FAILURE() << spec << ": " << error;
  options.profile = &profile;
  options.race_detection = races;
  options.lockdep = lockdep;
  Counting counting;
  RunExecution(options, counting);
  learned = counting.learned();
}

Attempt Walk(const Subject& subject, uint64_t nth, bool dense) {
  Attempt a;
  a.result = RunExecution(subject.options, *StrategyOf(subject.learned, nth, dense), &a.trace, &a.schedule);
  return a;
}

std::optional<Crasher> FindCrasher(const Subject& subject, const CrasherWanted& wanted) {
  std::optional<Crasher> longest;
  uint64_t seen = 0;
  for (uint64_t i = wanted.first; i < wanted.most && seen < kLongestOf; ++i) {
    const RunResult bare = RunExecution(subject.options, *StrategyOf(subject.learned, i, wanted.dense));
    if (!bare.finding || !MayBe(*bare.finding, wanted.kind)) continue;
    Attempt a = Walk(subject, i, wanted.dense);
    if (!wanted.kind.empty() && KindName(a.result.finding->kind) != wanted.kind) continue;
    if (a.schedule.records.size() > kMaxRecords) continue;
    ++seen;
    const size_t n = a.departures();
    if (!longest || n > longest->attempt.departures()) longest = Crasher{std::move(a), i};
    if (n >= wanted.departures) break;
  }
  return longest;
}

}  // namespace hotweave
