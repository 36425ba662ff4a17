// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Notifier chains and RCU lists. The targets are in notifier_target.cc; kthread_test.cc has the blocking chain's rest.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Notifier, RobustCalls) {
  ExpectSilent("notifier_robust");
  ExpectSilent("notifier_raw_robust");
}
TEST(Notifier, UniquePriority) { ExpectSilent("notifier_unique_priority"); }

TEST(Notifier, Context) {
  const Hit hit = ExpectFoundAtOnce("notifier_atomic_sleeps", "sleep-in-atomic");
  EXPECT_NE(hit.result.finding->sentence.find("RCU reader"), std::string::npos) << Show(hit.result);
  ExpectSilent("notifier_srcu_sleeps");
  ExpectSilent("notifier_srcu_life");
}

TEST(Notifier, UnregisteringWaitsForWalks) {
  ExpectSilent("notifier_atomic_unregister", {.walks = 2000});
  ExpectSilent("notifier_blocking_unregister", {.walks = 2000});
  ExpectSilent("notifier_srcu_unregister", {.walks = 2000});
  ExpectFound("notifier_raw_unregister", "use-after-free", "", {.races = false, .walks = 4000});
}

TEST(Notifier, FreedBlock) { ExpectFoundAtOnce("notifier_freed", "use-after-free"); }

TEST(RcuList, Walks) {
  ExpectSilent("rculist_walks", {.walks = 2000});
  ExpectFound("rculist_hasty", "use-after-free", "", {.races = false});
  ExpectFound("rculist_plain_add", "data-race");
  ExpectFoundAtOnce("rculist_no_reader", "missing-lock");
  ExpectSilent("rculist_locked");
}

}  // namespace
}  // namespace hotweave
