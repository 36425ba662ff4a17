// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Executions carry nothing over, whatever the one before did; targets in C. The targets are in
// pristine_target.*.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Pristine, EveryExecutionStartsAnew) {
  for (const char* target : {"pristine_cc", "pristine_c"}) {
    const RunOptions options = OptionsFor(target, {});
    for (int i = 0; i < 50; ++i)
      ASSERT_EQ(RunWalk(options, i).verdict, VerdictKind::Pass) << target << " " << i;
  }
}

TEST(Pristine, AfterAnExecutionThatBrokeOff) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(RunWalk(OptionsFor("pristine_spoilt", {}), -1).verdict, VerdictKind::Finding);
    EXPECT_EQ(RunWalk(OptionsFor("pristine_cc", {}), -1).verdict, VerdictKind::Pass);
  }
}

// The same execution after any others: nothing of them is seen, shadow and clocks included.
TEST(Pristine, TracesDoNotDependOnTheExecutionsBefore) {
  const Hit first = Search("race_on_heap");
  ASSERT_TRUE(first.found);
  for (const char* between : {"c_race", "pristine_spoilt", "readers_then_writer", "straddle_first"}) {
    RunWalk(OptionsFor(between, {}), 3);
    Trace trace;
    RunInput(OptionsFor("race_on_heap", {}), first.schedule.ToInput(), &trace);
    EXPECT_EQ(trace.hash, first.trace.hash) << "after " << between;
  }
}

TEST(TargetsInC, AreCheckedLikeAnyOther) {
  ExpectFoundAtOnce("c_race", "data-race", "data-race:c_counts,c_counts");
  ExpectSilentThoughContended("c_no_race");
  ExpectFoundAtOnce("c_use_after_free", "use-after-free", "use-after-free:hotweave_target_c_use_after_free");
}

}  // namespace
}  // namespace hotweave
