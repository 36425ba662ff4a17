/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Checks at compile time. Follows include/linux/build_bug.h of Linux 6.1. Depends on nothing. */
#ifndef HOTWEAVE_LINUX_BUILD_BUG_H
#define HOTWEAVE_LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#ifdef __cplusplus
#define hotweave_static_assert static_assert
#else
#define hotweave_static_assert _Static_assert
#include <assert.h> /* static_assert() */
#endif

/* Statements that do not compile if the constant condition holds. */
#define BUILD_BUG_ON_MSG(cond, msg) \
	do { hotweave_static_assert(!(cond), msg); } while (0)
#define BUILD_BUG_ON(cond) BUILD_BUG_ON_MSG(cond, "BUILD_BUG_ON: " #cond)
#define BUILD_BUG() BUILD_BUG_ON_MSG(1, "BUILD_BUG")
#define BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON((n) == 0 || (((n) & ((n) - 1)) != 0))
/* The same as an expression of value 0. */
#define BUILD_BUG_ON_ZERO(e) ((int)(sizeof(char[1 - 2 * !!(e)]) - 1))
/* Compiles `e` without evaluating it. */
#define BUILD_BUG_ON_INVALID(e) ((void)sizeof((long)(e)))

#endif
