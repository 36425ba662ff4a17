// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory goes while memory comes: the `online` file takes a block offline, and `probe` adds another and
 * onlines it. Both are of one zone, which has memory before and after.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"

#define ONLINE 1UL
#define ADDED 2UL

HOTWEAVE_TARGET(offline_vs_probe, "sysfs 'online' takes a memory block offline while 'probe' adds another")
{
	struct task_struct *offline, *probe;

	boot_memory(1UL << 0 | 1UL << ONLINE | 1UL << 4);
	enable_auto_online();

	offline = kthread_run(offline_block, SECTION_ARG(ONLINE), "offline");
	probe = kthread_run(probe_block, SECTION_ARG(ADDED), "probe");
	hotweave_join(offline);
	hotweave_join(probe);
}

HOTWEAVE_EXPECT(offline_vs_probe, "v4.12", "data-race lost-update", "S1-C 1B");
HOTWEAVE_EXPECT(offline_vs_probe, "v4.13", "missing-lock", "S1-D 1F: drains under a lock that the caller does not hold, before it races");
HOTWEAVE_EXPECT(offline_vs_probe, "v4.14", "missing-lock", "S1-D 1F: drains under a lock that the caller does not hold, before it races");
HOTWEAVE_EXPECT(offline_vs_probe, "v4.15", "missing-lock", "S1-D 1F: drains under a lock that the caller does not hold, before it races");
HOTWEAVE_EXPECT(offline_vs_probe, "v4.16", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(offline_vs_probe, "v4.19", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(offline_vs_probe, "v4.20", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(offline_vs_probe, "v5.0", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(offline_vs_probe, "v5.1", "", "S1-G");
HOTWEAVE_EXPECT(offline_vs_probe, "v5.6", "", "S1-G");
HOTWEAVE_EXPECT(offline_vs_probe, "v6.7", "", "S1-I");
