// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: what runs later in another context: timers. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timer.h>

#include "rows.h"

static void timer_second(struct timer_list *) { second_access(); }
static void timer_first(struct timer_list *) { first_access(); }
static DEFINE_TIMER(second_timer, timer_second);
static DEFINE_TIMER(first_timer, timer_first);

static void sync_timer_armed(void)
{
	first_access();
	mod_timer(&second_timer, jiffies + 1);
	msleep(100);
}
ORDERED(timer_armed);

static void sync_timer_armed_early(void)
{
	mod_timer(&second_timer, jiffies + 1);
	first_access();
	msleep(100);
}
UNORDERED(timer_armed_early);

static void sync_timer_sync(void)
{
	mod_timer(&first_timer, jiffies + 1);
	msleep(8);
	del_timer_sync(&first_timer);
	second_access();
}
ORDERED(timer_sync);

static void sync_timer_slept(void)
{
	mod_timer(&first_timer, jiffies + 1);
	msleep(100);
	second_access();
}
UNORDERED(timer_slept);

/* The timer may be running. */
static void sync_timer_del(void)
{
	mod_timer(&first_timer, jiffies + 1);
	msleep(8);
	del_timer(&first_timer);
	second_access();
}
UNORDERED(timer_del);
