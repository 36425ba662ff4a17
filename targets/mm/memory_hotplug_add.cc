// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adding memory: sections, struct pages and block devices for a range, and onlining it at once if that
 * is wanted (the second half of mm/memory_hotplug.c, and arch_add_memory() of x86, Linux 4.12 to 5.1).
 *
 * The signatures are those of 5.0; `online`, an argument up to 4.20, is memhp_auto_online, as every
 * caller but one passed. What is left out is listed in memory_hotplug.cc.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "memory_hotplug.h"

int memory_add_physaddr_to_nid(u64 start)
{
	return pfn_to_section_nr(PFN_DOWN(start)) < NR_MEM_SECTIONS / MAX_NUMNODES ? 0 : 1;
}

/* ---- The architecture's part ------------------------------------------------------------------------ */

/* From 4.13 the pages of an added section belong to a node, but to no zone; until they are onlined they
 * are reserved, so that nobody stumbles over them. */
static void reserve_added_pages(int nid, unsigned long start_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < start_pfn + PAGES_PER_SECTION; pfn++) {
		struct page *page = pfn_to_page(pfn);

		page->flags = 0;
		set_page_links(page, ZONE_NORMAL, (unsigned long)nid);
		SetPageReserved(page);
	}
}

static int __add_section(int nid, unsigned long start_pfn, bool want_memblock)
{
	int ret = sparse_add_one_section(nid, start_pfn);

	if (ret)
		return ret;
	if (fixed(FIX_f1dd2cd13c4b))
		reserve_added_pages(nid, start_pfn);
	else
		move_pfn_range_to_zone(zone_for_pfn_range(MMOP_ONLINE_KEEP, nid, start_pfn, PAGES_PER_SECTION),
				       start_pfn, PAGES_PER_SECTION, MIGRATE_MOVABLE);
	return want_memblock ? register_new_memory(nid, __pfn_to_section(start_pfn)) : 0;
}

static int __add_pages(int nid, unsigned long start_pfn, unsigned long nr_pages, bool want_memblock)
{
	for (unsigned long pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SECTION) {
		int ret = __add_section(nid, pfn, want_memblock);

		/* A section that is there already is skipped: a range may be added in pieces. */
		if (ret && ret != -EEXIST)
			return ret;
	}
	return 0;
}

int arch_add_memory(int nid, u64 start, u64 size, bool want_memblock)
{
	unrelated_spinlock();
	return __add_pages(nid, PFN_DOWN(start), PFN_DOWN(size), want_memblock);
}

/* ---- Adding ----------------------------------------------------------------------------------------- */

static int check_hotplug_memory_range(u64 start, u64 size)
{
	const u64 mask = MIN_MEMORY_BLOCK_SIZE - 1;

	if (!size || (start & mask) || (size & mask) || PFN_DOWN(start + size) > MAX_PFN)
		return -EINVAL;
	return 0;
}

/* Stands for the resource tree: adding what is there already is refused before anything is touched. */
static int check_not_present(u64 start, u64 size)
{
	for (unsigned long pfn = PFN_DOWN(start); pfn < PFN_DOWN(start + size); pfn += PAGES_PER_SECTION)
		if (hotweave_missing_annotation(__pfn_to_section(pfn)->section_mem_map, "the resource tree of the model") & SECTION_MARKED_PRESENT)
			return -EEXIST;
	return 0;
}

static int online_memory_block(struct memory_block *mem, void *arg)
{
	(void)arg;
	/* 4.6 to 4.10: neither device_lock nor dev->offline, which stays true. */
	if (!fixed(FIX_dc18d706a436))
		return memory_block_change_state(mem, MEM_ONLINE, MEM_OFFLINE);
	return device_online(&mem->dev);
}

static void online_added(u64 start, u64 size)
{
	if (fixed(FIX_31bc3858ea3e) && memhp_auto_online)
		walk_memory_range(PFN_DOWN(start), PFN_UP(start + size), NULL, online_memory_block);
}

/* From 5.13 (a08a2ae34613) blocks may hold their own memmap. */
static bool holds_memmap(void)
{
	return memmap_on_memory && fixed(FIX_a08a2ae34613);
}

/* Sections, then the devices of their blocks. */
static int add_with_memmap(int nid, u64 start, u64 size)
{
	int ret = arch_add_memory(nid, start, size, false);

	return ret < 0 ? ret : create_memory_block_devices(start, size, MEMMAP_ON_MEMORY_PAGES);
}

/* Context: by the rules of 4.20 device_hotplug_lock is held. */
int add_memory_resource(int nid, struct resource *resource)
{
	u64 start = resource->start, size = resource_size(resource);
	bool online_inside = !fixed(FIX_381eab4a6ee8) || altered(ALT_auto_online_before_mem_hotplug_done);
	int ret;

	ret = check_hotplug_memory_range(start, size);
	if (ret)
		return ret;
	if (fixed(FIX_dee6da22efac))
		lockdep_assert_held(&device_hotplug_lock);
	mem_hotplug_begin();
	__try_online_node(nid, false);
	ret = holds_memmap() ? add_with_memmap(nid, start, size) : arch_add_memory(nid, start, size, true);
	if (ret < 0) {
		mem_hotplug_done();
		return ret;
	}
	node_set_online(nid);

	/*
	 * Onlining takes mem_hotplug_lock itself from 381eab4a6ee8 on, so it has to wait until the lock was
	 * released; before, this very hold was all the protection it had.
	 */
	if (online_inside)
		online_added(start, size);
	mem_hotplug_done();
	if (!online_inside)
		online_added(start, size);
	return 0;
}

int __add_memory(int nid, u64 start, u64 size)
{
	struct resource resource = { start, start + size - 1, "System RAM" };
	int ret = check_hotplug_memory_range(start, size);

	if (!ret)
		ret = check_not_present(start, size);
	return ret ? ret : add_memory_resource(nid, &resource);
}

int add_memory(int nid, u64 start, u64 size)
{
	int ret;

	if (!fixed(FIX_8df1d0e4a265))
		return __add_memory(nid, start, size);
	lock_device_hotplug();
	ret = __add_memory(nid, start, size);
	unlock_device_hotplug();
	return ret;
}
