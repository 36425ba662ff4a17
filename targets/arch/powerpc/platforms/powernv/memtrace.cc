// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory for hardware traces (arch/powerpc/platforms/powernv/memtrace.c of Linux 4.14 to 5.10): takes memory
 * blocks offline by itself, past the device core, removes them, and from 4.19 on gives them back.
 *
 * It never updates dev->offline; only that the block is gone soon after makes that harmless.
 * Model: one block, at a given address, for one writer of `enable` at a time (memtrace_mutex came in 5.11). From 5.11 on
 * (0bd4b96d9939) memtrace allocates its memory instead; here it goes on as before, and takes mem_hotplug_lock itself where
 * offline_pages() expects it (001002e73712).
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include "../../../../history/history.h"
#include "memtrace.h"

/* What is taken: struct memtrace_entry, one of them. */
static struct {
	bool taken;
	u64 start;
	u64 size;
	int nid;
} memtrace_entry;

/* ---- Taking ----------------------------------------------------------------------------------------- */

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

static int take_pages(unsigned long start_pfn, unsigned long nr_pages)
{
	bool expected = fixed(FIX_001002e73712);
	int ret;

	if (expected)
		mem_hotplug_begin();
	ret = offline_pages(start_pfn, nr_pages);
	if (expected)
		mem_hotplug_done();
	return ret;
}

/* From 5666848774ef: called under device_hotplug_lock. Before: under nothing. */
static bool memtrace_offline_pages(unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long end_pfn = start_pfn + nr_pages;

	if (walk_memory_range(start_pfn, end_pfn, NULL, check_memblock_online))
		return false;
	change_range(start_pfn, end_pfn, MEM_GOING_OFFLINE);
	if (take_pages(start_pfn, nr_pages)) {
		change_range(start_pfn, end_pfn, MEM_ONLINE);
		return false;
	}
	change_range(start_pfn, end_pfn, MEM_OFFLINE);
	return true;
}

/* memtrace_alloc_node(), 4.14 (lock for removing alone) and 4.20 (for both). */
bool memtrace_take_block(u64 start)
{
	bool one_hold = fixed(FIX_5666848774ef);
	int nid = memory_add_physaddr_to_nid(start);
	bool offlined;

	if (one_hold)
		lock_device_hotplug();
	offlined = memtrace_offline_pages(PFN_DOWN(start), PAGES_PER_SECTION);
	if (offlined) {
		if (!one_hold)
			lock_device_hotplug();
		__remove_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
		if (!one_hold)
			unlock_device_hotplug();
	}
	if (one_hold)
		unlock_device_hotplug();
	return offlined;
}

/* ---- Giving back (memtrace_online(), 4.19 and 4.20) ----------------------------------------------------- */

static int online_mem_block(struct memory_block *mem, void *arg)
{
	(void)arg;
	return device_online(&mem->dev);
}

static int memtrace_online(void)
{
	u64 start = memtrace_entry.start, size = memtrace_entry.size;
	bool hold = fixed(FIX_cec1680591d6);

	if (!memtrace_entry.taken)
		return 0;
	if (add_memory(memtrace_entry.nid, start, size))
		return -1;
	/* If the kernel has not onlined it while it was added, this does, whatever comes of it. */
	if (!hotweave_missing_annotation(memhp_auto_online, "one word, and no lock")) {
		if (hold)
			lock_device_hotplug();
		walk_memory_range(PFN_DOWN(start), PFN_UP(start + size), NULL, online_mem_block);
		if (hold)
			unlock_device_hotplug();
	}
	memtrace_entry.taken = false;
	return 0;
}

bool memtrace_enable(u64 start, u64 size)
{
	if (fixed(FIX_d3da701d3307) && memtrace_online())
		return false;
	if (!size)
		return true;
	if (memtrace_entry.taken || !memtrace_take_block(start))
		return false;
	memtrace_entry.start = start;
	memtrace_entry.size = size;
	memtrace_entry.nid = memory_add_physaddr_to_nid(start);
	memtrace_entry.taken = true;
	return true;
}
