// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Memory that is freed with something pending in it; locks in per-CPU data; states of rcu_sync; ww_mutexes without
// contexts. The targets are in teardown_target.cc.
#include <linux/version.h>

#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Teardown, OfWhatIsPending) {
  ExpectFoundAtOnce("teardown_hrtimer", "use-after-free");
  ExpectFoundAtOnce("teardown_delayed_work", "use-after-free");
  ExpectFoundAtOnce("teardown_callback", "use-after-free");
  ExpectFoundAtOnce("teardown_rcu_sync", "use-after-free");
}
TEST(Teardown, InOrder) { ExpectSilent("teardown_in_order"); }

TEST(PercpuLocks, CopiesAreOneClass) {
  ExpectFoundAtOnce("percpu_static_locks_one_class", "recursive-lock");
  ExpectSilent("percpu_static_locks_nested", {.alone = true});
}
TEST(PercpuLocks, Initialised) {
  ExpectSilent("percpu_locks_initialised");
  ExpectFoundAtOnce("percpu_lock_uninitialised", "lock-misuse");
}

// Under both state machines.
TEST(RcuSync, States) {
  for (const uint32_t version : {KERNEL_VERSION(4, 14, 0), KERNEL_VERSION(6, 1, 0)}) {
    RunOptions options = OptionsFor("rcu_sync_states", {});
    Profile profile;
    profile.version = version;
    options.profile = &profile;
    for (int64_t walk = -1; walk < 300; ++walk) {
      const RunResult r = RunWalk(options, walk);
      ASSERT_EQ(r.verdict, VerdictKind::Pass) << version << " " << Show(r);
    }
  }
}
TEST(RcuSync, AGracePeriodWaitsForTheSectionsThatWereThere) { ExpectSilent("rcu_sync_earlier_section"); }
TEST(RcuSync, AGracePeriodDoesNotWaitForLaterSections) { ExpectSilent("rcu_sync_later_section"); }
TEST(RcuSync, Misuse) {
  ExpectFoundAtOnce("rcu_sync_exit_twice", "lock-misuse");
  ExpectFoundAtOnce("rcu_sync_unprotected", "lock-misuse");
}

TEST(WwMutex, DeadlocksWithoutContexts) {
  ExpectFound("ww_no_context", "deadlock", "", {.lockdep = LockdepRules::Off});
  ExpectSilent("ww_no_context_one_order", {.lockdep = LockdepRules::Off});
}

}  // namespace
}  // namespace hotweave
