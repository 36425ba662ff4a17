/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Preemption state of the current task. Follows include/linux/preempt.h of Linux 6.1.
 * While the count is not 0 the task stays on its CPU, no other task runs there, and it must not sleep.
 * Any context. preempt_enable() that brings the count to 0 is a scheduling point.
 */
#ifndef HOTWEAVE_LINUX_PREEMPT_H
#define HOTWEAVE_LINUX_PREEMPT_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void preempt_disable(void);
void preempt_enable(void);
void preempt_enable_no_resched(void); /* not a scheduling point */
int preempt_count(void);

/* Non-zero in a hardware interrupt handler; in any interrupt; where sleeping is forbidden. */
int hotweave_in_hardirq(void);
#define in_hardirq() hotweave_in_hardirq()
#define in_irq() hotweave_in_hardirq()
#define in_interrupt() hotweave_in_hardirq()
#define in_task() (!hotweave_in_hardirq())
int hotweave_in_atomic(void);
#define in_atomic() (preempt_count() != 0)
#define preemptible() (!hotweave_in_atomic())

#ifdef __cplusplus
}
#endif
#endif
