// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Assertions of exclusive access and declarations. The targets are in kcsan_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Exclusive, Writer) {
  ExpectSilent("exclusive_writer_read");
  const Hit hit = ExpectFound("exclusive_writer_write", "data-race", "data-race:kcsan_marked_write,one_writer");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("assertion of a single writer"), std::string::npos);
  ExpectFound("exclusive_writer_twice", "data-race");
}

TEST(Exclusive, Access) {
  ExpectFound("exclusive_access_read", "data-race", "data-race:kcsan_marked_read,nobody_else");
  ExpectSilent("exclusive_access_forgiven");
  ExpectSilentThoughContended("exclusive_access_locked");
}

TEST(Exclusive, Scoped) {
  ExpectFound("scoped_writer_between", "data-race", "data-race:holds_scope,in_between");
  ExpectSilent("scoped_writer_read");
  ExpectSilent("scoped_writer_after");
  ExpectFound("scoped_access_read", "data-race", "data-race:reads_in_between,scoped_access");
}

TEST(Exclusive, Bits) {
  ExpectSilent("bits_other");
  ExpectFound("bits_same", "data-race", "data-race:low_bits_stay,sets_low_bit");
  ExpectFound("bits_plain", "data-race", "data-race:low_bits_stay,sets_low_plainly");
  ExpectFound("bits_one_access", "data-race", "data-race:low_bits_twice,sets_high_bit");
}

TEST(Declared, Sections) {
  ExpectSilent("kcsan_disabled");
  ExpectSilent("kcsan_nested");
  ExpectFound("kcsan_nested_plain", "data-race");
  ExpectSilent("kcsan_flat");
  ExpectFound("kcsan_flat_ends", "data-race", "data-race:flat_read_and_more,kcsan_marked_write");
  ExpectSilent("kcsan_function");
}

TEST(Declared, NextAccesses) {
  ExpectSilent("kcsan_next");
  ExpectFound("kcsan_next_ends", "data-race", "data-race:kcsan_marked_write,one_forgiven");
}

TEST(Told, ByHand) {
  ExpectFound("check_write", "data-race", "data-race:kcsan_marked_read,says_write");
  ExpectSilent("check_read");
  ExpectSilent("check_atomic");
  ExpectFoundAtOnce("check_freed", "use-after-free");
}

TEST(MissingAnnotation, IsAsDataRace) { ExpectSilent("missing_annotation"); }

// The report knows both sides: stack, values and locks.
TEST(Race, BothSidesAreKnown) {
  const Hit hit = Search("bits_plain");
  ASSERT_TRUE(hit.found && hit.result.finding);
  ASSERT_EQ(hit.result.finding->sites.size(), 2u);
  for (const Site& s : hit.result.finding->sites) {
    ASSERT_LT(s.event, hit.trace.events.size());
    EXPECT_TRUE(hit.trace.events[s.event].has_values);
    EXPECT_LT(s.stack, hit.trace.stacks.size());
  }
}

}  // namespace
}  // namespace hotweave
