// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Xen guest grows: the balloon's worker adds memory, which is onlined at once, page by page into the balloon; and a user
 * onlines another block, whose pages go the same way.
 */
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>

#include <hotweave/target.h>

#include "../drivers/xen/balloon.h"
#include "memory.h"

#define ADDED 2UL
#define OFFLINE 3UL

static int toolstack(void *arg)
{
	(void)arg;
	balloon_set_new_target(PFN_PHYS(section_nr_to_pfn(ADDED)));
	xen_balloon_flush();
	return 0;
}

HOTWEAVE_TARGET(xen_grows_vs_online, "Xen's balloon adds memory while another block goes online")
{
	struct task_struct *grow, *online;

	boot_memory(1UL << 0 | 1UL << 4);
	add_offline_block(OFFLINE);
	enable_auto_online();
	xen_balloon_init();

	grow = kthread_run(toolstack, NULL, "toolstack");
	online = kthread_run(online_block, SECTION_ARG(OFFLINE), "online");
	hotweave_join(grow);
	hotweave_join(online);
	/* Pages that went online last are in the balloon until the worker has been there. */
	xen_balloon_flush();
}

HOTWEAVE_EXPECT(xen_grows_vs_online, "S1-D", "", "zonelists_mutex covers both onlines");
HOTWEAVE_EXPECT(xen_grows_vs_online, "S1-E", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(xen_grows_vs_online, "v4.19", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(xen_grows_vs_online, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(xen_grows_vs_online, "v6.7", "", "S1-I");
