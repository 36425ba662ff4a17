// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Parking, the freezer, per-CPU threads, affinity. The targets are in park_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Park, Orders) { ExpectSilent("park_orders", {.walks = 1000}); }

TEST(Park, StartAndStop) {
  ExpectSilent("park_then_stop");
  ExpectSilent("park_before_start", {.alone = true});
  ExpectSilent("thread_exits");
}

TEST(Park, Misuse) {
  ExpectFound("park_twice", "assertion");
  ExpectFound("park_deadlock", "deadlock", "", {.walks = 2000, .lockdep = LockdepRules::Off});
}

TEST(Freezer, HoldsThreads) {
  ExpectSilent("freeze_threads", {.walks = 1000});
  ExpectSilent("freeze_left");
}

TEST(Freezer, Fails) {
  ExpectSilent("freeze_fails");
  ExpectFoundAtOnce("freeze_not_idle", "hung-task");
}

TEST(Affinity, MovesAndKeeps) {
  ExpectSilent("affinity");
  ExpectSilent("affinity_of_other");
}

TEST(Smpboot, RunsOnItsCpu) { ExpectSilent("smpboot_threads", {.walks = 1000}); }

}  // namespace
}  // namespace hotweave
