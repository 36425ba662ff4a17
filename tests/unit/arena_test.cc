// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The heap of an execution: state of every byte, exhaustion, reset. Depends on core/.
#include "core/arena.h"

#include <gtest/gtest.h>

#include "core/engine.h"

namespace hotweave {
namespace {

// The engine's own arena: there is one range of memory for it.
class ArenaTest : public testing::Test {
 protected:
  void SetUp() override { arena.Reset(); }
  void TearDown() override { arena.Reset(); }
  uintptr_t New(size_t size) { return reinterpret_cast<uintptr_t>(arena.Allocate(size, 0x5a)); }

  Arena& arena = engine.arena;
};

TEST_F(ArenaTest, EachByteOfEachSize) {
  for (size_t size = 0; size <= 40; ++size) {
    const uintptr_t p = New(size);
    EXPECT_EQ(p % 16, 0u);
    for (size_t i = 0; i < size; ++i) {
      EXPECT_EQ(arena.StateOf(p + i, 1), kAddressable) << size << " " << i;
      EXPECT_EQ(*reinterpret_cast<unsigned char*>(p + i), 0x5a);
    }
    EXPECT_EQ(arena.StateOf(p + size, 1), kRedzone) << size;
    EXPECT_EQ(arena.StateOf(p - 1, 1), kRedzone) << size;
    if (size) EXPECT_EQ(arena.StateOf(p, size), kAddressable);
    EXPECT_EQ(arena.StateOf(p, size + 1), kRedzone);
    EXPECT_EQ(arena.StateOf(p + size + 100, 8), kRedzone) << "nothing is there yet";
  }
}

TEST_F(ArenaTest, FreedMemoryIsNotUsedAgain) {
  const uintptr_t p = New(24);
  Allocation* a = arena.Find(p + 23);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->begin, p);
  arena.Free(*a);
  EXPECT_EQ(arena.StateOf(p, 1), kFreed);
  EXPECT_EQ(arena.StateOf(p + 16, 8), kFreed);
  EXPECT_GT(New(24), p);
}

TEST_F(ArenaTest, FindGivesTheLatestAtOrBelow) {
  const uintptr_t p = New(16), q = New(16);
  EXPECT_EQ(arena.Find(p - 1), nullptr);
  EXPECT_EQ(arena.Find(q - 1)->begin, p);
  EXPECT_EQ(arena.Find(q)->begin, q);
}

TEST_F(ArenaTest, SameAddressesAfterReset) {
  const uintptr_t p = New(100), q = New(5);
  arena.Reset();
  EXPECT_EQ(arena.StateOf(p, 1), kRedzone);
  EXPECT_EQ(New(100), p);
  EXPECT_EQ(New(5), q);
}

TEST_F(ArenaTest, ExhaustionAndOverflow) {
  EXPECT_EQ(arena.Allocate(kArenaSize, 0), nullptr);
  EXPECT_EQ(arena.Allocate(~size_t{0}, 0), nullptr);
  EXPECT_EQ(arena.Allocate(~size_t{0} - 20, 0), nullptr);
  EXPECT_NE(arena.Allocate(1000, 0), nullptr);
}

TEST_F(ArenaTest, VanishedRanges) {
  const uintptr_t p = New(64);
  arena.Vanish({p + 8, 16, "first"});
  arena.Vanish({p + 16, 8, "second"});
  EXPECT_EQ(arena.StateOf(p, 8), kAddressable);
  EXPECT_EQ(arena.StateOf(p + 8, 1), kVanished);
  EXPECT_EQ(arena.StateOf(p + 4, 8), kVanished) << "reaches into it";
  EXPECT_STREQ(arena.FindVanished(p + 8)->what, "first");
  EXPECT_STREQ(arena.FindVanished(p + 16)->what, "second");
  arena.Reappear(p + 8, 16);
  EXPECT_EQ(arena.StateOf(p + 8, 8), kAddressable);
}

}  // namespace
}  // namespace hotweave
