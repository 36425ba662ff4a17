// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is used up, and a task that holds it wants one more page, which lies on the list of CPU 1: it drains the lists. On
 * CPU 1 a work waits for memory, too. Another worker there needs memory as well.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include <hotweave/target.h>

#include "pages.h"

/* What a new worker needs: a stack of two pages, which need not lie together. */
static bool there_is_a_stack(void)
{
	struct page *first = alloc_page(GFP_NOWAIT);
	struct page *second = alloc_page(GFP_NOWAIT);
	bool enough = first && second;

	if (first)
		__free_page(first);
	if (second)
		__free_page(second);
	return enough;
}

static void wait_for_memory(struct work_struct *work)
{
	(void)work;
	__free_page(alloc_page(GFP_KERNEL | __GFP_NOFAIL));
}

static DECLARE_WORK(hungry_work, wait_for_memory);

static int use_and_give_back(void *arg)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)arg;
	if (page)
		__free_page(page);
	give_pages_back();
	return 0;
}

static int queue_hungry_work(void *arg)
{
	(void)arg;
	schedule_work_on(1, &hungry_work);
	flush_work(&hungry_work);
	return 0;
}

HOTWEAVE_TARGET(drain_on_system_wq, "lists are drained while works wait for memory and there is none for workers")
{
	struct task_struct *holder, *user;

	boot_pages(1UL << 0);
	take_all_pages();
	leave_own_page_on(1);
	hotweave_worker_memory(there_is_a_stack);

	user = kthread_run(queue_hungry_work, NULL, "user");
	holder = kthread_run(use_and_give_back, NULL, "holder");
	hotweave_join(holder);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(drain_on_system_wq, "S4-A", "", "S4-A");
HOTWEAVE_EXPECT(drain_on_system_wq, "S4-E", "hung-task", "S4-E 4e");
HOTWEAVE_EXPECT(drain_on_system_wq, "S4-F", "", "S4-F");
HOTWEAVE_EXPECT(drain_on_system_wq, "S4-G", "", "S4-G");
HOTWEAVE_EXPECT(drain_on_system_wq, "v4.11", "", "S4-F");
HOTWEAVE_EXPECT(drain_on_system_wq, "v5.1", "", "S4-G");
HOTWEAVE_EXPECT(drain_on_system_wq, "v6.7", "", "lists are drained remotely");
