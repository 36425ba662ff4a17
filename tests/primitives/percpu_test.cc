// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Per-CPU variables against <linux/percpu.h> and <linux/percpu-defs.h>.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Percpu, EachCpuHasACopy) { ExpectSilent("percpu_copies"); }
TEST(Percpu, Operations) { ExpectSilent("percpu_operations"); }
TEST(Percpu, Dynamic) { ExpectSilent("percpu_dynamic"); }
TEST(Percpu, InC) { ExpectSilent("percpu_in_c"); }

TEST(Percpu, CountsAreExact) { ExpectSilent("percpu_counts_exactly"); }
TEST(Percpu, RawOperationsAreTwoSteps) {
  ExpectFound("percpu_raw_loses_counts", "assertion");
}

TEST(Percpu, ThisCpuOperationsAreOneStepForInterrupts) { ExpectSilent("percpu_irq_against_this_cpu"); }
TEST(Percpu, PlainOperationsAreNot) { ExpectFound("percpu_irq_against_plain", "data-race"); }
TEST(Percpu, PlainOperationsWithInterruptsOffAre) { ExpectSilent("percpu_irq_against_masked"); }

TEST(Percpu, PreemptibleUseIsFound) {
  ExpectFoundAtOnce("percpu_preemptible_pointer", "wrong-cpu");
  ExpectFoundAtOnce("percpu_preemptible_operation", "wrong-cpu");
  ExpectFoundAtOnce("percpu_preemptible_processor_id", "wrong-cpu");
  ExpectSilent("percpu_bound_task");
}

TEST(Percpu, TheTemplateIsNotToBeTouched) {
  ExpectFoundAtOnce("percpu_template_read", "wild-access");
  ExpectFoundAtOnce("percpu_dynamic_template", "wild-access");
  ExpectFoundAtOnce("percpu_impossible_cpu", "wild-access");
}

TEST(Percpu, AllocationMayFail) {
  const Hit hit = ExpectFound("percpu_null", "null-deref");
  EXPECT_GE(hit.walk, 0);
}

TEST(Percpu, BadPointers) {
  ExpectFoundAtOnce("percpu_not_percpu", "wild-access");
  ExpectFoundAtOnce("percpu_use_after_free", "use-after-free");
  ExpectFoundAtOnce("percpu_double_free", "use-after-free");
  ExpectFoundAtOnce("percpu_bad_free", "out-of-bounds");
  ExpectFoundAtOnce("percpu_out_of_bounds", "out-of-bounds");
  ExpectFound("percpu_free_races", "data-race", "data-race:free_shared,use_shared");
}

TEST(Percpu, AllocationSleeps) { ExpectFoundAtOnce("percpu_alloc_sleeps", "sleep-in-atomic"); }

TEST(Percpu, Races) {
  ExpectFound("percpu_remote_plain", "data-race", "data-race:count_up,read_remote");
  ExpectSilent("percpu_remote_marked");
  ExpectFound("percpu_stale_pointer", "data-race", "data-race:stale_pointer,stale_pointer");
  ExpectSilent("percpu_fresh_pointer");
}

TEST(Percpu, CopiesHaveNames) {
  const Hit hit = Search("percpu_remote_plain");
  ASSERT_TRUE(hit.result.finding);
  ASSERT_NE(hit.result.finding->object, Event::kNone);
  EXPECT_EQ(hit.trace.objects[hit.result.finding->object].name.substr(0, 26), "percpu_target.cc:counter@c");
}

}  // namespace
}  // namespace hotweave
