// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Per-CPU threads and timers against CPU hotplug. The targets are in smpboot_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

// Each fails if kernel/cpu.cc and kernel/smpboot.cc do not find each other.
TEST(SmpbootHotplug, ParksWithItsCpu) { ExpectSilent("smpboot_goes_down", {.walks = 1000}); }
TEST(SmpbootHotplug, ComesLate) { ExpectSilent("smpboot_comes_late", {.walks = 1000}); }
TEST(SmpbootHotplug, EndsWhileDown) { ExpectSilent("smpboot_ends_while_down", {.walks = 1000}); }

TEST(SmpbootHotplug, Misuse) {
  ExpectFound("smpboot_park_locks", "deadlock", "", {.walks = 1000, .lockdep = LockdepRules::Off});
  ExpectFound("smpboot_unparked_by_hand", "assertion", "", {.walks = 1000});
  EXPECT_TRUE(Search("smpboot_never_parks", {.walks = 200}).found);
}

TEST(TimerHotplug, MovesFromDeadCpu) { ExpectSilent("timers_of_dead_cpu", {.walks = 1000}); }

}  // namespace
}  // namespace hotweave
