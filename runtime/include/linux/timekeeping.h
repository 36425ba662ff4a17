/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reading the virtual clock. Follows include/linux/timekeeping.h of Linux 6.1. Any context; not scheduling points. When
 * it moves: <linux/jiffies.h>.
 * Model: one clock for all: monotonic, boot time, raw and fast readings agree, and all but real time begin at 0. Real time
 * begins at 2022-12-11 22:15:18 UTC, the day of Linux 6.1, and is never set.
 */
#ifndef HOTWEAVE_LINUX_TIMEKEEPING_H
#define HOTWEAVE_LINUX_TIMEKEEPING_H

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/time64.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Nanoseconds since the execution began. */
s64 hotweave_now(void);
#define HOTWEAVE_WALL_OFFSET (1670796918LL * NSEC_PER_SEC)

enum tk_offsets {
	TK_OFFS_REAL,
	TK_OFFS_BOOT,
	TK_OFFS_TAI,
	TK_OFFS_MAX,
};

static inline ktime_t ktime_get(void) { return hotweave_now(); }
static inline ktime_t ktime_get_raw(void) { return hotweave_now(); }
static inline ktime_t ktime_get_boottime(void) { return hotweave_now(); }
static inline ktime_t ktime_get_real(void) { return hotweave_now() + HOTWEAVE_WALL_OFFSET; }
static inline ktime_t ktime_get_clocktai(void) { return ktime_get_real(); }
static inline ktime_t ktime_get_with_offset(enum tk_offsets offs)
{
	return offs == TK_OFFS_BOOT ? ktime_get_boottime() : ktime_get_real();
}
/* The value at the latest tick: of 4 ms. */
static inline ktime_t ktime_get_coarse(void) { return hotweave_now() / 4000000 * 4000000; }
static inline ktime_t ktime_get_coarse_boottime(void) { return ktime_get_coarse(); }
static inline ktime_t ktime_get_coarse_real(void) { return ktime_get_coarse() + HOTWEAVE_WALL_OFFSET; }

static inline u64 ktime_get_ns(void) { return (u64)hotweave_now(); }
static inline u64 ktime_get_raw_ns(void) { return (u64)hotweave_now(); }
static inline u64 ktime_get_boottime_ns(void) { return (u64)hotweave_now(); }
static inline u64 ktime_get_real_ns(void) { return (u64)ktime_get_real(); }
static inline u64 ktime_get_coarse_ns(void) { return (u64)ktime_get_coarse(); }
/* The forms that are safe in NMIs. */
static inline u64 ktime_get_mono_fast_ns(void) { return (u64)hotweave_now(); }
static inline u64 ktime_get_raw_fast_ns(void) { return (u64)hotweave_now(); }
static inline u64 ktime_get_boot_fast_ns(void) { return (u64)hotweave_now(); }
static inline u64 ktime_get_real_fast_ns(void) { return (u64)ktime_get_real(); }

static inline time64_t ktime_get_seconds(void) { return hotweave_now() / NSEC_PER_SEC; }
static inline time64_t ktime_get_boottime_seconds(void) { return ktime_get_seconds(); }
static inline time64_t ktime_get_real_seconds(void) { return ktime_get_real() / NSEC_PER_SEC; }
static inline void ktime_get_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get()); }
static inline void ktime_get_raw_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get()); }
static inline void ktime_get_boottime_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get()); }
static inline void ktime_get_real_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get_real()); }
static inline void ktime_get_coarse_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get_coarse()); }
static inline void ktime_get_coarse_real_ts64(struct timespec64 *ts) { *ts = ns_to_timespec64(ktime_get_coarse_real()); }
/* From monotonic to real time. */
static inline ktime_t ktime_mono_to_real(ktime_t mono) { return mono + HOTWEAVE_WALL_OFFSET; }

/* <linux/sched/clock.h>: the same clock. */
static inline u64 local_clock(void) { return (u64)hotweave_now(); }
static inline u64 sched_clock(void) { return (u64)hotweave_now(); }

#ifdef __cplusplus
}
#endif
#endif
