// SPDX-License-Identifier: GPL-2.0-only OR MIT
// kmalloc, vanished memory and crashes. The targets are in memory_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Heap, NearMisses) {
  ExpectSilent("heap_good");
  ExpectSilent("heap_free_after_join");
}

TEST(Heap, UseAfterFree) {
  const Hit hit = ExpectFoundAtOnce("heap_read_after_free", "use-after-free");
  ASSERT_TRUE(hit.found);
  EXPECT_EQ(hit.result.finding->sites.size(), 3u) << "read, freed, allocated";
  ExpectFoundAtOnce("heap_write_after_free", "use-after-free");
  ExpectFoundAtOnce("heap_double_free", "use-after-free");
}

TEST(Heap, BadFree) {
  ExpectFoundAtOnce("heap_free_interior", "out-of-bounds");
  ExpectFoundAtOnce("heap_free_global", "out-of-bounds");
}

TEST(Heap, OneByteOutside) {
  ExpectFoundAtOnce("heap_byte_past_end", "out-of-bounds");
  ExpectFoundAtOnce("heap_byte_past_whole", "out-of-bounds");
  ExpectFoundAtOnce("heap_byte_before_second", "out-of-bounds");
  ExpectFoundAtOnce("heap_word_over_end", "out-of-bounds");
  ExpectFoundAtOnce("heap_memset_too_long", "out-of-bounds");
  ExpectFoundAtOnce("heap_memcpy_too_long", "out-of-bounds");
}

TEST(Heap, ByteBeforeTheFirstAllocation) { ExpectFoundAtOnce("heap_byte_before", "out-of-bounds"); }

// Either it is read first (a race with the kfree) or freed first.
TEST(Heap, FreeAgainstRead) {
  EXPECT_EQ(Verdicts("heap_free_vs_read"), (std::set<std::string>{"data-race", "use-after-free"}));
  ExpectFound("heap_free_vs_read", "use-after-free", "", {.races = false});
}

TEST(Heap, ExhaustionIsNoFinding) {
  const RunResult r = RunWalk(OptionsFor("heap_exhausted", {}), -1);
  EXPECT_EQ(r.verdict, VerdictKind::OutOfBudget);
  EXPECT_STREQ(r.budget_reason, "the arena is exhausted");
}

TEST(Vanished, UntilItReappears) {
  const Hit hit =
      ExpectFoundAtOnce("vanished_read", "vanished-page", "vanished-page:hotweave_target_vanished_read");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("struct page of section 3"), std::string::npos);
  ExpectFoundAtOnce("vanished_heap", "vanished-page");
  ExpectSilent("reappeared");
}

TEST(Vanished, ButForThoseWhoSeeIt) {
  const Hit hit = ExpectFoundAtOnce("hidden_read", "vanished-page", "vanished-page:hotweave_target_hidden_read");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("struct page of an offline section"), std::string::npos);
  ExpectSilent("hidden_seen");
}

// What one execution makes vanish is back in the next one.
TEST(Vanished, EndsWithTheExecution) {
  ExpectFoundAtOnce("vanished_read", "vanished-page");
  ExpectSilent("reappeared");
}

TEST(Crash, Null) {
  ExpectFoundAtOnce("null_read", "null-deref", "null-deref:hotweave_target_null_read");
  ExpectFoundAtOnce("null_write", "null-deref", "null-deref:hotweave_target_null_write");
}

TEST(Crash, NullFunction) {
  ExpectFoundAtOnce("null_call", "null-deref", "null-deref:hotweave_target_null_call");
}

TEST(Crash, Wild) { ExpectFoundAtOnce("wild_read", "wild-access", "wild-access:hotweave_target_wild_read"); }
TEST(Crash, Divide) { ExpectFoundAtOnce("divide_by_zero", "divide-error"); }

TEST(Crash, StackOverflow) {
  ExpectFoundAtOnce("stack_overflows", "stack-overflow", "stack-overflow:recurse");
  ExpectSilent("stack_suffices");
}

// The watchdog counts seconds of processor time: one execution each.
TEST(Crash, LoopWithoutAccessIsStopped) {
  const RunResult r = RunWalk(OptionsFor("loops_forever", {}), -1);
  ASSERT_TRUE(r.finding);
  EXPECT_EQ(r.finding->kind, Kind::Livelock);
  EXPECT_EQ(RunWalk(OptionsFor("loops_long", {}), -1).verdict, VerdictKind::Pass);
}

}  // namespace
}  // namespace hotweave
