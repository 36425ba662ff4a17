/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * 64-bit division and multiplication. Follows include/linux/math64.h of Linux 6.1 on a 64-bit machine.
 * A divisor of 0 is a divide error of the target. Any context; depends on types.h.
 */
#ifndef HOTWEAVE_LINUX_MATH64_H
#define HOTWEAVE_LINUX_MATH64_H

#include <linux/math.h>
#include <linux/types.h>

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = (u32)(dividend % divisor);
	return dividend / divisor;
}

static inline s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder)
{
	*remainder = (s32)(dividend % divisor);
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor) { return dividend / divisor; }
static inline s64 div_s64(s64 dividend, s32 divisor) { return dividend / divisor; }
static inline u64 div64_u64(u64 dividend, u64 divisor) { return dividend / divisor; }
static inline s64 div64_s64(s64 dividend, s64 divisor) { return dividend / divisor; }
#define div64_long(x, y) div64_s64((x), (y))
#define div64_ul(x, y) div64_u64((x), (y))

/* n becomes n / base; the value is the remainder. */
#define do_div(n, base)                                     \
	({                                                  \
		u32 hw_base = (base);                       \
		u32 hw_rem = (u32)((u64)(n) % hw_base);     \
		(n) = (u64)(n) / hw_base;                   \
		hw_rem;                                     \
	})

static inline u64 mul_u32_u32(u32 a, u32 b) { return (u64)a * b; }

/* (a * b) >> shift without losing the upper half of the product. */
static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (u64)(((unsigned __int128)a * b) >> shift);
}

static inline u64 mul_u64_u32_shr(u64 a, u32 mul, unsigned int shift)
{
	return mul_u64_u64_shr(a, mul, shift);
}

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (u64)((unsigned __int128)a * b / c);
}

static inline u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor)
{
	return mul_u64_u64_div_u64(a, mul, divisor);
}

#define DIV64_U64_ROUND_UP(ll, d) \
	({ u64 hw_d = (d); div64_u64((ll) + hw_d - 1, hw_d); })
#define DIV64_U64_ROUND_CLOSEST(dividend, divisor) \
	({ u64 hw_d = (divisor); div64_u64((dividend) + hw_d / 2, hw_d); })

#endif
