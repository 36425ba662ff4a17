/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Assertions. Follows include/asm-generic/bug.h of Linux 6.1. A BUG ends the execution with a finding of
 * kind assertion. A WARN has a value, so that `if (WARN_ON(x)) return` reads on. Any context; not
 * scheduling points.
 * Model: a WARN whose condition holds ends the execution as a BUG does.
 *
 * WARN_ON_ONCE() and WARN_ONCE() fire each time: a flag that remembers would be state hidden from the
 * execution. Depends on hotweave/hooks.h.
 */
#ifndef HOTWEAVE_LINUX_BUG_H
#define HOTWEAVE_LINUX_BUG_H

#include <hotweave/hooks.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define BUG() hotweave_bug(__FILE__, __LINE__, "BUG()")
#define BUG_ON(condition)                                                \
	do {                                                             \
		if (unlikely(condition))                                 \
			hotweave_bug(__FILE__, __LINE__, #condition);    \
	} while (0)

#define WARN_ON(condition)                                                               \
	({                                                                               \
		bool hw_warned = !!(condition);                                          \
		if (unlikely(hw_warned))                                                 \
			hotweave_warn(__FILE__, __LINE__, #condition, (const char *)0);  \
		unlikely(hw_warned);                                                     \
	})

/* WARN(condition, format, arguments…) */
#define WARN(condition, ...)                                                             \
	({                                                                               \
		bool hw_warned = !!(condition);                                          \
		if (unlikely(hw_warned)) {                                               \
			hotweave_check_format(__VA_ARGS__);                              \
			hotweave_warn(__FILE__, __LINE__, #condition, __VA_ARGS__);      \
		}                                                                        \
		unlikely(hw_warned);                                                     \
	})

#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN(condition, __VA_ARGS__)
#define WARN_TAINT(condition, taint, ...) WARN(condition, __VA_ARGS__)
#define WARN_TAINT_ONCE(condition, taint, ...) WARN(condition, __VA_ARGS__)
#define WARN_ON_SMP(condition) WARN_ON(condition)
/* A corrupted kernel object: what CONFIG_BUG_ON_DATA_CORRUPTION=n makes of it. */
#define CHECK_DATA_CORRUPTION(condition, ...) WARN(condition, __VA_ARGS__)

/* Makes the compiler check format and arguments, and nothing else: arguments are not evaluated. */
#define hotweave_check_format(...)                           \
	do {                                                 \
		if (0)                                       \
			(void)hotweave_printk(__VA_ARGS__);  \
	} while (0)

#endif
