/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The header everybody includes. Follows include/linux/kernel.h of Linux 6.1. libc pulls this name from
 * the system's headers, which come first.
 */
#ifndef HOTWEAVE_LINUX_KERNEL_H
#define HOTWEAVE_LINUX_KERNEL_H

#include_next <linux/kernel.h>
#include <hotweave/hooks.h>
#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/stddef.h>
#include <linux/stringify.h>
#include <linux/typecheck.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdio.h>

/* Number of elements of an array; a pointer does not compile. */
#ifdef __cplusplus
extern "C++" {
template <class T, size_t N> char (&hotweave_array_of(const volatile T (&)[N]))[N];
}
#define ARRAY_SIZE(arr) (sizeof(hotweave_array_of(arr)))
#else
#define ARRAY_SIZE(arr) \
	(sizeof(arr) / sizeof((arr)[0]) + BUILD_BUG_ON_ZERO(__same_type((arr), &(arr)[0])))
#endif

/* This function may sleep: a finding if the current context must not. Not a scheduling point. */
#define might_sleep() hotweave_might_sleep(__FILE__, __LINE__)
#define might_sleep_if(cond)           \
	do {                           \
		if (cond)              \
			might_sleep(); \
	} while (0)
/* Full preemption: might_sleep() is no place to give way by itself. */
#define might_resched() ((void)0)
/* Sleeping is impossible here (preemption or interrupts off), or migration is: findings of kind assertion
 * where it is not so. Not scheduling points. */
#define cant_sleep() hotweave_cant_sleep()
#define cant_migrate() hotweave_cant_migrate()
/* Between the two nothing may sleep, though the context would allow it. Nests. */
#define non_block_start() hotweave_non_block(1)
#define non_block_end() hotweave_non_block(-1)

/*
 * A formatted string on the heap, as kmalloc(): free with kfree(). NULL if there is no memory. The formats are libc's.
 * Context: as kmalloc(). Scheduling point.
 */
#ifdef __cplusplus
extern "C" {
#endif
char *kasprintf(gfp_t gfp, const char *fmt, ...) __attribute__((__format__(__printf__, 2, 3)));
/*
 * snprintf(), vsnprintf() and sprintf() are libc's. scnprintf(): as snprintf(), but returns the length of the text in
 * the buffer. Any context. Model: the buffer's bytes are written unseen by the race detector; the kernel's own format
 * letters (%pK …) are not known.
 */
static inline __attribute__((__format__(__printf__, 3, 4))) int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return size == 0 ? 0 : len < (int)size ? len : (int)size - 1;
}

char *kvasprintf(gfp_t gfp, const char *fmt, va_list args) __attribute__((__format__(__printf__, 2, 0)));
#ifdef __cplusplus
}
#endif

#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define upper_16_bits(n) ((u16)((n) >> 16))
#define lower_16_bits(n) ((u16)((n) & 0xffff))

#define u64_to_user_ptr(x) ((void *)(uintptr_t)(u64)(x))
#define PTR_IF(cond, ptr) ((cond) ? (ptr) : NULL)
#define REPEAT_BYTE(x) ((~0ul / 0xff) * (x))

/* Where this is: for messages. Constant, because addresses never reach an output. */
#define _RET_IP_ ((unsigned long)0)
#define _THIS_IP_ ((unsigned long)0)

#define panic(...)                                     \
	do {                                           \
		hotweave_check_format(__VA_ARGS__);    \
		hotweave_bug(__FILE__, __LINE__, "panic()"); \
	} while (0)

#endif
