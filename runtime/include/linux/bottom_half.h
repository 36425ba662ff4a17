/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Bottom halves: no softirq runs on this CPU while they are off. Follows include/linux/bottom_half.h and
 * kernel/softirq.c of Linux 6.1 (not PREEMPT_RT).
 *
 * Off, they nest, keep the task on its CPU and forbid it to sleep. Sections with bottom halves off and softirqs of
 * one CPU exclude each other and are ordered. Softirqs that came up meanwhile run within the last
 * local_bh_enable(), before it returns.
 *
 * Context: not in hard interrupt handlers, and local_bh_enable() not with interrupts off: findings of kind
 * assertion, as the kernel's WARN_ON_ONCE(). Unbalanced: lock-misuse at local_bh_enable(), lock-leak at the end.
 */
#ifndef HOTWEAVE_LINUX_BOTTOM_HALF_H
#define HOTWEAVE_LINUX_BOTTOM_HALF_H

#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Not a scheduling point. */
void local_bh_disable(void);
/* Scheduling point when the depth becomes 0. */
void local_bh_enable(void);

static inline void local_bh_enable_ip(unsigned long ip)
{
	(void)ip;
	local_bh_enable();
}

/* True only with PREEMPT_RT. */
static inline bool local_bh_blocked(void) { return false; }

#ifdef __cplusplus
}
#endif
#endif
