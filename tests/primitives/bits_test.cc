// SPDX-License-Identifier: GPL-2.0-only OR MIT
// <linux/bitops.h>, <linux/bitmap.h>, <linux/cpumask.h>: bits across words, searches at their ends, CPUs.
#include <linux/bitmap.h>
#include <linux/cpumask.h>

#include <vector>

#include <gtest/gtest.h>

#include "core/limits.h"

namespace {

struct Bits : testing::Test {
  unsigned long map[2] = {};
};

TEST_F(Bits, AtomicOnesReturnTheOldBit) {
  EXPECT_FALSE(test_and_set_bit(65, map));
  EXPECT_TRUE(test_and_set_bit_lock(65, map));
  EXPECT_EQ(map[1], 2u);
  EXPECT_TRUE(test_and_change_bit(65, map));
  EXPECT_FALSE(test_bit(65, map));
  set_bit(0, map);
  clear_bit_unlock(0, map);
  EXPECT_EQ(map[0], 0u);
}

TEST_F(Bits, PlainOnesDoTheSame) {
  __set_bit(70, map);
  EXPECT_TRUE(__test_and_clear_bit(70, map));
  EXPECT_FALSE(__test_and_change_bit(70, map));
  __assign_bit(70, map, false);
  EXPECT_TRUE(bitmap_empty(map, 128));
}

TEST_F(Bits, SearchesEndAtSize) {
  __set_bit(3, map);
  __set_bit(70, map);
  EXPECT_EQ(find_first_bit(map, 128), 3u);
  EXPECT_EQ(find_next_bit(map, 128, 4), 70u);
  EXPECT_EQ(find_next_bit(map, 70, 4), 70u);    // none: the size
  EXPECT_EQ(find_next_bit(map, 128, 500), 128u);
  EXPECT_EQ(find_last_bit(map, 128), 70u);
  EXPECT_EQ(find_last_bit(map, 70), 3u);
  EXPECT_EQ(find_next_bit_wrap(map, 128, 71), 3u);
  EXPECT_EQ(find_nth_bit(map, 128, 1), 70u);
  EXPECT_EQ(find_nth_bit(map, 128, 2), 128u);
  EXPECT_EQ(find_first_bit(map, 0), 0u);
}

TEST_F(Bits, BitsAboveTheSizeDoNotCount) {
  bitmap_fill(map, 100);
  EXPECT_TRUE(bitmap_full(map, 100));
  EXPECT_EQ(bitmap_weight(map, 100), 100u);
  unsigned long other[2] = {~0ul, 0};
  EXPECT_TRUE(bitmap_equal(map, other, 64));
  EXPECT_FALSE(bitmap_equal(map, other, 65));
  EXPECT_TRUE(bitmap_subset(other, map, 128));
  EXPECT_FALSE(bitmap_andnot(map, other, map, 64));
}

TEST(Words, Logarithms) {
  EXPECT_EQ(fls(0), 0);
  EXPECT_EQ(fls(1), 1);
  EXPECT_EQ(fls64(1ull << 63), 64);
  EXPECT_EQ(__fls(8), 3u);
  EXPECT_EQ(__ffs(8), 3u);
  EXPECT_EQ(ffz(7), 3u);
  EXPECT_EQ(GENMASK(7, 4), 0xf0u);
  EXPECT_EQ(GENMASK_ULL(63, 0), ~0ull);
  EXPECT_EQ(sign_extend32(0x80, 7), -128);
}

std::vector<unsigned> Cpus(const cpumask* mask) {
  std::vector<unsigned> out;
  unsigned cpu;
  for_each_cpu(cpu, mask) out.push_back(cpu);
  return out;
}

TEST(Cpumask, TheSystemStartsWithAllModelCpus) {
  ASSERT_EQ(nr_cpu_ids, hotweave::kCpus);
  EXPECT_EQ(num_online_cpus(), nr_cpu_ids);
  EXPECT_TRUE(cpumask_full(cpu_possible_mask));
  EXPECT_TRUE(cpumask_equal(cpu_possible_mask, cpu_online_mask));
  EXPECT_FALSE(cpu_dying(0));
}

TEST(Cpumask, CountFollowsTheMask) {
  set_cpu_online(1, false);
  set_cpu_online(1, false);
  EXPECT_EQ(num_online_cpus(), nr_cpu_ids - 1);
  EXPECT_EQ(Cpus(cpu_online_mask), (std::vector<unsigned>{0, 2}));
  EXPECT_EQ(cpumask_any_but(cpu_online_mask, 0), 2u);
  EXPECT_TRUE(cpumask_subset(cpumask_of(2), cpu_online_mask));
  set_cpu_online(1, true);
  EXPECT_EQ(num_online_cpus(), nr_cpu_ids);
}

TEST(Cpumask, BitsAboveTheMachineAreIgnored) {
  cpumask all;
  cpumask_setall(&all);
  EXPECT_EQ(cpumask_weight(&all), nr_cpu_ids);
  EXPECT_EQ(cpumask_next(static_cast<int>(nr_cpu_ids) - 1, &all), nr_cpu_ids);
  cpumask_clear(&all);
  EXPECT_EQ(cpumask_first(&all), nr_cpu_ids);
}

}  // namespace
