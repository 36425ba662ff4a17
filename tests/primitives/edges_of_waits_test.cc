// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Waits that are edges of the wait-for graph because it is known who ends them.
#include "../support/search.h"

namespace hotweave {
namespace {

constexpr Effort kNoLockdep{.races = false, .walks = 200, .lockdep = LockdepRules::Off};

TEST(EdgesOfWaits, Completer) {
  ExpectFound("edge_completer", "deadlock", "deadlock:done,lock", kNoLockdep);
  const Hit hung = ExpectFound("edge_completer_unknown", "hung-task", "hung-task:done", kNoLockdep);
  EXPECT_EQ(hung.result.finding->kind, Kind::HungTask);
  ExpectSilent("edge_completer_other_lock", kNoLockdep);
  ExpectSilent("edge_completer_timeout", kNoLockdep);
}

TEST(EdgesOfWaits, HoldersOfALockMadeOfAWaitQueue) {
  ExpectFound("edge_holders", "deadlock", "deadlock:lock,users", kNoLockdep);
  ExpectSilent("edge_holders_gone", kNoLockdep);
  // Whether lockdep lists the holders or the engine does.
  ExpectFound("edge_holders", "deadlock", "deadlock:lock,users", {.races = false});
}

}  // namespace
}  // namespace hotweave
