// SPDX-License-Identifier: GPL-2.0-only
/*
 * memtrace gives a block back and onlines it, while a user writes to the `state` of that block how it is to be onlined.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../arch/powerpc/platforms/powernv/memtrace.h"
#include "memory.h"

#define BLOCK 1UL

static int memtrace(void *arg)
{
	(void)arg;
	memtrace_enable(PFN_PHYS(section_nr_to_pfn(BLOCK)), 0);
	return 0;
}

static int user(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3 && hotweave_write_sysfs("devices/system/memory/memory1/state", "online_movable") == -ENOENT; i++)
		hotweave_yield("no uevent yet");
	return 0;
}

HOTWEAVE_TARGET(memtrace_online_vs_state, "memtrace onlines the block it gives back while a user says how")
{
	struct task_struct *giver, *writer;

	boot_memory(1UL << 0 | 1UL << BLOCK | 1UL << 4);
	/* Somebody may refuse; then there is nothing to give back. */
	memtrace_enable(PFN_PHYS(section_nr_to_pfn(BLOCK)), MIN_MEMORY_BLOCK_SIZE);

	giver = kthread_run(memtrace, NULL, "memtrace");
	writer = kthread_run(user, NULL, "user");
	hotweave_join(giver);
	hotweave_join(writer);
}

HOTWEAVE_EXPECT(memtrace_online_vs_state, "S1-E", "data-race", "S1-E 1I");
HOTWEAVE_EXPECT(memtrace_online_vs_state, "v4.19", "data-race lock-order", "S1-E 1I");
HOTWEAVE_EXPECT(memtrace_online_vs_state, "S1-F", "", "S1-F");
HOTWEAVE_EXPECT(memtrace_online_vs_state, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(memtrace_online_vs_state, "v6.7", "", "S1-I");
