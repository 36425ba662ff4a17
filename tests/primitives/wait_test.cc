// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Wait queues, completions, virtual time and spinning. The targets are in wait_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(WaitEvent, LosesNoWakeup) {
  ExpectSilent("wait_event_no_lost_wakeup", {.walks = 1000});
  ExpectFoundAtOnce("wait_event_no_wakeup", "hung-task");
  ExpectFound("wait_event_wake_before_set", "hung-task");
}

TEST(WaitEvent, TestBeforeStateLosesAWakeup) {
  const Hit hit = ExpectFound("sleep_lost_wakeup", "hung-task", "hung-task:wake-up");
  EXPECT_GE(hit.walk, 0) << "the sequential execution loses none";
  ExpectSilent("sleep_no_lost_wakeup", {.walks = 1000});
}

TEST(WaitQueue, OneExclusiveWaiterIsWoken) {
  ExpectSilent("wake_up_one_exclusive");
  ExpectSilent("wake_up_all_waiters");
}

TEST(WaitQueue, Timeout) { ExpectSilent("wait_event_times_out"); }

TEST(Completion, Orders) {
  ExpectSilent("completion_orders");
  ExpectFound("completion_too_early", "data-race", "data-race:completes_too_early,waits_for_completion");
}

TEST(Completion, Counts) {
  ExpectSilent("completion_before_wait");
  ExpectSilent("completion_two_waiters");
  ExpectFoundAtOnce("completion_two_waiters_one_complete", "hung-task", "hung-task:done");
  ExpectSilent("completion_all");
}

TEST(Completion, HungIfNobodyCompletes) {
  const Hit hit = ExpectFoundAtOnce("completion_never", "hung-task", "hung-task:done");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("waiter waits for done"), std::string::npos);
  ExpectSilent("completion_idle");
}

TEST(Completion, Timeout) { ExpectSilent("completion_times_out"); }

TEST(Time, SleepersWakeInOrder) { ExpectSilent("msleep_order"); }

TEST(Time, IsVirtual) {
  ExpectSilent("msleep_hours");
  EXPECT_LT(RunWalk(OptionsFor("msleep_hours", {}), -1).steps, 200u);
}

TEST(Time, Msleep) { ExpectSilent("msleep_not_cut_short"); }

TEST(Time, ScheduleTimeout) {
  ExpectSilent("schedule_timeout_whole");
  ExpectSilent("schedule_timeout_woken");
}

TEST(Spin, UntilASleeperActs) { ExpectSilent("spin_until_sleeper_sets"); }

TEST(Spin, ForNothingIsALivelock) {
  ExpectFound("spin_for_nothing", "livelock", "livelock:hotweave_target_spin_for_nothing",
              {.walks = 0, .max_steps = 100'000});
}

TEST(Spin, NoLivelockWhileTheLoopMayEnd) {
  ExpectSilent("spin_on_two_loads", {.walks = 1000});
  ExpectSilent("spin_bounded");
}

}  // namespace
}  // namespace hotweave
