// SPDX-License-Identifier: GPL-2.0-only OR MIT
// High-resolution timers, the clock, and waits that end in special ways. The targets are in hrtimer_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Hrtimer, RunsAgain) {
  ExpectSilent("hrtimer_restarts", {.alone = true});
  ExpectFound("hrtimer_not_cancelled", "data-race");
}

TEST(Hrtimer, Misuse) {
  ExpectFoundAtOnce("hrtimer_cancel_in_itself", "deadlock");
  ExpectFoundAtOnce("hrtimer_never_initialised", "lock-misuse");
}

TEST(Clock, MovesWhileEverybodySpins) {
  ExpectSilent("clock_moves_for_spinners", {.walks = 20, .alone = true});
  ExpectSilent("clock_moves_for_several", {.walks = 50});
}

TEST(Clock, ReadingsAgree) { ExpectSilent("clock_readings", {.walks = 20, .alone = true}); }

TEST(Completion, LifeTime) {
  ExpectSilent("completion_stays");
  ExpectFound("completion_gone", "use-after-free");
  ExpectFoundAtOnce("completion_freed", "use-after-free");
  ExpectFoundAtOnce("completion_zeroed", "lock-misuse");
}

TEST(Completion, Reuse) {
  ExpectSilent("completion_reinitialised");
  const auto verdicts = Verdicts("completion_reused");
  EXPECT_TRUE(verdicts.contains("assertion") || verdicts.contains("data-race"));
}

TEST(WaitBit, ClearThenWake) {
  ExpectSilent("bit_cleared_then_woken", {.walks = 1000});
  ExpectFound("bit_woken_then_cleared", "hung-task", "", {.walks = 1000});
  ExpectSilent("bit_times_out", {.alone = true});
  ExpectSilent("variable_waited_for", {.walks = 1000});
}

TEST(Swait, Wakes) { ExpectSilent("swait_wakes", {.walks = 1000}); }

TEST(WaitEvent, Interruptible) {
  ExpectSilent("wait_event_or_signal", {.walks = 1000});
  ExpectFound("wait_event_interrupted", "assertion");
}

}  // namespace
}  // namespace hotweave
