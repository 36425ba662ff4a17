// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The header-only kernel interface as C sees it (header_macros_target.c), and reference counts.
#include <linux/kref.h>

#include <gtest/gtest.h>

extern "C" int header_macros_once(void);
extern "C" int header_macros_kernel(void);
extern "C" int header_macros_list(void);
extern "C" int header_macros_small(void);

namespace {

// 0, or the line of header_macros_target.c whose check failed.
TEST(HeaderMacros, Once) { EXPECT_EQ(header_macros_once(), 0); }
TEST(HeaderMacros, Kernel) { EXPECT_EQ(header_macros_kernel(), 0); }
TEST(HeaderMacros, List) { EXPECT_EQ(header_macros_list(), 0); }
TEST(HeaderMacros, SmallHeaders) { EXPECT_EQ(header_macros_small(), 0); }

int released;
void Release(kref*) { ++released; }

TEST(Refcount, LastDropTellsSo) {
  refcount_t r = REFCOUNT_INIT(1);
  refcount_inc(&r);
  EXPECT_FALSE(refcount_dec_and_test(&r));
  EXPECT_FALSE(refcount_dec_not_one(&r));
  EXPECT_TRUE(refcount_dec_and_test(&r));
  EXPECT_FALSE(refcount_inc_not_zero(&r));
}

TEST(Refcount, KrefReleasesOnce) {
  kref k = KREF_INIT(1);
  kref_get(&k);
  EXPECT_EQ(kref_put(&k, Release), 0);
  EXPECT_EQ(kref_put(&k, Release), 1);
  EXPECT_EQ(released, 1);
}

}  // namespace
