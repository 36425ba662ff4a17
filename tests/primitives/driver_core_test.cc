// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Kernel objects, sysfs and the driver core. The targets are in driver_core_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

constexpr Effort kNoLockdep{.lockdep = LockdepRules::Off};

TEST(Sysfs, AValueGoesInAndComesOut) { ExpectSilent("sysfs_reads_what_was_written"); }

TEST(Sysfs, RemovalWaitsForWhoeverIsInTheFile) { ExpectSilent("sysfs_removal_waits"); }

TEST(Sysfs, AStoreFunctionMustNotWaitForTheRemover) {
  // Who has a reference is who the removal waits for: the two wait for each other, which is found without waiting 120 s.
  const std::set<std::string> seen = Verdicts("sysfs_store_blocks", kNoLockdep);
  EXPECT_EQ(seen, (std::set<std::string>{"pass", "deadlock"}));
  const Hit hit = ExpectFoundAtOnce("sysfs_store_blocks", "lock-order", "lock-order:device_hotplug_lock,kn->active");
  ASSERT_TRUE(hit.found && hit.result.finding);
  EXPECT_EQ(hit.result.finding->level, "faithful");
  ExpectSilent("sysfs_store_tries", {.max_steps = 200'000});
}

TEST(Sysfs, AFileMayRemoveItself) {
  ExpectSilent("sysfs_removes_itself");
  ExpectFoundAtOnce("sysfs_waits_for_itself", "recursive-lock", "recursive-lock:kn->active");
  ExpectFound("sysfs_waits_for_itself", "hung-task", "", kNoLockdep);
}

TEST(Device, OnlineAndOffline) {
  ExpectSilent("device_goes_offline_and_online");
  ExpectSilent("device_with_an_online_child");
}

TEST(Device, LookupHoldsAReference) {
  ExpectSilent("device_found_while_it_goes");
  ExpectFound("device_used_after_put", "use-after-free", "", {.races = false, .walks = 4000});
}

TEST(Device, ItsLockIsNotValidated) {
  const Hit hit = ExpectFoundAtOnce("device_lock_inversion", "lock-order");
  ASSERT_TRUE(hit.found && hit.result.finding);
  EXPECT_EQ(hit.result.finding->level, "feasible");
  EXPECT_EQ(Verdicts("device_lock_inversion", kNoLockdep), (std::set<std::string>{"pass", "deadlock"}));
}

TEST(Kobject, References) {
  ExpectSilent("kobject_lives_as_long_as_needed");
  EXPECT_TRUE(Search("kobject_put_too_often").found);
  ExpectFoundAtOnce("kobject_initialised_twice", "assertion");
}

TEST(Kset, FindsItsMembers) { ExpectSilent("kset_finds_its_members"); }

}  // namespace
}  // namespace hotweave
