// SPDX-License-Identifier: GPL-2.0-only
/*
 * A block that holds its own memmap goes online and offline again by its file `online`, while kmemleak walks the pages
 * and a reader adds up the counters, both under get_online_mems() alone.
 */
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>

#include <hotweave/target.h>

#include "../mm/internal.h"
#include "memory.h"

#define BLOCK 1UL

static int online_and_offline(void *arg)
{
	online_block(arg);
	offline_block(arg);
	return 0;
}

HOTWEAVE_TARGET(memmap_on_memory_vs_scan, "a block with its own memmap goes online and offline against readers of pages and counters")
{
	struct task_struct *scanner, *user;

	boot_memory(1UL << 0);
	memmap_on_memory = true;
	add_offline_block(BLOCK);

	scanner = kthread_run(scan_memory, NULL, "scan");
	user = kthread_run(online_and_offline, SECTION_ARG(BLOCK), "user");
	hotweave_join(scanner);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(memmap_on_memory_vs_scan, "S1-H", "data-race assertion", "1K, R1.10");
HOTWEAVE_EXPECT(memmap_on_memory_vs_scan, "S1-I", "", "1K repaired");
HOTWEAVE_EXPECT(memmap_on_memory_vs_scan, "v6.1", "", "001002e73712 is in 6.1.66");
HOTWEAVE_EXPECT(memmap_on_memory_vs_scan, "v6.7", "", "S1-I");
