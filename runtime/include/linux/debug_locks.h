/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Checks of held locks at the end of tasks and of memory. Follows include/linux/debug_locks.h of Linux 6.1.
 * Context: any. Scheduling points: none.
 */
#ifndef HOTWEAVE_LINUX_DEBUG_LOCKS_H
#define HOTWEAVE_LINUX_DEBUG_LOCKS_H

#include <linux/bug.h>
#include <linux/lockdep.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The memory goes away: a finding of kind lock-misuse if the current task holds a lock in it. */
void debug_check_no_locks_freed(const void *from, unsigned long len);
/* The current task must hold nothing (finding lock-leak). Tasks are checked at their end without this. */
void debug_check_no_locks_held(void);

/* Model: a warning is a finding, so it is never "off". */
#define debug_locks 1
#define DEBUG_LOCKS_WARN_ON(c) WARN_ON(c)
#define SMP_DEBUG_LOCKS_WARN_ON(c) DEBUG_LOCKS_WARN_ON(c)

#ifdef __cplusplus
}
#endif
#endif
