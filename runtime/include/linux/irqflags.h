/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Local interrupts. Follows include/linux/irqflags.h of Linux 6.1.
 *
 * While they are off, no interrupt handler, hard or soft, runs on this CPU, the task stays there, is not preempted
 * and must not sleep. Sections with interrupts off and handlers of one CPU exclude each other and are ordered;
 * code of another CPU is not kept out. In hard interrupt handlers they are off: turning them on there, or
 * returning from one with them on, is a finding of kind assertion or lock-leak.
 *
 * Context: any. Scheduling points: where interrupts go on (a pending one may run there).
 * Model: hard interrupts do not nest on a CPU; there are no NMIs.
 */
#ifndef HOTWEAVE_LINUX_IRQFLAGS_H
#define HOTWEAVE_LINUX_IRQFLAGS_H

#include <linux/typecheck.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* They do not nest: one local_irq_enable() undoes any number of local_irq_disable(). */
void local_irq_disable(void);
void local_irq_enable(void);
unsigned long hotweave_local_irq_save(void);
/* `flags` as local_irq_save() left them. A finding of kind assertion if interrupts are on now.
 * Source: raw_check_bogus_irq_restore(), 6.1 with CONFIG_DEBUG_IRQFLAGS. */
void local_irq_restore(unsigned long flags);
/* Non-zero while interrupts of this CPU are off. */
int irqs_disabled(void);

#define local_irq_save(flags)                           \
	do {                                            \
		typecheck(unsigned long, flags);        \
		(flags) = hotweave_local_irq_save();    \
	} while (0)
#define local_save_flags(flags)                         \
	do {                                            \
		typecheck(unsigned long, flags);        \
		(flags) = (unsigned long)irqs_disabled(); \
	} while (0)
static inline int irqs_disabled_flags(unsigned long flags) { return flags != 0; }

/* Without lockdep's knowledge there; the same here. */
#define raw_local_irq_disable() local_irq_disable()
#define raw_local_irq_enable() local_irq_enable()
#define raw_local_irq_save(flags) local_irq_save(flags)
#define raw_local_irq_restore(flags) local_irq_restore(flags)
#define raw_local_save_flags(flags) local_save_flags(flags)
#define raw_irqs_disabled_flags(flags) irqs_disabled_flags(flags)
#define raw_irqs_disabled() irqs_disabled()

#ifdef __cplusplus
}
#endif
#endif
