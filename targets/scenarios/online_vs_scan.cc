// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader that trusts get_online_mems() while a block is onlined: kmemleak's walk over the struct pages,
 * then a look at the counters of zones and nodes, which have to agree for as long as the lock is held.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"

#define OFFLINE 1UL

HOTWEAVE_TARGET(online_vs_scan, "sysfs 'online' of a memory block against a reader under get_online_mems()")
{
	struct task_struct *scanner, *online;

	boot_memory(1UL << 0);
	add_offline_block(OFFLINE);

	scanner = kthread_run(scan_memory, NULL, "scan");
	online = kthread_run(online_block, SECTION_ARG(OFFLINE), "online");
	hotweave_join(scanner);
	hotweave_join(online);
}

HOTWEAVE_EXPECT(online_vs_scan, "v4.12", "data-race assertion", "S1-C: 'online' takes no mem_hotplug_lock");
HOTWEAVE_EXPECT(online_vs_scan, "v4.13", "data-race assertion", "S1-D: 'online' takes no mem_hotplug_lock");
HOTWEAVE_EXPECT(online_vs_scan, "v4.14", "data-race assertion", "S1-D: 'online' takes no mem_hotplug_lock");
HOTWEAVE_EXPECT(online_vs_scan, "v4.15", "data-race assertion", "S1-D: 'online' takes no mem_hotplug_lock");
HOTWEAVE_EXPECT(online_vs_scan, "v4.16", "data-race assertion", "S1-E: 'online' takes no mem_hotplug_lock");
HOTWEAVE_EXPECT(online_vs_scan, "v4.19", "data-race assertion", "S1-E: 'online' takes no mem_hotplug_lock");
HOTWEAVE_EXPECT(online_vs_scan, "v4.20", "", "S1-F");
HOTWEAVE_EXPECT(online_vs_scan, "v5.0", "", "S1-F");
HOTWEAVE_EXPECT(online_vs_scan, "v5.1", "", "S1-G");
HOTWEAVE_EXPECT(online_vs_scan, "v5.6", "", "S1-G");
HOTWEAVE_EXPECT(online_vs_scan, "v6.7", "", "S1-I");
