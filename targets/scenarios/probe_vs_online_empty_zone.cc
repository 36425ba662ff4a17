// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two ways to give a zone its first pages, at once: `probe`, which adds a block and onlines it, and the `online` file of
 * another block. The node has no memory before.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"

#define OFFLINE 4UL
#define ADDED 5UL

HOTWEAVE_TARGET(probe_vs_online_empty_zone, "sysfs 'online' and 'probe' give an empty zone its first pages")
{
	struct task_struct *probe, *online;

	boot_memory(1UL << 0);
	add_offline_block(OFFLINE);
	enable_auto_online();

	probe = kthread_run(probe_block, SECTION_ARG(ADDED), "probe");
	online = kthread_run(online_block, SECTION_ARG(OFFLINE), "online");
	hotweave_join(probe);
	hotweave_join(online);
}

HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "v6.7", "", "S1-I");
