// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver whose device's memory was used as ordinary memory is unbound: its block, which is offline, is removed by
 * remove_memory(), as drivers/dax/kmem.c does; a user onlines another block meanwhile.
 */
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include <hotweave/target.h>

#include "memory.h"

#define OF_DRIVER 2UL
#define OFFLINE 3UL

static int unbind(void *arg)
{
	(void)arg;
	remove_memory(0, PFN_PHYS(section_nr_to_pfn(OF_DRIVER)), MIN_MEMORY_BLOCK_SIZE);
	return 0;
}

HOTWEAVE_TARGET(kmem_unbind_vs_online, "a driver removes its memory while a block goes online")
{
	struct task_struct *driver, *online;

	boot_memory(1UL << 0 | 1UL << 4);
	add_offline_block(OF_DRIVER);
	add_offline_block(OFFLINE);

	driver = kthread_run(unbind, NULL, "unbind");
	online = kthread_run(online_block, SECTION_ARG(OFFLINE), "online");
	hotweave_join(driver);
	hotweave_join(online);
}

HOTWEAVE_EXPECT(kmem_unbind_vs_online, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(kmem_unbind_vs_online, "v6.7", "", "S1-I");
