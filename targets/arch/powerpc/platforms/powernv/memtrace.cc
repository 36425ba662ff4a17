// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for hardware traces (arch/powerpc/platforms/powernv/memtrace.c of Linux 4.14 to 5.1): takes memory
 * blocks offline by itself, past the device core, and removes them.
 *
 * It never updates dev->offline; only that the block is gone soon after makes that harmless.
 * Model: one block at a time, at a given address; what was taken is not given back.
 */
#include <linux/device.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include "../../../../history/history.h"
#include "memtrace.h"

static int check_memblock_online(struct memory_block *mem, void *arg)
{
	(void)arg;
	return mem->state == MEM_ONLINE ? 0 : -1;
}

static int change_memblock_state(struct memory_block *mem, void *arg)
{
	mem->state = *(unsigned long *)arg;
	return 0;
}

static void change_range(unsigned long start_pfn, unsigned long end_pfn, unsigned long state)
{
	walk_memory_range(start_pfn, end_pfn, &state, change_memblock_state);
}

/* From 5666848774ef: called under device_hotplug_lock. Before: under nothing. */
static bool memtrace_offline_pages(unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long end_pfn = start_pfn + nr_pages;

	if (walk_memory_range(start_pfn, end_pfn, NULL, check_memblock_online))
		return false;
	change_range(start_pfn, end_pfn, MEM_GOING_OFFLINE);
	if (offline_pages(start_pfn, nr_pages)) {
		change_range(start_pfn, end_pfn, MEM_ONLINE);
		return false;
	}
	change_range(start_pfn, end_pfn, MEM_OFFLINE);
	return true;
}

bool memtrace_take_block(u64 start)
{
	unsigned long start_pfn = PFN_DOWN(start);
	bool one_hold = fixed(FIX_5666848774ef);
	bool offlined;

	if (one_hold)
		lock_device_hotplug();
	offlined = memtrace_offline_pages(start_pfn, PAGES_PER_SECTION);
	if (offlined) {
		if (!one_hold)
			lock_device_hotplug();
		__remove_memory(memory_add_physaddr_to_nid(start), start, MIN_MEMORY_BLOCK_SIZE);
		if (!one_hold)
			unlock_device_hotplug();
	}
	if (one_hold)
		unlock_device_hotplug();
	return offlined;
}
