// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two ways to bring memory online, at once: the `online` file of a block that is there, and `probe`, which
 * adds another block and onlines it. Both blocks go to one zone, which has memory already.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"

#define ADDED 2UL
#define OFFLINE 3UL

HOTWEAVE_TARGET(online_vs_probe, "sysfs 'online' of a memory block against 'probe' of another in one zone")
{
	struct task_struct *probe, *online;

	boot_memory(1UL << 0 | 1UL << 4);
	add_offline_block(OFFLINE);
	enable_auto_online();

	probe = kthread_run(probe_block, SECTION_ARG(ADDED), "probe");
	online = kthread_run(online_block, SECTION_ARG(OFFLINE), "online");
	hotweave_join(probe);
	hotweave_join(online);
}

HOTWEAVE_EXPECT(online_vs_probe, "v4.12", "", "zonelists_mutex covers both onlines");
HOTWEAVE_EXPECT(online_vs_probe, "v4.13", "", "zonelists_mutex covers both onlines");
HOTWEAVE_EXPECT(online_vs_probe, "v4.14", "data-race lost-update", "S1-D 1B");
HOTWEAVE_EXPECT(online_vs_probe, "v4.15", "data-race lost-update", "S1-D 1B");
HOTWEAVE_EXPECT(online_vs_probe, "v4.16", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(online_vs_probe, "v4.19", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(online_vs_probe, "v4.20", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(online_vs_probe, "v5.0", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(online_vs_probe, "v5.1", "", "S1-G");
HOTWEAVE_EXPECT(online_vs_probe, "v5.6", "", "S1-G");
HOTWEAVE_EXPECT(online_vs_probe, "v6.7", "", "S1-I");
