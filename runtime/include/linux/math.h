/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Rounding and division. Follows include/linux/math.h of Linux 6.1. round_up() and round_down() take
 * powers of two, roundup() and rounddown() any divisor. Depends on libc's abs() in C++.
 */
#ifndef HOTWEAVE_LINUX_MATH_H
#define HOTWEAVE_LINUX_MATH_H

#include <linux/types.h>
#include <stdlib.h>

#define round_up(x, y) ((((x) - 1) | ((__typeof__(x))((y) - 1))) + 1)
#define round_down(x, y) ((x) & ~((__typeof__(x))((y) - 1)))
#define roundup(x, y)                                            \
	({                                                       \
		__typeof__(y) hw_step = (y);                     \
		(((x) + (hw_step - 1)) / hw_step) * hw_step;     \
	})
#define rounddown(x, y)                          \
	({                                       \
		__typeof__(x) hw_num = (x);      \
		hw_num - (hw_num % (y));         \
	})

#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), (d))
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (d))
#define DIV_ROUND_CLOSEST(x, divisor)                                                    \
	({                                                                               \
		__typeof__(x) hw_num = (x);                                              \
		__typeof__(divisor) hw_div = (divisor);                                  \
		((hw_num > 0) == (hw_div > 0)) ? (hw_num + hw_div / 2) / hw_div :        \
						 (hw_num - hw_div / 2) / hw_div;         \
	})

/* The absolute value of any signed integer type, in that type. */
#ifndef __cplusplus
#define abs(x)                                     \
	({                                         \
		__typeof__(x) hw_num = (x);        \
		hw_num < 0 ? -hw_num : hw_num;     \
	})
#endif
#define abs_diff(a, b)                                               \
	({                                                           \
		__typeof__(a) hw_a = (a);                            \
		__typeof__(b) hw_b = (b);                            \
		hw_a > hw_b ? (hw_a - hw_b) : (hw_b - hw_a);         \
	})

#endif
