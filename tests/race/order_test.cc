// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Which accesses race: plain and marked ones, publication, read-modify-write, locks. The targets are in
// order_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Race, PlainAgainstPlain) {
  const Hit hit = ExpectFoundAtOnce("race_write_write", "data-race", "data-race:plain_write,plain_write_too");
  ASSERT_TRUE(hit.found);
  ASSERT_EQ(hit.result.finding->sites.size(), 2u);
  EXPECT_NE(hit.result.finding->sites[0].task, hit.result.finding->sites[1].task);
  ExpectFoundAtOnce("race_write_read", "data-race", "data-race:plain_read,plain_write");
  ExpectSilent("race_read_read");
}

TEST(Race, PlainAgainstMarked) {
  ExpectFoundAtOnce("race_plain_marked", "data-race", "data-race:marked_read,plain_write");
  ExpectFoundAtOnce("race_marked_plain", "data-race", "data-race:marked_write,plain_read");
  ExpectSilent("race_marked_marked");
  ExpectSilent("race_read_marked_read");
}

TEST(Race, DataRaceMacro) {
  ExpectSilent("race_forgiven_read");
  ExpectSilent("race_forgiven_write");
  ExpectFoundAtOnce("race_after_forgiven", "data-race", "data-race:forgiven_then_plain,marked_write");
}

TEST(Race, NotLookedForWithNoRace) { ExpectSilent("race_write_write", {.races = false}); }

// Values before and after are in the trace; a race does not stop them from happening.
TEST(Race, TraceHasTheValues) {
  const Hit hit = Search("race_write_write");
  ASSERT_TRUE(hit.found);
  const Trace& t = hit.trace;
  std::vector<std::pair<uint64_t, uint64_t>> writes;
  for (const Event& e : t.events) {
    if (e.op == Op::Write && e.object != Event::kNone && t.objects[e.object].name.ends_with("x")) {
      EXPECT_TRUE(e.has_values);
      writes.emplace_back(e.old_value, e.new_value);
    }
  }
  EXPECT_EQ(writes, (std::vector<std::pair<uint64_t, uint64_t>>{{0, 1}, {1, 2}}));
}

TEST(Publication, IsOrderedByReleaseAndAcquire) {
  ExpectSilent("publish_release_acquire");
  ExpectSilent("publish_wmb_rmb");
  ExpectSilent("publish_release_rmb");
  ExpectSilent("publish_wmb_acquire");
}

TEST(Publication, NeedsBothSides) {
  for (const char* t :
       {"publish_relaxed_acquire", "publish_release_relaxed", "publish_wmb_alone", "publish_rmb_alone",
        "publish_wmb_early", "publish_rmb_early", "publish_too_early", "publish_not_looked"}) {
    ExpectFound(t, "data-race");
  }
}

TEST(Rmw, Orders) {
  ExpectSilent("rmw_full");
  ExpectSilent("rmw_release_acquire");
  ExpectFound("rmw_relaxed", "data-race");
}

TEST(Rmw, IsAtomic) {
  ExpectSilent("rmw_is_atomic");
  ExpectFound("read_and_set_is_not", "assertion");
}

TEST(Rmw, Cmpxchg) {
  ExpectSilent("word_lock");
  ExpectFound("word_lock_relaxed", "data-race");
  ExpectFound("cmpxchg_failed", "data-race", "data-race:fails_to_exchange,sets_users_release");
}

TEST(Locks, OrderTheirSectionsAlone) {
  ExpectSilentThoughContended("one_lock");
  ExpectFoundAtOnce("two_locks", "data-race", "data-race:write_under_a,write_under_b");
  ExpectFound("after_unlock", "data-race", "data-race:write_after_unlock,write_under_a");
}

TEST(ManyReaders, AWriterMustComeAfterEachOfThem) {
  ExpectFoundAtOnce("readers_then_writer", "data-race", "data-race:plain_read,plain_write");
  ExpectFoundAtOnce("readers_joined_but_one", "data-race");
  ExpectSilent("readers_joined");
}

}  // namespace
}  // namespace hotweave
