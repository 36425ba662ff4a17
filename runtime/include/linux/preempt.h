/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Preemption state of the current task, and what kind of code it runs. Follows include/linux/preempt.h of
 * Linux 6.1 with CONFIG_PREEMPTION and CONFIG_PREEMPT_COUNT. PREEMPT_RT is not modelled.
 *
 * While preemption is off the task stays on its CPU, no other task runs there, and it must not sleep (finding
 * sleep-in-atomic). Handlers of interrupts may still run on top of it. Sections with preemption off on one CPU
 * exclude each other and are ordered; a handler is ordered with none of them (see <linux/irqflags.h>).
 * Left off when the task ends or a handler returns: finding lock-leak. Turned on more often than off: lock-misuse.
 *
 * Context: any, for everything here.
 * Model: the count is worked out when it is asked for, from the task's own and those of what it interrupted.
 */
#ifndef HOTWEAVE_LINUX_PREEMPT_H
#define HOTWEAVE_LINUX_PREEMPT_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The count --------------------------------------------------------------------------------- */

/*
 * preempt_count(): bits 0-7 depth of preempt_disable() (spinlocks held included), bits 8-15 twice the depth of
 * local_bh_disable() plus 1 in a softirq, bits 16-19 1 in a hard interrupt, bits 20-23 NMIs (there are none).
 */
#define PREEMPT_BITS 8
#define SOFTIRQ_BITS 8
#define HARDIRQ_BITS 4
#define NMI_BITS 4

#define PREEMPT_SHIFT 0
#define SOFTIRQ_SHIFT (PREEMPT_SHIFT + PREEMPT_BITS)
#define HARDIRQ_SHIFT (SOFTIRQ_SHIFT + SOFTIRQ_BITS)
#define NMI_SHIFT (HARDIRQ_SHIFT + HARDIRQ_BITS)

#define __IRQ_MASK(x) ((1UL << (x)) - 1)
#define PREEMPT_MASK (__IRQ_MASK(PREEMPT_BITS) << PREEMPT_SHIFT)
#define SOFTIRQ_MASK (__IRQ_MASK(SOFTIRQ_BITS) << SOFTIRQ_SHIFT)
#define HARDIRQ_MASK (__IRQ_MASK(HARDIRQ_BITS) << HARDIRQ_SHIFT)
#define NMI_MASK (__IRQ_MASK(NMI_BITS) << NMI_SHIFT)

#define PREEMPT_OFFSET (1UL << PREEMPT_SHIFT)
#define SOFTIRQ_OFFSET (1UL << SOFTIRQ_SHIFT)
#define HARDIRQ_OFFSET (1UL << HARDIRQ_SHIFT)
#define NMI_OFFSET (1UL << NMI_SHIFT)

#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET)
#define PREEMPT_DISABLE_OFFSET PREEMPT_OFFSET
#define PREEMPT_LOCK_OFFSET PREEMPT_DISABLE_OFFSET
#define SOFTIRQ_LOCK_OFFSET (SOFTIRQ_DISABLE_OFFSET + PREEMPT_LOCK_OFFSET)

int preempt_count(void);

#define nmi_count() (preempt_count() & NMI_MASK)
#define hardirq_count() (preempt_count() & HARDIRQ_MASK)
#define softirq_count() (preempt_count() & SOFTIRQ_MASK)
#define irq_count() (nmi_count() | hardirq_count() | softirq_count())

/* ---- Which kind of code this is ---------------------------------------------------------------- */

#define in_nmi() (nmi_count())                                 /* never */
#define in_hardirq() (hardirq_count())                         /* in a hard interrupt handler */
#define in_serving_softirq() (softirq_count() & SOFTIRQ_OFFSET) /* in a softirq, or a hard handler on top of one */
#define in_task() (!(in_nmi() | in_hardirq() | in_serving_softirq()))

/* Obsolete names; in_softirq() and in_interrupt() are also true with bottom halves off. */
#define in_irq() (hardirq_count())
#define in_softirq() (softirq_count())
#define in_interrupt() (irq_count())

/* Not everything: interrupts off alone is atomic too, and in_atomic() does not say so. */
#define in_atomic() (preempt_count() != 0)
#define in_atomic_preempt_off() (preempt_count() != PREEMPT_DISABLE_OFFSET)
int irqs_disabled(void);
#define preemptible() (preempt_count() == 0 && !irqs_disabled())

/* ---- Turning it off and on --------------------------------------------------------------------- */

/* Nests. Not a scheduling point. */
void preempt_disable(void);
/* Scheduling point if the count of preempt_disable() becomes 0. */
void preempt_enable(void);
/* Without the scheduling point. */
void preempt_enable_no_resched(void);
/* Scheduling point if preemption is possible. */
void hotweave_preempt_check_resched(void);

#define preempt_disable_notrace() preempt_disable()
#define preempt_enable_notrace() preempt_enable()
#define preempt_enable_no_resched_notrace() preempt_enable_no_resched()
#define sched_preempt_enable_no_resched() preempt_enable_no_resched()
#define preempt_check_resched() hotweave_preempt_check_resched()

/*
 * The task stays on its CPU but may be preempted there, and may sleep. Nests; left off at the end of the task:
 * finding lock-leak. migrate_enable() is a scheduling point when the depth becomes 0, and without
 * migrate_disable() lock-misuse. Source: migrate_disable(), kernel/sched/core.c, 6.1.
 */
void migrate_disable(void);
void migrate_enable(void);

#ifdef __cplusplus
}
#endif
#endif
