// SPDX-License-Identifier: GPL-2.0-only
/*
 * Removing memory that is offline (the third part of mm/memory_hotplug.c, and arch_remove_memory() of x86,
 * Linux 3.9 to 6.7).
 *
 * Model: spans shrink only at their ends, by whole sections. 3.8 goes on to remove what it has offlined, as 3.9 does.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>

#include "../history/history.h"
#include "internal.h"
#include "memory_hotplug.h"

/* ---- The architecture's part ------------------------------------------------------------------------ */

static void __remove_section(unsigned long start_pfn)
{
	struct mem_section *ms = __pfn_to_section(start_pfn);

	if (!valid_section(ms))
		return;
	/* From 5.6 the device is gone by now. */
	if (!fixed(FIX_f1037ec0cc8a) && unregister_memory_section(ms))
		return;
	if (!fixed(FIX_feee6b298916))
		remove_pfn_range_from_zone(page_zone(pfn_to_page(start_pfn)), start_pfn, PAGES_PER_SECTION);
	sparse_remove_one_section(ms);
}

void arch_remove_memory(int nid, u64 start, u64 size)
{
	bool saw = hotplug_sees_pages(true);

	(void)nid;
	for (unsigned long pfn = PFN_DOWN(start); pfn < PFN_DOWN(start + size); pfn += PAGES_PER_SECTION)
		__remove_section(pfn);
	hotplug_sees_pages(saw);
}

/* ---- Removing --------------------------------------------------------------------------------------- */

static int check_memblock_offlined_cb(struct memory_block *mem, void *arg)
{
	(void)arg;
	return mem->state != MEM_OFFLINE;
}

static bool blocks_are_offline(u64 start, u64 size)
{
	return !walk_memory_range(PFN_DOWN(start), PFN_UP(start + size), NULL, check_memblock_offlined_cb);
}

static int offline_memory_block_cb(struct memory_block *mem, void *arg)
{
	int *ret = (int *)arg;
	int error = offline_memory_block(mem);

	if (error && !*ret)
		*ret = error;
	return 0;
}

/*
 * Up to 3.10 who removes offlines the blocks first, twice, as one may hold what another needs; nothing keeps them so until
 * the lock is taken, and whoever finds one online then gives up. From 3.11 (with 4f3549d72d1b) that is the caller's to see to.
 * Source: remove_memory(), 3.9.
 */
static int offline_blocks(u64 start, u64 size)
{
	int ret = 0;

	for (int tries = 0; tries < 2; tries++) {
		ret = 0;
		walk_memory_range(PFN_DOWN(start), PFN_UP(start + size), &ret, offline_memory_block_cb);
		if (!ret)
			break;
	}
	return ret;
}

/* Context: by the rules of 4.20 device_hotplug_lock is held. */
void __remove_memory(int nid, u64 start, u64 size)
{
	bool offlines = !fixed(FIX_4f3549d72d1b);

	if (fixed(FIX_dee6da22efac))
		lockdep_assert_held(&device_hotplug_lock);
	if (fixed(FIX_f1037ec0cc8a)) {
		BUG_ON(!blocks_are_offline(start, size));
		remove_memory_block_devices(start, size);
		mem_hotplug_begin();
		arch_remove_memory(nid, start, size);
		try_offline_node(nid);
		mem_hotplug_done();
		return;
	}
	if (offlines && offline_blocks(start, size))
		return;
	mem_hotplug_begin();
	/* All of it must be offline by now: from 3.11 whoever removes is to have seen to that, and kept it so. */
	if (!blocks_are_offline(start, size)) {
		BUG_ON(!offlines);
		mem_hotplug_done();
		return;
	}
	arch_remove_memory(nid, start, size);
	try_offline_node(nid);
	mem_hotplug_done();
}

void remove_memory(int nid, u64 start, u64 size)
{
	if (!fixed(FIX_d15e59260f62)) {
		__remove_memory(nid, start, size);
		return;
	}
	lock_device_hotplug();
	__remove_memory(nid, start, size);
	unlock_device_hotplug();
}
