// SPDX-License-Identifier: GPL-2.0-only OR MIT
// stop_machine() and its relatives against <linux/stop_machine.h>.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(StopMachine, OneCpu) { ExpectSilent("stop_one"); }
TEST(StopMachine, AllCpus) { ExpectSilent("stop_all"); }
TEST(StopMachine, TwoCpus) { ExpectSilent("stop_two"); }
TEST(StopMachine, WithoutWaiting) { ExpectSilent("stop_nowait"); }
TEST(StopMachine, Concurrently) { ExpectSilent("stop_concurrently"); }

TEST(StopMachine, NoSectionIsHalfDone) { ExpectSilent("stop_sees_no_half_section"); }
TEST(StopMachine, OrdersEverything) { ExpectSilent("stop_orders_everything"); }
TEST(StopMachine, OneCpuOrdersOne) { ExpectFound("stop_one_orders_not", "data-race", "data-race:look,plain_writer"); }
TEST(StopMachine, HidesNoRaceOfOthers) {
  ExpectFound("stop_caller_and_others_race", "data-race", "data-race:stop_twice,stop_twice");
}

TEST(StopMachine, Sleeping) {
  const Hit hit = ExpectFoundAtOnce("stop_sleeps", "sleep-in-atomic");
  ASSERT_TRUE(hit.result.finding);
  EXPECT_NE(hit.result.finding->sentence.find("a stopper runs"), std::string::npos) << hit.result.finding->sentence;
  ExpectFoundAtOnce("stop_one_sleeps", "sleep-in-atomic");
  ExpectFoundAtOnce("stop_in_atomic", "sleep-in-atomic");
}
TEST(StopMachine, SpinlocksAreAllowed) { ExpectSilent("stop_spins"); }
TEST(StopMachine, LeakedPreemptCount) { ExpectFoundAtOnce("stop_leaks_preempt", "assertion"); }
TEST(StopMachine, NeedsTheLock) { ExpectFoundAtOnce("stop_without_lock", "missing-lock"); }
TEST(StopMachine, WaitsForEverySpinner) {
  const std::set<std::string> verdicts = Verdicts("stop_against_spinner", {.walks = 50, .max_steps = 100'000});
  EXPECT_TRUE(verdicts.count("deadlock") || verdicts.count("livelock"));
  EXPECT_TRUE(verdicts.count("pass"));
}

}  // namespace
}  // namespace hotweave
