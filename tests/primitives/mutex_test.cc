// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct mutex and deadlocks of mutexes. The targets are in mutex_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

// The real thing, not the order that leads there.
const Effort kDeadlocksOnly{.lockdep = LockdepRules::Off};

TEST(Mutex, Excludes) { ExpectSilentThoughContended("mutex_excludes"); }

TEST(Mutex, RecursionIsFound) {
  ExpectFoundAtOnce("mutex_recursive", "recursive-lock", "recursive-lock:lock_a");
  ExpectSilent("mutex_again");
}

TEST(Mutex, OnlyTheOwnerUnlocks) {
  ExpectFoundAtOnce("mutex_unlock_by_other", "lock-misuse", "lock-misuse:lock_a");
  ExpectFoundAtOnce("mutex_unlock_twice", "lock-misuse", "lock-misuse:lock_a");
}

TEST(Mutex, MustBeInitialised) {
  ExpectFoundAtOnce("mutex_uninitialised", "lock-misuse");
  ExpectSilent("mutex_initialised");
}

TEST(Mutex, DestroyEndsItsLife) {
  ExpectFoundAtOnce("mutex_destroyed_held", "lock-misuse", "lock-misuse:lock_a");
  ExpectFoundAtOnce("mutex_used_after_destroy", "lock-misuse");
}

TEST(Mutex, LeakAtExit) {
  const Hit hit = ExpectFoundAtOnce("mutex_leak", "lock-leak", "lock-leak:lock_a");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("leaker"), std::string::npos);
  ExpectFoundAtOnce("mutex_leak_by_init", "lock-leak", "lock-leak:lock_a");
}

TEST(Mutex, Trylock) {
  ExpectSilent("mutex_trylock_excludes");
  ExpectSilent("mutex_trylock_fails");
  ExpectFound("mutex_trylock_ignored", "data-race",
              "data-race:count_whatever_trylock_said,count_whatever_trylock_said");
}

TEST(Mutex, HandOff) { ExpectSilentThoughContended("mutex_hand_off"); }

TEST(Deadlock, Abba) {
  const Hit hit = ExpectFound("mutex_abba", "deadlock", "deadlock:lock_a,lock_b", kDeadlocksOnly);
  EXPECT_GE(hit.walk, 0) << "the sequential execution has no deadlock";
  ASSERT_TRUE(hit.found);
  EXPECT_EQ(hit.result.finding->sites.size(), 2u);
  // Each of the two holds what the other waits for.
  uint32_t holders = 0;
  for (const auto& held : hit.trace.held_at_end) holders += held.size() == 1;
  EXPECT_EQ(holders, 2u);
}

TEST(Deadlock, AbbaNearMisses) {
  ExpectSilentThoughContended("mutex_same_order");
  ExpectSilentThoughContended("mutex_gated", kDeadlocksOnly);
  ExpectSilentThoughContended("mutex_trylock_backs_off");
}

TEST(Deadlock, CycleOfThree) {
  const Hit hit =
      ExpectFound("mutex_cycle_of_three", "deadlock", "deadlock:lock_a,lock_b,lock_c",
                  {.walks = 3000, .lockdep = LockdepRules::Off});
  ASSERT_TRUE(hit.found);
  EXPECT_EQ(hit.result.finding->sites.size(), 3u);
  ExpectSilentThoughContended("mutex_three_in_order", {.walks = 1000});
}

// One bug, one fingerprint: whoever closes the cycle.
TEST(Deadlock, FingerprintDoesNotDependOnWhoClosesTheCycle) {
  const RunOptions options = OptionsFor("mutex_cycle_of_three", kDeadlocksOnly);
  std::set<std::string> fingerprints, closers;
  for (int64_t walk = 0; walk < 3000; ++walk) {
    Trace trace;
    const RunResult r = RunWalk(options, walk, &trace);
    if (!r.finding) continue;
    fingerprints.insert(r.finding->fingerprint);
    closers.insert(r.finding->sites[0].role);
  }
  EXPECT_EQ(fingerprints.size(), 1u);
  EXPECT_EQ(closers.size(), 3u);
}

TEST(Deadlock, FoundWhileOthersRun) {
  const Hit hit =
      ExpectFound("mutex_abba_beside_busy", "deadlock", "deadlock:lock_a,lock_b",
                  {.max_steps = 400'000, .lockdep = LockdepRules::Off});
  EXPECT_LT(hit.result.steps, 100'000u);
}

TEST(Deadlock, JoinIsAnEdge) {
  const Hit hit = ExpectFound("mutex_join_under_lock", "deadlock");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("to exit"), std::string::npos) << hit.result.finding->sentence;
}

}  // namespace
}  // namespace hotweave
