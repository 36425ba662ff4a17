// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of rcu_sync_test.cc: which sections the grace period behind rcu_sync_exit() waits for. */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/rcu_sync.h>

#include "../support/tasks.h"

static struct rcu_sync rss;

static bool is_idle(void)
{
	bool idle;

	preempt_disable();
	idle = rcu_sync_is_idle(&rss);
	preempt_enable();
	return idle;
}

HOTWEAVE_TARGET(rcu_sync_later_section, "a section begins after rcu_sync_exit(), and is there when time is up")
{
	rcu_sync_init(&rss);
	rcu_sync_enter(&rss);
	rcu_sync_exit(&rss);
	preempt_disable();
	mdelay(100);
	BUG_ON(!rcu_sync_is_idle(&rss));
	preempt_enable();
}

HOTWEAVE_TARGET(rcu_sync_earlier_section, "a section is there when rcu_sync_exit() is called, and when time is up")
{
	rcu_sync_init(&rss);
	rcu_sync_enter(&rss);
	preempt_disable();
	rcu_sync_exit(&rss);
	mdelay(100);
	BUG_ON(rcu_sync_is_idle(&rss));
	preempt_enable();
	msleep(100);
	BUG_ON(!is_idle());
}
