/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Delays on the virtual clock. Follows include/linux/delay.h of Linux 6.1.
 * Sleeping tasks wake when every other task sleeps too (the clock then jumps to the next timer).
 * Context: may sleep, but for udelay()/ndelay()/mdelay(), which only give way. Scheduling points.
 */
#ifndef HOTWEAVE_LINUX_DELAY_H
#define HOTWEAVE_LINUX_DELAY_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void msleep(unsigned int msecs);
void ssleep(unsigned int seconds);
void usleep_range(unsigned long min, unsigned long max);
void udelay(unsigned long usecs);
void ndelay(unsigned long nsecs);
void mdelay(unsigned long msecs);

#ifdef __cplusplus
}
#endif
#endif
