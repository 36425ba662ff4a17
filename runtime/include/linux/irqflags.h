/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Local interrupts. Follows include/linux/irqflags.h of Linux 6.1.
 * While they are off, no interrupt handler runs on this CPU and the task is not preempted.
 * Any context. Turning interrupts on is a scheduling point (a pending interrupt may run there).
 */
#ifndef HOTWEAVE_LINUX_IRQFLAGS_H
#define HOTWEAVE_LINUX_IRQFLAGS_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void local_irq_disable(void);
void local_irq_enable(void);
unsigned long hotweave_local_irq_save(void);
void local_irq_restore(unsigned long flags);
int irqs_disabled(void);

#define local_irq_save(flags) ((flags) = hotweave_local_irq_save())

#ifdef __cplusplus
}
#endif
#endif
