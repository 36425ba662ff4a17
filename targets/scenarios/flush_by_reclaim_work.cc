// SPDX-License-Identifier: GPL-2.0-only
/*
 * A work of a workqueue with a rescuer, as those of storage drivers are, destroys a slab cache or empties the pagevecs of all
 * CPUs, and both wait for works on each CPU: those need a rescuer, too, or nobody may be there to run them when memory is short.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/workqueue.h>

#include <hotweave/target.h>

#include "memory.h"
#include "slab_user.h"

static void tear_down(struct work_struct *work)
{
	(void)work;
	if (hotweave_choose(2))
		lru_add_drain_all();
	else
		destroy_cache(NULL);
}

static DECLARE_WORK(teardown_work, tear_down);

static int drain(void *arg)
{
	(void)arg;
	lru_add_drain_all();
	return 0;
}

HOTWEAVE_TARGET(flush_by_reclaim_work, "a work of a queue with a rescuer destroys a slab cache or drains pagevecs")
{
	struct workqueue_struct *delete_wq;
	struct task_struct *drainer;
	struct page *page;

	boot_memory(1UL << 0);
	boot_slab(false);
	use_cache(NULL); /* leaves a slab on this CPU */
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	delete_wq = alloc_workqueue("delete_wq", WQ_MEM_RECLAIM, 0);
	BUG_ON(!page || !delete_wq);
	lru_cache_add(page);

	drainer = kthread_run(drain, NULL, "drainer");
	queue_work(delete_wq, &teardown_work);
	flush_workqueue(delete_wq);
	hotweave_join(drainer);
}

HOTWEAVE_EXPECT(flush_by_reclaim_work, "v4.9", "", "f3a932baa7f6: pagevecs are drained on a queue with a rescuer");
HOTWEAVE_EXPECT(flush_by_reclaim_work, "v4.16", "", "ce612879ddc7: the same queue for all drains");
HOTWEAVE_EXPECT(flush_by_reclaim_work, "v6.1", "", "e45cc288724f: slabs are flushed on a queue with a rescuer");
HOTWEAVE_EXPECT(flush_by_reclaim_work, "v6.7", "", "the same");
