/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Jiffies on the virtual clock: HZ 250, one jiffy is 4 ms of virtual time. Follows include/linux/jiffies.h and
 * kernel/time/time.c of Linux 6.1. Any context; not scheduling points.
 *
 * The clock moves when nothing can run but a timer or a sleep with a limit is pending, when the input lets a timer
 * expire early, in udelay() and the like, and while everybody who can run only spins: a loop on
 * time_before(jiffies, end) ends, whether it calls cpu_relax() or not.
 * Model: starts at 0 (INITIAL_JIFFIES of the kernel: -300 * HZ); `jiffies` is an expression, not a variable.
 */
#ifndef HOTWEAVE_LINUX_JIFFIES_H
#define HOTWEAVE_LINUX_JIFFIES_H

#include <limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <linux/typecheck.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HZ 250
#define USER_HZ 100
#define INITIAL_JIFFIES 0UL
#define TICK_NSEC (NSEC_PER_SEC / HZ)
#define TICK_USEC (USEC_PER_SEC / HZ)
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)
#define MAX_SEC_IN_JIFFIES (long)((u64)((u64)MAX_JIFFY_OFFSET * TICK_NSEC) / NSEC_PER_SEC)

unsigned long hotweave_jiffies(void);
#define jiffies hotweave_jiffies()
#define jiffies_64 ((u64)hotweave_jiffies())
static inline u64 get_jiffies_64(void) { return hotweave_jiffies(); }

/* Wrap-safe: @a is later than @b … Both unsigned long (u64 for the 64 forms). */
#define time_after(a, b) (typecheck(unsigned long, a) && typecheck(unsigned long, b) && ((long)((b) - (a)) < 0))
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) (typecheck(unsigned long, a) && typecheck(unsigned long, b) && ((long)((a) - (b)) >= 0))
#define time_before_eq(a, b) time_after_eq(b, a)
/* @a in [b, c]; in [b, c). */
#define time_in_range(a, b, c) (time_after_eq(a, b) && time_before_eq(a, c))
#define time_in_range_open(a, b, c) (time_after_eq(a, b) && time_before(a, c))

#define time_after64(a, b) (typecheck(__u64, a) && typecheck(__u64, b) && ((__s64)((b) - (a)) < 0))
#define time_before64(a, b) time_after64(b, a)
#define time_after_eq64(a, b) (typecheck(__u64, a) && typecheck(__u64, b) && ((__s64)((a) - (b)) >= 0))
#define time_before_eq64(a, b) time_after_eq64(b, a)
#define time_in_range64(a, b, c) (time_after_eq64(a, b) && time_before_eq64(a, c))

/* Is the time @a before now? … */
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)
#define time_is_before_eq_jiffies(a) time_after_eq(jiffies, a)
#define time_is_after_eq_jiffies(a) time_before_eq(jiffies, a)
#define time_is_before_jiffies64(a) time_after64(get_jiffies_64(), a)
#define time_is_after_jiffies64(a) time_before64(get_jiffies_64(), a)
#define time_is_before_eq_jiffies64(a) time_after_eq64(get_jiffies_64(), a)
#define time_is_after_eq_jiffies64(a) time_before_eq64(get_jiffies_64(), a)

/* ---- Other units to jiffies: rounded up; a negative int means for ever (MAX_JIFFY_OFFSET) ---------------- */

static inline unsigned long __msecs_to_jiffies(const unsigned int m)
{
	return (int)m < 0 ? (unsigned long)MAX_JIFFY_OFFSET : ((unsigned long)m * HZ + MSEC_PER_SEC - 1) / MSEC_PER_SEC;
}
static inline unsigned long msecs_to_jiffies(const unsigned int m) { return __msecs_to_jiffies(m); }

static inline unsigned long __usecs_to_jiffies(const unsigned int u)
{
	return ((unsigned long)u * HZ + USEC_PER_SEC - 1) / USEC_PER_SEC;
}
static inline unsigned long usecs_to_jiffies(const unsigned int u) { return __usecs_to_jiffies(u); }

/* Rounded down. */
static inline u64 nsecs_to_jiffies64(u64 n) { return div_u64(n, NSEC_PER_SEC / HZ); }
static inline unsigned long nsecs_to_jiffies(u64 n) { return (unsigned long)nsecs_to_jiffies64(n); }

static inline unsigned long timespec64_to_jiffies(const struct timespec64 *value)
{
	return value->tv_sec >= MAX_SEC_IN_JIFFIES
		       ? (unsigned long)MAX_JIFFY_OFFSET
		       : (unsigned long)value->tv_sec * HZ + ((unsigned long)value->tv_nsec + TICK_NSEC - 1) / TICK_NSEC;
}

/* ---- Jiffies to other units ------------------------------------------------------------------------------ */

static inline unsigned int jiffies_to_msecs(const unsigned long j) { return (unsigned int)(j * (MSEC_PER_SEC / HZ)); }
static inline unsigned int jiffies_to_usecs(const unsigned long j) { return (unsigned int)(j * (USEC_PER_SEC / HZ)); }
static inline u64 jiffies_to_nsecs(const unsigned long j) { return (u64)j * TICK_NSEC; }
static inline u64 jiffies64_to_nsecs(u64 j) { return j * TICK_NSEC; }
static inline u64 jiffies64_to_msecs(const u64 j) { return j * (MSEC_PER_SEC / HZ); }
static inline unsigned int jiffies_delta_to_msecs(long delta) { return jiffies_to_msecs(delta > 0 ? (unsigned long)delta : 0); }

static inline void jiffies_to_timespec64(const unsigned long j, struct timespec64 *value)
{
	*value = ns_to_timespec64((s64)jiffies_to_nsecs(j));
}

/* Ticks of user space's clock. */
static inline clock_t jiffies_to_clock_t(unsigned long x) { return (clock_t)(x * USER_HZ / HZ); }
static inline u64 jiffies_64_to_clock_t(u64 x) { return x * USER_HZ / HZ; }
static inline unsigned long clock_t_to_jiffies(unsigned long x)
{
	return x >= ~0UL / HZ * USER_HZ ? ~0UL : x * HZ / USER_HZ;
}
static inline clock_t jiffies_delta_to_clock_t(long delta) { return jiffies_to_clock_t(delta > 0 ? (unsigned long)delta : 0); }

#ifdef __cplusplus
}
#endif
#endif
