// SPDX-License-Identifier: GPL-2.0-only OR MIT
// <linux/atomic.h>, <asm/cmpxchg.h> and READ_ONCE() & co. as C++ sees them: values, widths, wrapping. The C
// side is header_macros_target.c; what they order is the memory model's test.
#include <linux/atomic.h>

#include <climits>

#include <gtest/gtest.h>

namespace {

enum Color { kRed, kGreen = -1 };

TEST(Once, AnyScalarTypeKeepsItsBits) {
  short s = -2;
  bool b = true;
  Color c = kGreen;
  const char* const p = "x";
  double d = 1.5;
  unsigned long long big = ~0ull;
  EXPECT_EQ(READ_ONCE(s), -2);
  EXPECT_TRUE(READ_ONCE(b));
  EXPECT_EQ(READ_ONCE(c), kGreen);
  EXPECT_EQ(READ_ONCE(p), p);
  EXPECT_EQ(READ_ONCE(d), 1.5);
  EXPECT_EQ(READ_ONCE(big), ~0ull);
}

TEST(Once, StoreConvertsAsAnAssignment) {
  struct { unsigned char before, byte, after; } x = {1, 2, 3};
  bool b = false;
  int* p = nullptr;
  int i = 0;
  WRITE_ONCE(x.byte, 300 - 45);
  WRITE_ONCE(b, 5);
  WRITE_ONCE(p, &i);
  WRITE_ONCE(i, -1L);
  EXPECT_EQ(x.before, 1);
  EXPECT_EQ(x.byte, 255);
  EXPECT_EQ(x.after, 3);
  EXPECT_TRUE(b);
  EXPECT_EQ(p, &i);
  EXPECT_EQ(i, -1);
}

TEST(Barrier, OrderedAccessesMoveValues) {
  int x = 1;
  smp_store_release(&x, 9);
  EXPECT_EQ(smp_load_acquire(&x), 9);
  smp_store_mb(x, 10);
  EXPECT_EQ(smp_cond_load_acquire(&x, VAL == 10), 10);
}

TEST(Cmpxchg, ReturnsWhatItFound) {
  int x = 1;
  EXPECT_EQ(cmpxchg(&x, 2, 3), 1);
  EXPECT_EQ(x, 1);
  EXPECT_EQ(cmpxchg(&x, 1, -3), 1);
  EXPECT_EQ(xchg(&x, 4), -3);
  int old = 5;
  EXPECT_FALSE(try_cmpxchg(&x, &old, 6));
  EXPECT_EQ(old, 4);
  EXPECT_TRUE(try_cmpxchg(&x, &old, 6));
  EXPECT_EQ(x, 6);
}

TEST(Cmpxchg, PointersAndBytes) {
  int a, b;
  int* p = &a;
  EXPECT_EQ(cmpxchg(&p, &a, &b), &a);
  EXPECT_EQ(xchg(&p, nullptr), &b);
  unsigned char bytes[3] = {1, 200, 3};
  EXPECT_EQ(cmpxchg(&bytes[1], 200, 255), 200);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[1], 255);
  EXPECT_EQ(bytes[2], 3);
}

TEST(Atomic, ArithmeticReturnsBeforeOrAfter) {
  atomic_t v = ATOMIC_INIT(1);
  EXPECT_EQ(atomic_add_return(2, &v), 3);
  EXPECT_EQ(atomic_fetch_sub(5, &v), 3);
  EXPECT_EQ(atomic_read(&v), -2);
  EXPECT_EQ(atomic_inc_return_relaxed(&v), -1);
  EXPECT_TRUE(atomic_inc_and_test(&v));
  EXPECT_TRUE(atomic_add_negative(-1, &v));
  EXPECT_FALSE(atomic_dec_and_test(&v));
}

TEST(Atomic, WrapsInTwosComplement) {
  atomic_t v = ATOMIC_INIT(INT_MAX);
  EXPECT_EQ(atomic_inc_return(&v), INT_MIN);
  EXPECT_EQ(atomic_dec_return(&v), INT_MAX);
  atomic64_t w = ATOMIC64_INIT(LLONG_MIN);
  EXPECT_EQ(atomic64_sub_return(1, &w), LLONG_MAX);
}

TEST(Atomic, Logic) {
  atomic_t v = ATOMIC_INIT(6);
  EXPECT_EQ(atomic_fetch_andnot(2, &v), 6);
  EXPECT_EQ(atomic_fetch_or_acquire(-8, &v), 4);
  EXPECT_EQ(atomic_fetch_xor(3, &v), -4);
  atomic_and(7, &v);
  EXPECT_EQ(atomic_read(&v), 7);
}

TEST(Atomic, ConditionalOperationsLeaveTheirLimits) {
  atomic_t v = ATOMIC_INIT(0);
  EXPECT_FALSE(atomic_inc_not_zero(&v));
  EXPECT_EQ(atomic_dec_if_positive(&v), -1);
  EXPECT_EQ(atomic_read(&v), 0);
  EXPECT_TRUE(atomic_inc_unless_negative(&v));
  EXPECT_FALSE(atomic_dec_unless_positive(&v));
  EXPECT_TRUE(atomic_add_unless(&v, 4, 0));
  EXPECT_FALSE(atomic_add_unless(&v, 4, 5));
  EXPECT_EQ(atomic_fetch_add_unless(&v, 1, 0), 5);
}

TEST(Atomic, LongIsLong) {
  atomic_long_t v = ATOMIC_LONG_INIT(LONG_MAX);
  static_assert(std::is_same_v<decltype(atomic_long_read(&v)), long>);
  static_assert(std::is_same_v<decltype(atomic_read(static_cast<atomic_t*>(nullptr))), int>);
  EXPECT_EQ(atomic_long_xchg(&v, -1), LONG_MAX);
  long old = 3;
  EXPECT_FALSE(atomic_long_try_cmpxchg(&v, &old, 4));
  EXPECT_EQ(old, -1);
}

}  // namespace
