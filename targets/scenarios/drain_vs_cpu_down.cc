// SPDX-License-Identifier: GPL-2.0-only
/*
 * drain_all_pages() while a CPU with free pages on its list goes down, and while somebody on another CPU allocates and frees.
 */
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "pages.h"

static int drain(void *arg)
{
	(void)arg;
	drain_all_pages(NULL);
	return 0;
}

static int alloc_and_free(void *arg)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)arg;
	if (page)
		__free_page(page);
	return 0;
}

HOTWEAVE_TARGET(drain_vs_cpu_down, "drain_all_pages() against a CPU that goes down and one that allocates")
{
	struct task_struct *drainer, *user, *down;

	boot_pages(1UL << 0);
	leave_page_on(1, 0);
	leave_page_on(2, 0);

	user = kthread_create(alloc_and_free, NULL, "user");
	kthread_bind(user, 1);
	drainer = kthread_run(drain, NULL, "drainer");
	down = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	wake_up_process(user);
	hotweave_join(drainer);
	hotweave_join(down);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(drain_vs_cpu_down, "S4-A", "", "S4-A");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "S4-B", "wrong-cpu", "S4-B: nothing keeps the CPU of a worker");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "S4-D", "", "S4-D");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "S4-F", "", "S4-F");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "S4-G", "", "S4-G");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "S4-H", "assertion", "S4-H 4i: a work is queued for a CPU that is gone");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "v3.8", "", "S4-A");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "v4.10", "", "S4-A");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "v4.12", "", "S4-F");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "v5.1", "", "S4-G");
HOTWEAVE_EXPECT(drain_vs_cpu_down, "v6.7", "", "lists are drained remotely");
