// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two tasks drain two zones at once, as two tasks that offline memory do. Each call leaves no CPU with a page of its
 * zone, for nobody frees one meanwhile.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>

#include <hotweave/target.h>

#include "pages.h"

static int drain_node(void *arg)
{
	drain_all_pages(&NODE_DATA((uintptr_t)arg)->node_zones[ZONE_NORMAL]);
	return 0;
}

HOTWEAVE_TARGET(two_drainers, "two tasks drain the lists of CPUs, each for another zone")
{
	struct task_struct *first, *second;

	boot_pages(1UL << 0 | 1UL << 4);
	leave_page_on(1, 0);
	leave_page_on(2, 1);

	first = kthread_run(drain_node, (void *)0, "drain0");
	second = kthread_run(drain_node, (void *)1, "drain1");
	hotweave_join(first);
	hotweave_join(second);
	BUG_ON(pages_on(1, &NODE_DATA(0)->node_zones[ZONE_NORMAL]));
	BUG_ON(pages_on(2, &NODE_DATA(1)->node_zones[ZONE_NORMAL]));
}

HOTWEAVE_EXPECT(two_drainers, "S4-A", "assertion", "4g: the mask is one for all callers by IPI, too");
HOTWEAVE_EXPECT(two_drainers, "S4-B", "data-race lock-misuse use-after-free assertion", "S4-B 4g");
HOTWEAVE_EXPECT(two_drainers, "S4-C", "", "pcpu_drain_mutex");
HOTWEAVE_EXPECT(two_drainers, "S4-F", "", "S4-F");
HOTWEAVE_EXPECT(two_drainers, "S4-G", "", "S4-G");
HOTWEAVE_EXPECT(two_drainers, "v3.8", "", "all zones, whoever asks");
HOTWEAVE_EXPECT(two_drainers, "v4.10", "assertion", "4g: the mask is one for all callers by IPI, too");
HOTWEAVE_EXPECT(two_drainers, "v4.11", "", "S4-F");
HOTWEAVE_EXPECT(two_drainers, "v6.7", "", "lists are drained remotely");
