// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The grace periods of struct rcu_sync. The targets are in rcu_sync_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(RcuSync, AGracePeriodWaitsForTheSectionsThatWereThere) { ExpectSilent("rcu_sync_earlier_section"); }

TEST(RcuSync, AGracePeriodDoesNotWaitForLaterSections) { ExpectSilent("rcu_sync_later_section"); }

}  // namespace
}  // namespace hotweave
