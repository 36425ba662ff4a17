/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Accesses that the compiler does not see, told by hand: to the race detector and to the memory checks. Follows
 * include/linux/instrumented.h of Linux 6.1. Each is a check of <linux/kcsan-checks.h>: any context, a
 * scheduling point.
 */
#ifndef HOTWEAVE_LINUX_INSTRUMENTED_H
#define HOTWEAVE_LINUX_INSTRUMENTED_H

#include <linux/compiler.h>
#include <linux/kcsan-checks.h>
#include <linux/types.h>

static __always_inline void instrument_read(const volatile void *v, size_t size)
{
	kcsan_check_read(v, size);
}

static __always_inline void instrument_write(const volatile void *v, size_t size)
{
	kcsan_check_write(v, size);
}

static __always_inline void instrument_read_write(const volatile void *v, size_t size)
{
	kcsan_check_read_write(v, size);
}

static __always_inline void instrument_atomic_read(const volatile void *v, size_t size)
{
	kcsan_check_atomic_read(v, size);
}

static __always_inline void instrument_atomic_write(const volatile void *v, size_t size)
{
	kcsan_check_atomic_write(v, size);
}

static __always_inline void instrument_atomic_read_write(const volatile void *v, size_t size)
{
	kcsan_check_atomic_read_write(v, size);
}

/* Before copies to and from user memory: they read, respectively write, the kernel's side. */
static __always_inline void instrument_copy_to_user(void __user *to, const void *from, unsigned long n)
{
	(void)to;
	kcsan_check_read(from, n);
}

static __always_inline void instrument_copy_from_user_before(const void *to, const void __user *from, unsigned long n)
{
	(void)from;
	kcsan_check_write(to, n);
}

static __always_inline void instrument_copy_from_user_after(const void *to, const void __user *from, unsigned long n,
							    unsigned long left)
{
	(void)to, (void)from, (void)n, (void)left;
}

#endif
