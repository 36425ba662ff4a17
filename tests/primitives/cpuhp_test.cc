// SPDX-License-Identifier: GPL-2.0-only OR MIT
// CPU hotplug against <linux/cpu.h> and <linux/cpuhotplug.h>.
#include <linux/version.h>

#include "../support/search.h"

namespace hotweave {
namespace {

const Effort kNoLockdep{.lockdep = LockdepRules::Off};

TEST(CpuHotplug, CallbacksRunInOrder) { ExpectSilent("cpuhp_order"); }
TEST(CpuHotplug, Refusals) { ExpectSilent("cpuhp_last_cpu"); }
TEST(CpuHotplug, AFailingStartupIsUndone) { ExpectSilent("cpuhp_veto_up"); }
TEST(CpuHotplug, AFailingTeardownIsUndone) { ExpectSilent("cpuhp_veto_down"); }
TEST(CpuHotplug, AFailingInstallationIsUndone) { ExpectSilent("cpuhp_veto_install"); }
TEST(CpuHotplug, Targets) { ExpectSilent("cpuhp_partial"); }
TEST(CpuHotplug, Instances) { ExpectSilent("cpuhp_instances"); }
TEST(CpuHotplug, InstancesLeft) { ExpectFoundAtOnce("cpuhp_remove_with_instances", "assertion"); }

TEST(CpuHotplug, ReadersSeeAStableMask) { ExpectSilent("cpuhp_readers"); }
TEST(CpuHotplug, OthersRace) { ExpectFound("cpuhp_unlocked_reader", "data-race"); }
TEST(CpuHotplug, AWalkTakesTheMaskAsItIs) { ExpectSilent("cpuhp_unlocked_walker"); }
TEST(CpuHotplug, BoundTasksGoElsewhere) { ExpectSilent("cpuhp_bound_task_goes_elsewhere"); }
TEST(CpuHotplug, PreemptionOffKeepsTheCpu) { ExpectSilent("cpuhp_preempt_off_keeps_cpu"); }

TEST(CpuHotplug, ACallbackMustNotTakeTheLock) {
  const std::set<std::string> verdicts = Verdicts("cpuhp_callback_locks", kNoLockdep);
  EXPECT_TRUE(verdicts.count("recursive-lock") || verdicts.count("deadlock"));
  EXPECT_FALSE(verdicts.count("pass"));
  EXPECT_FALSE(Verdicts("cpuhp_writer_callback_locks", kNoLockdep).count("pass"));
}

TEST(CpuHotplug, MutexInversion) { EXPECT_TRUE(Verdicts("cpuhp_mutex_inversion", kNoLockdep).count("deadlock")); }

TEST(CpuHotplug, SleepingCallbacks) {
  ExpectFoundAtOnce("cpuhp_dying_sleeps", "sleep-in-atomic");
  ExpectSilent("cpuhp_online_sleeps");
}

TEST(CpuHotplug, Misuse) {
  ExpectFoundAtOnce("cpuhp_enable_unbalanced", "assertion");
  ExpectFoundAtOnce("cpuhp_setup_without_lock", "missing-lock");
}

}  // namespace
}  // namespace hotweave
