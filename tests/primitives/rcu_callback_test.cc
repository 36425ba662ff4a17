// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Callbacks after grace periods, and SRCU. The targets are in rcu_callback_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(RcuCallback, ReadersNeverSeeFreedMemory) {
  ExpectSilent("rcu_call", {.walks = 2000});
  ExpectSilent("rcu_kfree", {.walks = 2000});
  ExpectSilent("rcu_kfree_headless");
}

TEST(RcuCallback, WhatReadersStillFind) {
  const Hit hit = ExpectFound("rcu_kfree_linked", "use-after-free", "", {.races = false});
  ExpectFound("rcu_kfree_linked", "data-race", "data-race:linked_kfreer,rcu_callback_target.cc:reader", {.walks = 4000});
  // Who asked for it is named: the stack of kfree_rcu(), not of the softirq.
  ASSERT_GE(hit.result.finding->sites.size(), 2u);
  EXPECT_FALSE(hit.trace.stacks[hit.result.finding->sites[1].stack].empty());
}

TEST(RcuCallback, BarrierWaits) {
  ExpectSilentThoughContended("rcu_barrier_waits");
  ExpectFound("rcu_synchronize_is_no_barrier", "assertion");
}

TEST(RcuCallback, IsAnEventOfTheInput) {
  const std::set<std::string> either = {"assertion", "pass"};
  EXPECT_EQ(Verdicts("rcu_callback_is_late"), either);
  ExpectSilent("rcu_callback_is_not_immediate", {.alone = true});
  ExpectSilent("rcu_callbacks_in_order");
  ExpectSilent("rcu_callback_again", {.alone = true});
}

TEST(RcuCallback, Context) {
  ExpectFound("rcu_callback_sleeps", "sleep-in-atomic");
  ExpectFound("rcu_callback_leaks", "lock-leak");
  ExpectFoundAtOnce("rcu_barrier_inside", "sleep-in-atomic");
}

TEST(RcuCallback, Misuse) {
  ExpectFoundAtOnce("rcu_call_twice", "lock-misuse");
  ExpectSilent("rcu_call_again_after", {.alone = true});
  ExpectFound("rcu_head_freed", "use-after-free", "", {.races = false});
}

TEST(RcuCallback, InterruptsTheHolderOfItsLock) {
  ExpectFound("rcu_callback_deadlock", "deadlock", "", {.lockdep = LockdepRules::Off});
  ExpectSilent("rcu_callback_no_deadlock", {.lockdep = LockdepRules::Off, .alone = true});
}

TEST(RcuCallback, Order) {
  ExpectSilent("rcu_callback_ordered", {.walks = 2000});
  ExpectFound("rcu_callback_not_ordered", "data-race");
  ExpectFound("rcu_callback_no_barrier", "data-race");
}

TEST(Srcu, ReadersNeverSeeFreedMemory) {
  ExpectSilentThoughContended("srcu_synchronize", {.walks = 1500});
  ExpectSilentThoughContended("srcu_call", {.walks = 1500});
  ExpectSilent("srcu_poll");
  ExpectFound("srcu_wrong_domain", "use-after-free", "", {.races = false});
  ExpectFound("srcu_dereference_outside", "missing-lock", "", {.races = false});
}

TEST(Srcu, Deadlock) {
  ExpectFound("srcu_deadlock", "deadlock", "", {.lockdep = LockdepRules::Off});
  ExpectFound("srcu_barrier_deadlock", "deadlock", "", {.lockdep = LockdepRules::Off});
  ExpectSilent("srcu_no_deadlock");
  ExpectFoundAtOnce("srcu_synchronize_inside", "assertion");
  ExpectFound("srcu_synchronize_inside", "deadlock", "", {.walks = 0, .lockdep = LockdepRules::Off});
  ExpectSilent("srcu_synchronize_other_inside", {.alone = true});
}

TEST(Srcu, Misuse) {
  ExpectFoundAtOnce("srcu_wrong_unlock", "lock-misuse", "lock-misuse:domain");
  ExpectFoundAtOnce("srcu_leak", "lock-leak", "lock-leak:domain");
  ExpectFoundAtOnce("srcu_uninitialised", "lock-misuse");
  ExpectFound("srcu_callback_sleeps", "sleep-in-atomic");
}

TEST(Srcu, Life) {
  ExpectSilent("srcu_life");
  ExpectFoundAtOnce("srcu_cleanup_busy", "assertion");
  ExpectFoundAtOnce("srcu_cleanup_no_barrier", "assertion");
}

}  // namespace
}  // namespace hotweave
