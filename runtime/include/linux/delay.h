/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Delays on the virtual clock. Follows include/linux/delay.h and kernel/time/timer.c of Linux 6.1.
 *
 * The sleeping ones end by default when every other task sleeps too (the clock then jumps to the next timer), and never
 * early: code that sleeps for others to settle is not cheated. udelay(), ndelay() and mdelay() keep the CPU while
 * time passes: timers that become due meanwhile fire.
 * Context: the sleeping ones may sleep (checked), the others any. Scheduling points.
 * Model: usleep_range() sleeps for its minimum, and delays are exact.
 */
#ifndef HOTWEAVE_LINUX_DELAY_H
#define HOTWEAVE_LINUX_DELAY_H

#include <linux/math.h>
#include <linux/sched.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Cannot be cut short: a wake-up starts the rest of the sleep. */
void msleep(unsigned int msecs);
void ssleep(unsigned int seconds);
/* A signal, or any wake-up of an interruptible task, may end it: returns the milliseconds left. */
unsigned long msleep_interruptible(unsigned int msecs);
/* Microseconds; in `state` (TASK_UNINTERRUPTIBLE, TASK_IDLE). */
void usleep_range_state(unsigned long min, unsigned long max, unsigned int state);
static inline void usleep_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, TASK_UNINTERRUPTIBLE);
}
static inline void usleep_idle_range(unsigned long min, unsigned long max)
{
	usleep_range_state(min, max, TASK_IDLE);
}

/* Keep the CPU. */
void udelay(unsigned long usecs);
void ndelay(unsigned long nsecs);
void mdelay(unsigned long msecs);

/* Whichever of the above fits that many microseconds. Context: may sleep. */
static inline void fsleep(unsigned long usecs)
{
	if (usecs <= 10)
		udelay(usecs);
	else if (usecs <= 20000)
		usleep_range(usecs, 2 * usecs);
	else
		msleep((unsigned int)((usecs + 999) / 1000));
}

#ifdef __cplusplus
}
#endif
#endif
