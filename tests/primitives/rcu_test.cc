// SPDX-License-Identifier: GPL-2.0-only OR MIT
// RCU's readers and grace periods. The targets are in rcu_target.cc.
#include "../support/search.h"

#include <linux/version.h>

namespace hotweave {
namespace {

// All verdicts of a search in which the target plays an earlier kernel.
std::set<std::string> VerdictsAt(uint32_t version, const std::string& target) {
  std::set<std::string> out;
  Profile profile;
  profile.version = version;
  RunOptions options = OptionsFor(target, {});
  options.profile = &profile;
  for (int64_t walk = -1; walk < 1500; ++walk) {
    const RunResult r = RunWalk(options, walk);
    out.insert(std::string(r.finding ? KindName(r.finding->kind) : VerdictName(r.verdict)));
  }
  return out;
}

const std::set<std::string> kSilent = {"pass"};

TEST(Rcu, ReadersNeverSeeFreedMemory) {
  ExpectSilentThoughContended("rcu_synchronize");
  ExpectSilentThoughContended("rcu_nested");
  ExpectSilentThoughContended("rcu_two_updaters");
  ExpectFound("rcu_hasty", "use-after-free", "", {.races = false});
}

TEST(Rcu, AReaderThatIsNone) { ExpectFound("rcu_reader_without_lock", "use-after-free", "", {.races = false}); }

TEST(Rcu, Polling) {
  ExpectSilent("rcu_polled");
  ExpectSilentThoughContended("rcu_conditional");
  ExpectFound("rcu_stale_cookie", "use-after-free", "", {.races = false, .walks = 4000});
}

TEST(Rcu, EveryContextIsAReaderFrom420On) {
  for (const char* target : {"rcu_sched_reader", "rcu_bh_reader", "rcu_context_reader", "rcu_sched_sched", "rcu_bh_bh",
                             "rcu_sched_plain"}) {
    ExpectSilentThoughContended(target);
    EXPECT_EQ(VerdictsAt(KERNEL_VERSION(4, 20, 0), target), kSilent) << target;
  }
  ExpectSilent("rcu_handler_reader");
  ExpectSilent("rcu_sched_handler");
}

TEST(Rcu, FlavoursAreSeparateBefore420) {
  const uint32_t old = KERNEL_VERSION(4, 19, 0);
  for (const char* target : {"rcu_sched_sched", "rcu_bh_bh", "rcu_sched_handler", "rcu_synchronize"}) {
    EXPECT_EQ(VerdictsAt(old, target), kSilent) << target;
  }
  for (const char* target : {"rcu_sched_reader", "rcu_bh_reader", "rcu_context_reader", "rcu_sched_plain", "rcu_handler_reader"}) {
    EXPECT_TRUE(VerdictsAt(old, target).contains("use-after-free")) << target;
  }
}

TEST(Rcu, AGracePeriodWaitsForWhoWasInside) { ExpectSilent("rcu_later_readers"); }

TEST(Rcu, OrdersLaterReaders) {
  ExpectSilent("rcu_orders_later_readers", {.walks = 2000});
  ExpectFound("rcu_orders_only_readers", "data-race");
  ExpectFound("rcu_no_grace_period", "data-race");
}

TEST(Rcu, OrdersEarlierReaders) {
  ExpectSilent("rcu_orders_earlier_readers", {.walks = 2000});
  ExpectFound("rcu_earlier_no_grace_period", "data-race");
  ExpectFound("rcu_earlier_no_reader", "data-race");
  ExpectFound("rcu_unclosed", "data-race");
}

TEST(Rcu, Publishing) {
  ExpectSilent("rcu_published");
  ExpectFound("rcu_published_by_init", "data-race");
}

TEST(Rcu, DereferenceNeedsAReader) {
  ExpectFoundAtOnce("rcu_dereference_outside", "missing-lock");
  ExpectSilentThoughContended("rcu_dereference_locked");
  ExpectFoundAtOnce("rcu_protected_outside", "assertion");
  ExpectSilent("rcu_dereference_outside", {.lockdep = LockdepRules::Off});
}

TEST(Rcu, SynchronizeInsideAReader) {
  ExpectFoundAtOnce("rcu_synchronize_inside", "assertion");
  ExpectFoundAtOnce("rcu_synchronize_inside_sched", "assertion");
  ExpectFoundAtOnce("rcu_synchronize_atomic", "sleep-in-atomic");
  ExpectFound("rcu_synchronize_inside", "sleep-in-atomic", "", {.walks = 0, .lockdep = LockdepRules::Off});
}

TEST(Rcu, SleepingInsideAReader) {
  const Hit hit = ExpectFoundAtOnce("rcu_sleep_inside", "sleep-in-atomic");
  EXPECT_NE(hit.result.finding->sentence.find("RCU reader"), std::string::npos) << Show(hit.result);
  ExpectFoundAtOnce("rcu_msleep_bh", "sleep-in-atomic");
  ExpectSilent("rcu_sleep_after");
}

TEST(Rcu, Misuse) {
  ExpectFoundAtOnce("rcu_leak", "lock-leak", "lock-leak:rcu_read_lock");
  ExpectFoundAtOnce("rcu_unlock_unheld", "lock-misuse", "lock-misuse:rcu_read_lock");
}

TEST(Rcu, Assertions) {
  const Hit warn = ExpectFoundAtOnce("rcu_lockdep_warn", "assertion");
  EXPECT_NE(warn.result.finding->sentence.find("held it is"), std::string::npos) << Show(warn.result);
  const Hit held = ExpectFoundAtOnce("rcu_held", "assertion");
  EXPECT_NE(held.result.finding->sentence.find("RCU-bh"), std::string::npos) << Show(held.result);
}

}  // namespace
}  // namespace hotweave
