/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Jiffies on the virtual clock: HZ 250, one jiffy is 4 ms of virtual time. Follows
 * include/linux/jiffies.h of Linux 6.1. Any context; not scheduling points.
 */
#ifndef HOTWEAVE_LINUX_JIFFIES_H
#define HOTWEAVE_LINUX_JIFFIES_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HZ 250

unsigned long hotweave_jiffies(void);
#define jiffies hotweave_jiffies()

static inline unsigned long msecs_to_jiffies(const unsigned int m) { return ((unsigned long)m * HZ + 999) / 1000; }
static inline unsigned int jiffies_to_msecs(const unsigned long j) { return (unsigned int)(j * (1000 / HZ)); }

#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

#ifdef __cplusplus
}
#endif
#endif
