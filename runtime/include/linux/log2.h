/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Logarithms and powers of two. Follows include/linux/log2.h of Linux 6.1; constants of constants stay
 * constant expressions. The argument is evaluated more than once, as it may be in the kernel.
 */
#ifndef HOTWEAVE_LINUX_LOG2_H
#define HOTWEAVE_LINUX_LOG2_H

#include <linux/types.h>

/* Rounded down; -1 for 0. */
#define ilog2(n) ((n) ? 63 - __builtin_clzll((unsigned long long)(n) | !(n)) : -1)

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* Undefined for 0, as in the kernel. */
#define roundup_pow_of_two(n) ((n) == 1 ? 1UL : 1UL << (ilog2((n) - 1) + 1))
#define rounddown_pow_of_two(n) (1UL << ilog2(n))
/* Rounded up: the order of the smallest power of two that holds n; 0 for 0 and 1. */
#define order_base_2(n) ((n) > 1 ? ilog2((n) - 1) + 1 : 0)
#define bits_per(n) ((n) ? ilog2(n) + 1 : 1)

#endif
