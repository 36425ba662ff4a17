// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Loops without progress, the wait-for graph of a deadlock, and the moments of invariants. The targets are in
// progress_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

constexpr Effort kDeadlocks{.lockdep = LockdepRules::Off};

bool Mentions(const std::vector<std::string>& lines, const std::string& what) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& l) { return l.find(what) != std::string::npos; });
}

TEST(Livelock, NamesEveryTaskThatSpins) {
  const Hit hit = ExpectFound("livelock_of_two", "livelock", "", {.walks = 0, .max_steps = 1'000'000});
  ASSERT_TRUE(hit.found && hit.result.finding);
  EXPECT_EQ(hit.result.finding->sites.size(), 2u);
  EXPECT_TRUE(hit.result.finding->fingerprint == "livelock:wait_for_turn_two" ||
              hit.result.finding->fingerprint == "livelock:wait_for_turn_three") << hit.result.finding->fingerprint;
  ExpectSilent("spinning_that_ends");
}

TEST(Livelock, PollingCountsOnlyWithoutProgress) {
  ExpectFound("polling_for_nothing", "livelock", "livelock:poll_for_ever", {.walks = 0, .max_steps = 1'000'000});
  ExpectSilent("polling_that_ends");
}

TEST(Livelock, SpinningUnderALockThatTheOtherNeeds) {
  const std::set<std::string> seen = Verdicts("spinning_under_a_lock", {.max_steps = 1'000'000});
  EXPECT_EQ(seen, (std::set<std::string>{"pass", "livelock"}));
}

TEST(WaitForGraph, ListsAllThatWaitAndWhatTheyHold) {
  bool third_seen = false;
  const RunOptions options = OptionsFor("graph_of_three", kDeadlocks);
  for (int64_t walk = 0; walk < 400; ++walk) {
    Trace trace;
    const RunResult r = RunWalk(options, walk, &trace);
    if (!r.finding) continue;
    ASSERT_EQ(KindName(r.finding->kind), "deadlock");
    const auto& lines = r.finding->details;
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines[0], "wait-for graph:");
    EXPECT_TRUE(Mentions(lines, "a waits for lock_b held by b; holds lock_a")) << lines[1];
    EXPECT_TRUE(Mentions(lines, "b waits for lock_a held by a; holds lock_b")) << lines[1];
    third_seen |= lines.size() == 4;
  }
  EXPECT_TRUE(third_seen) << "a thread outside of the cycle that waits for it belongs to the graph";
}

TEST(Invariant, AtReleaseOfOneLock) {
  ExpectSilentThoughContended("release_invariant_holds");
  ExpectFoundAtOnce("release_invariant_broken", "invariant", "invariant:left_+_right_is_10");
}

TEST(Invariant, AtReleaseOfAnyLock) { ExpectFoundAtOnce("any_release_invariant_broken", "invariant"); }

TEST(Invariant, AtQuiescenceOnly) { ExpectSilentThoughContended("quiescent_invariant_holds"); }

TEST(Invariant, WheneverAnotherTaskIsAboutToRun) {
  EXPECT_GE(ExpectFound("always_invariant_broken", "invariant").walk, 0) << "needs a preemption";
  ExpectSilentThoughContended("always_invariant_holds");
}

}  // namespace
}  // namespace hotweave
