// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct timer_list. The targets are in timer_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Timer, RunsOnce) {
  ExpectSilent("timer_runs_once", {.alone = true});
  ExpectSilent("timer_deleted", {.alone = true});
  ExpectSilent("timer_on_cpu", {.alone = true});
}

TEST(Timer, Order) { ExpectSilent("timer_order", {.alone = true}); }

TEST(Timer, PeriodicNeedsFewTasks) {
  const Silence s = ExpectSilent("timer_periodic", {.walks = 50, .alone = true});
  EXPECT_LE(s.tasks, 8u);
}

TEST(Timer, Orders) {
  ExpectSilent("timer_arming_orders", {.walks = 1000});
  ExpectFound("timer_del_does_not_wait", "data-race");
  ExpectFound("timer_write_after_arming", "data-race");
}

TEST(Timer, LifeTime) {
  ExpectSilent("timer_freed_after_sync", {.walks = 1000});
  ExpectFoundAtOnce("timer_freed_pending", "use-after-free");
  const auto verdicts = Verdicts("timer_freed_after_del", {.walks = 2000});
  EXPECT_TRUE(verdicts.contains("data-race") || verdicts.contains("use-after-free"));
  ExpectSilent("timer_on_stack", {.alone = true});
  ExpectFoundAtOnce("timer_left_on_stack", "use-after-free");
}

TEST(Timer, Misuse) {
  ExpectFoundAtOnce("timer_never_set_up", "lock-misuse");
  ExpectFoundAtOnce("timer_added_twice", "assertion");
  ExpectFoundAtOnce("timer_set_up_again", "lock-misuse");
  ExpectFoundAtOnce("timer_function_sleeps", "sleep-in-atomic");
  ExpectFoundAtOnce("timer_function_unbalanced", "lock-misuse");
}

TEST(Timer, DelSyncWaits) {
  ExpectSilent("timer_sync_without_lock", {.walks = 1000});
  ExpectFound("timer_sync_under_its_lock", "deadlock", "", {.walks = 4000, .lockdep = LockdepRules::Off});
  ExpectFound("timer_sync_in_itself", "deadlock", "", {.walks = 0, .lockdep = LockdepRules::Off});
  ExpectFoundAtOnce("timer_sync_in_itself", "recursive-lock");
}

TEST(Timer, Shutdown) {
  ExpectSilent("timer_shutdown_ends", {.walks = 1000});
  ExpectFound("timer_del_may_not_end", "assertion", "", {.walks = 4000});
}

}  // namespace
}  // namespace hotweave
