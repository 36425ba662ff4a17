// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Kernel threads and the blocking notifier chain. The targets are in kthread_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Kthread, CreationAndJoinOrder) {
  ExpectSilent("join_orders");
  ExpectFound("no_join_races", "data-race");
}

TEST(Kthread, Stop) {
  ExpectSilent("stop_orders");
  ExpectSilent("stop_wakes");
  ExpectFound("stop_lost_wakeup", "hung-task", "", {.walks = 2000});
}

TEST(Kthread, StopBeforeStart) {
  ExpectSilent("stop_before_start", {.alone = true});
  ExpectFound("stop_may_precede_start", "assertion");
  ExpectSilent("created_not_started", {.alone = true});
}

TEST(Kthread, Bind) {
  ExpectSilent("bind_keeps_the_cpu");
  ExpectFound("unbound_migrates", "assertion", "assertion:is_on_cpu_two");
  ExpectFound("bind_too_late", "lock-misuse");
}

TEST(Notifier, Order) {
  ExpectSilent("notifier_priority");
  ExpectSilent("notifier_equal_priority");
  ExpectSilent("notifier_stop");
  ExpectFoundAtOnce("notifier_twice", "assertion");
}

TEST(Notifier, RegistrationWaitsForTheWalk) {
  ExpectSilentThoughContended("notifier_register_waits");
  ExpectFoundAtOnce("notifier_register_in_walk", "recursive-lock");
}

TEST(Notifier, NullCallbackIsANullDereference) { ExpectFoundAtOnce("notifier_null_callback", "null-deref"); }

}  // namespace
}  // namespace hotweave
