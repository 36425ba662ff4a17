/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What an interrupt handler returns. Follows include/linux/irqreturn.h of Linux 6.1. */
#ifndef HOTWEAVE_LINUX_IRQRETURN_H
#define HOTWEAVE_LINUX_IRQRETURN_H

enum irqreturn {
	IRQ_NONE = (0 << 0),        /* not from this device */
	IRQ_HANDLED = (1 << 0),     /* done */
	IRQ_WAKE_THREAD = (1 << 1), /* the thread of request_threaded_irq() does the rest */
};
typedef enum irqreturn irqreturn_t;
#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)

#endif
