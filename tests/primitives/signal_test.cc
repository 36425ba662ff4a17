// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Signals. The targets are in signal_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

// No signal by default: then the sleeper hangs. Chosen, it arrives, and the target says so by a warning.
const std::set<std::string> kHangsOrArrives{"assertion", "hung-task"};

TEST(Signal, EndsInterruptibleAndKillableSleeps) {
  ExpectFoundAtOnce("signal_ends_interruptible", "hung-task");
  EXPECT_EQ(Verdicts("signal_ends_interruptible"), kHangsOrArrives);
  EXPECT_EQ(Verdicts("signal_ends_killable"), kHangsOrArrives);
}

TEST(Signal, EndsNoOtherSleep) {
  EXPECT_EQ(Verdicts("signal_ends_no_deep_sleep"), std::set<std::string>{"hung-task"});
  EXPECT_EQ(Verdicts("signal_of_kthread"), std::set<std::string>{"hung-task"});
}

TEST(Signal, WhatIsPending) { ExpectSilent("signal_semantics"); }

TEST(Signal, KernelThreadsIgnoreWhatTheyDoNotAllow) {
  ExpectSilent("signal_allowed");
  EXPECT_EQ(Verdicts("signal_ignored", {.walks = 50}), std::set<std::string>{"hung-task"});
}

TEST(Signal, ArrivesWhereATaskLooks) {
  EXPECT_EQ(Verdicts("signal_polled"), (std::set<std::string>{"assertion", "pass"}));
}

TEST(Signal, EndsATimedSleepEarly) {
  const Hit hit = ExpectFound("signal_timeout", "assertion");
  EXPECT_GE(hit.walk, 0) << "without a signal the time runs out";
}

TEST(Signal, AWakeUpWorksAsBefore) { ExpectSilent("signal_and_wake_up"); }

}  // namespace
}  // namespace hotweave
