// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Races by bytes: sizes, alignments, ranges; globals, heap and stacks. The targets are in memory_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

void ExpectRaces(std::initializer_list<const char*> targets) {
  for (const char* t : targets) ExpectFoundAtOnce(t, "data-race");
}
void ExpectNone(std::initializer_list<const char*> targets) {
  for (const char* t : targets) ExpectSilent(t, {.walks = 100});
}

TEST(Bytes, OverlapIsByByte) {
  ExpectNone({"bytes_of_one_word", "neighbours", "byte_beside_half", "half_beside_word"});
  ExpectRaces({"same_byte", "byte_in_long", "long_over_byte", "byte_in_half", "byte_in_word"});
}

TEST(Bytes, BitFieldsShareTheirWord) {
  ExpectRaces({"bitfields_of_one_word"});
  ExpectNone({"bitfields_of_two_words"});
}

TEST(Bytes, UnalignedAccesses) {
  ExpectRaces({"straddle_first", "straddle_last"});
  ExpectNone({"straddle_neighbours"});
}

TEST(Ranges, MemsetAndMemcpy) {
  ExpectRaces({"memset_first", "memset_last", "memcpy_source", "memcpy_target"});
  ExpectNone({"memset_beside", "memcpy_beside"});
}

TEST(Ranges, StructCopy) {
  ExpectRaces({"struct_copy_source", "struct_copy_target"});
  ExpectNone({"struct_copy_read"});
}

TEST(Memory, Heap) {
  const Hit hit = ExpectFoundAtOnce("race_on_heap", "data-race", "data-race:writes_shared,writes_shared");
  ASSERT_TRUE(hit.found);
  ASSERT_LT(hit.result.finding->object, hit.trace.objects.size());
  EXPECT_EQ(hit.trace.objects[hit.result.finding->object].kind, TraceObject::Kind::Heap);
  ExpectNone({"no_race_on_two_heaps"});
}

TEST(Memory, Stack) {
  const Hit hit = ExpectFoundAtOnce("race_on_stack", "data-race", "data-race:writes_shared,writes_shared");
  ASSERT_TRUE(hit.found);
  ASSERT_LT(hit.result.finding->object, hit.trace.objects.size());
  EXPECT_EQ(hit.trace.objects[hit.result.finding->object].name, "stack@init");
  ExpectRaces({"race_with_own_stack"});
  ExpectNone({"no_race_on_stack"});
}

}  // namespace
}  // namespace hotweave
