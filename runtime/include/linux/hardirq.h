/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What old code includes for in_interrupt() and synchronize_irq(). Follows include/linux/hardirq.h of Linux 6.1.
 * Model: irq_enter() and irq_exit() are the runtime's: targets raise interrupts with hotweave_fire_irq() or
 * hotweave_raise_irq() of <hotweave/target.h>.
 */
#ifndef HOTWEAVE_LINUX_HARDIRQ_H
#define HOTWEAVE_LINUX_HARDIRQ_H

#include <linux/bottom_half.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* <linux/interrupt.h> has the contracts. */
void synchronize_irq(unsigned int irq);
bool synchronize_hardirq(unsigned int irq);

#ifdef __cplusplus
}
#endif
#endif
