// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The estimate of how many different schedules a campaign has seen. Depends on fuzz/distinct.h.
#include "fuzz/distinct.h"

#include <gtest/gtest.h>

namespace hotweave {
namespace {

void ExpectNear(uint64_t n) {
  DistinctCounter c;
  for (uint64_t i = 0; i < n; ++i) c.Add(i);
  const auto estimate = static_cast<double>(c.Estimate());
  EXPECT_NEAR(estimate, static_cast<double>(n), 1 + 0.04 * static_cast<double>(n));
}

TEST(Distinct, SmallAndLargeNumbers) {
  for (uint64_t n : {0, 1, 2, 10, 100, 1000, 30'000, 300'000}) ExpectNear(n);
}

TEST(Distinct, RepetitionsDoNotCount) {
  DistinctCounter c;
  for (int i = 0; i < 100'000; ++i) c.Add(static_cast<uint64_t>(i % 50));
  EXPECT_NEAR(static_cast<double>(c.Estimate()), 50, 1);
}

TEST(Distinct, MergeIsTheUnion) {
  DistinctCounter a, b, both;
  for (uint64_t i = 0; i < 5000; ++i) {
    a.Add(i);
    b.Add(i + 2500);
    both.Add(i);
    both.Add(i + 2500);
  }
  a.Merge(b);
  EXPECT_EQ(a.Estimate(), both.Estimate());
}

}  // namespace
}  // namespace hotweave
