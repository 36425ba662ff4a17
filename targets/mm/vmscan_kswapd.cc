// SPDX-License-Identifier: GPL-2.0-only
/*
 * kswapd: a thread for each node that has memory (kswapd(), kswapd_run(), kswapd_stop(), wakeup_kswapd(),
 * mm/vmscan.c of Linux 3.8 to 6.1).
 *
 * Model: it is woken and goes back to sleep: reclaim is the allocating task's own (mm/page_alloc.cc).
 * Model: at boot the threads are made and have not yet run.
 */
#include <linux/kthread.h>
#include <linux/swap.h>
#include <linux/wait.h>

#include <hotweave/target.h>

#include "internal.h"

static int kswapd(void *arg)
{
	pg_data_t *pgdat = (pg_data_t *)arg;
	DEFINE_WAIT(wait);

	hotweave_idle_wait(true);
	while (!kthread_should_stop()) {
		prepare_to_wait(&pgdat->kswapd_wait, &wait, TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		finish_wait(&pgdat->kswapd_wait, &wait);
	}
	return 0;
}

static void kswapd_create(int nid)
{
	NODE_DATA(nid)->kswapd = kthread_create(kswapd, NODE_DATA(nid), "kswapd%d", nid);
}

void kswapd_init(int nid)
{
	kswapd_create(nid);
}

int kswapd_run(int nid)
{
	if (NODE_DATA(nid)->kswapd)
		return 0;
	kswapd_create(nid);
	wake_up_process(NODE_DATA(nid)->kswapd);
	return 0;
}

void kswapd_stop(int nid)
{
	struct task_struct *thread = NODE_DATA(nid)->kswapd;

	if (!thread)
		return;
	kthread_stop(thread);
	NODE_DATA(nid)->kswapd = NULL;
}

void wakeup_kswapd(struct zone *zone)
{
	pg_data_t *pgdat = zone->zone_pgdat;

	if (!populated_zone(zone) || !waitqueue_active(&pgdat->kswapd_wait))
		return;
	wake_up_interruptible(&pgdat->kswapd_wait);
}
