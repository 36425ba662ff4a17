// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Raw spinlocks, rwlocks, bit spinlocks. The targets are in rwlock_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

const Effort kReal{.lockdep = LockdepRules::Off};   // the deadlock itself, not the order of the locks

TEST(RawSpinlock, Excludes) {
  ExpectSilentThoughContended("raw_spin_excludes");
  ExpectSilent("spin_trylock_forms");
  ExpectSilent("dec_and_lock");
}

TEST(RawSpinlock, AssertLocked) {
  ExpectFoundAtOnce("assert_spin_locked_fails", "assertion");
  ExpectSilent("assert_spin_locked_holds");
}

TEST(Rwlock, WritersExclude) {
  ExpectSilentThoughContended("rw_excludes");
  ExpectSilentThoughContended("rw_trylock_forms");
}

TEST(Rwlock, ReadersDoNot) {
  ExpectFound("rw_readers_race", "data-race", "data-race:rw_read_writes,rw_read_writes");
  ExpectFound("rw_readers_meet", "assertion", "assertion:rw_read_together");
}

TEST(Rwlock, ReaderQueuesBehindWaitingWriter) {
  ExpectFound("rw_recursive_read", "deadlock", "", kReal);
  ExpectSilent("rw_recursive_read_alone", kReal);
  ExpectFound("rw_pending_writer", "deadlock", "", kReal);
}

TEST(Rwlock, NotWithBottomHalvesOffOrInHandlers) {
  ExpectSilent("rw_recursive_read_bh");
  ExpectSilentThoughContended("rw_read_in_handler", {.walks = 2000});
}

TEST(Rwlock, HandlerOnTopOfAWriter) {
  const Hit hit = ExpectFound("rw_write_under_handler", "deadlock", "deadlock:rw", kReal);
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("interrupt"), std::string::npos) << hit.result.finding->sentence;
}

TEST(Rwlock, Misuse) {
  ExpectFoundAtOnce("rw_unlock_other_side", "lock-misuse", "lock-misuse:rw");
  ExpectFoundAtOnce("rw_read_unlock_unheld", "lock-misuse", "lock-misuse:rw");
}

TEST(BitSpinlock, Excludes) {
  ExpectSilentThoughContended("bit_spin_excludes");
  ExpectFound("bit_spin_two_bits", "data-race", "data-race:bit_count,bit_count_other");
}

TEST(BitSpinlock, Deadlock) {
  const Hit hit = ExpectFound("bit_spin_abba", "deadlock");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("bit spinlock"), std::string::npos) << hit.result.finding->sentence;
  ExpectSilentThoughContended("bit_spin_same_order");
  ExpectFoundAtOnce("bit_spin_recursive", "deadlock");
}

TEST(BitSpinlock, Misuse) {
  ExpectFoundAtOnce("bit_spin_unlock_clear", "assertion");
  ExpectFoundAtOnce("bit_spin_sleeps", "sleep-in-atomic");
}

}  // namespace
}  // namespace hotweave
