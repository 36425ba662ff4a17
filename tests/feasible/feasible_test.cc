// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Both levels of lock-order reports, and what becomes of each: confirmed by a deadlock, gated, or not reached.
// The targets are in feasible_target.cc.
#include "../support/search.h"

#include "check/checks.h"
#include "fuzz/lock_order.h"

namespace hotweave {
namespace {

constexpr uint64_t kRuns = 3000;

struct Answer {
  std::string level, confirmation, fingerprint;
  LockOrderVerdict verdict;
};

// What the sequential execution reports about lock order, and what becomes of it.
Answer Ask(const std::string& target) {
  const Hit hit = Search(target, {.walks = 50});
  Answer a;
  if (!hit.found || !hit.result.finding) return a;
  const Finding& f = *hit.result.finding;
  a.level = f.level;
  a.fingerprint = f.fingerprint;
  if (f.level.empty()) return a;
  a.verdict = ConfirmLockOrder(OptionsFor(target, {}), f, kRuns, 1);
  a.confirmation = a.verdict.confirmation;
  const LockOrderVerdict again = ConfirmLockOrder(OptionsFor(target, {}), f, kRuns, 1);
  EXPECT_EQ(again.confirmation, a.confirmation) << "equal arguments, equal answers";
  EXPECT_EQ(again.executions, a.verdict.executions);
  return a;
}

// The report is made real: the schedule of a deadlock, which replays.
void ExpectConfirmed(const std::string& target, const std::string& level, const std::string& deadlock) {
  SCOPED_TRACE(target);
  const Answer a = Ask(target);
  EXPECT_EQ(a.level, level) << a.fingerprint;
  EXPECT_EQ(a.confirmation, "confirmed") << a.fingerprint;
  ASSERT_TRUE(a.verdict.deadlock);
  EXPECT_EQ(a.verdict.deadlock->finding.fingerprint, deadlock);
  EXPECT_EQ(a.verdict.deadlock->replayed, kReplays);
  EXPECT_LE(a.verdict.executions, 100u) << "the search is directed by the cycle";
}

// Looks at the feasible level alone: no report of it in any execution.
void ExpectNotFeasible(const std::string& target) {
  SCOPED_TRACE(target);
  const RunOptions options = OptionsFor(target, {.lockdep = LockdepRules::Off});
  TheChecks().CollectLockRequests(true);
  for (int64_t walk = -1; walk < 200; ++walk) {
    EXPECT_EQ(Show(RunWalk(options, walk)), "pass ");
    const LockRequests& requests = TheChecks().lock_requests();
    EXPECT_GT(requests.all().size(), 0u);
    FeasibleCycle cycle;
    for (uint32_t i = 0; i < requests.all().size(); ++i) {
      if (requests.all()[i].held_count) EXPECT_FALSE(FindFeasibleCycle(requests, i, &cycle));
    }
  }
  TheChecks().CollectLockRequests(false);
}

// What lockdep says of misuse has a level, and no deadlock to look for.
TEST(Confirm, OnlyWhatIsAboutLockOrder) {
  Finding f;
  f.level = "faithful";
  for (Kind k : {Kind::LockOrder, Kind::IrqLockOrder, Kind::RecursiveLock}) {
    f.kind = k;
    EXPECT_TRUE(IsAboutLockOrder(f));
  }
  for (Kind k : {Kind::WaitContext, Kind::LockMisuse, Kind::LockLeak}) {
    f.kind = k;
    EXPECT_FALSE(IsAboutLockOrder(f));
  }
  f.kind = Kind::RecursiveLock;   // the deadlock itself
  f.level = "";
  EXPECT_FALSE(IsAboutLockOrder(f));
}

TEST(Confirm, TwoMutexesInBothOrders) {
  ExpectConfirmed("order_abba", "faithful", "deadlock:lock_a,lock_b");
}

TEST(Confirm, ThreeTasks) { ExpectConfirmed("order_three", "faithful", "deadlock:lock_a,lock_b,lock_c"); }

// A running work is held as lockdep has it, and is no lock: the deadlock is found and replays without lockdep.
TEST(Confirm, AWorkThatIsFlushedUnderItsMutex) {
  ExpectConfirmed("order_flush", "faithful", "deadlock:lock_a,locking_work");
}

TEST(Confirm, HalfAGateIsNoGate) {
  ExpectConfirmed("order_half_gated", "faithful", "deadlock:lock_a,lock_b");
  ExpectConfirmed("order_read_gated", "faithful", "deadlock:lock_a,lock_b");
}

TEST(Confirm, Gated) {
  for (const auto& [target, gate] : {std::pair("order_gated", "gate"), std::pair("order_write_gated", "rw_gate")}) {
    const Answer a = Ask(target);
    EXPECT_EQ(a.level, "faithful") << target;
    EXPECT_EQ(a.confirmation, std::string("gated by ") + gate) << target;
    EXPECT_EQ(a.verdict.executions, kRuns);
    ExpectNotFeasible(target);
  }
}

TEST(Confirm, OneTaskCannotDeadlockWithItself) {
  const Answer a = Ask("order_one_task");
  EXPECT_EQ(a.level, "faithful");
  EXPECT_EQ(a.confirmation, "not reached in 3000 executions");
  ASSERT_FALSE(a.verdict.details.empty());
  EXPECT_NE(a.verdict.details[0].find("by one task"), std::string::npos);
  ExpectNotFeasible("order_one_task");
}

TEST(Confirm, NeverAtTheSameTime) {
  for (const char* target : {"order_joined", "order_before_creation"}) {
    const Answer a = Ask(target);
    EXPECT_EQ(a.level, "faithful") << target;
    EXPECT_EQ(a.confirmation, "not reached in 3000 executions") << target;
    ExpectNotFeasible(target);
  }
}

// A task that goes several steps of the cycle waits once: what it holds at two of them is no gate.
TEST(Confirm, ALockOfOneTaskIsNoGate) {
  const Answer a = Ask("order_long_joined");
  EXPECT_EQ(a.level, "faithful");
  EXPECT_EQ(a.confirmation, "not reached in 3000 executions");
}

TEST(Confirm, OneClassButNeverTheSameLocks) {
  const Answer a = Ask("order_by_address");
  EXPECT_EQ(a.level, "faithful");
  EXPECT_EQ(a.confirmation.substr(0, 11), "not reached");
  ExpectNotFeasible("order_by_address");
}

TEST(Confirm, TrylockNeverWaits) {
  EXPECT_EQ(Ask("order_trylock").level, "");
  ExpectNotFeasible("order_trylock");
}

TEST(Feasible, SeesWhatIsHiddenFromLockdep) {
  ExpectConfirmed("order_novalidate", "feasible", "deadlock:&lock_a,lock_b");
}

TEST(Feasible, ReadersNeedAWriterBetweenThem) {
  ExpectNotFeasible("order_readers");
  ExpectNotFeasible("order_readers_and_one_writer");
  ExpectConfirmed("order_readers_and_writers", "faithful", "deadlock:sem_a,sem_a,sem_b,sem_b");
}

TEST(Feasible, ANestingReaderNeedsAWriter) {
  ExpectNotFeasible("order_reader_nests");
  ExpectConfirmed("order_reader_nests_and_writer", "faithful", "deadlock:sem_a,sem_a");
}

}  // namespace
}  // namespace hotweave
