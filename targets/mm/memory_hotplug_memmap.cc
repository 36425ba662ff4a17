// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory whose struct pages are kept in itself (mhp_init_memmap_on_memory(), mhp_deinit_memmap_on_memory(),
 * mm/memory_hotplug.c of Linux 5.13 to 6.7).
 *
 * Who calls this holds mem_hotplug_lock from 001002e73712 on; before, readers under get_online_mems() saw spans and
 * counters change.
 * Model: one page of a block holds its memmap, so that a pageblock is in part memmap; the kernel wants whole ones.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/poison.h>

#include "internal.h"
#include "memory_hotplug.h"

bool memmap_on_memory;

int mhp_init_memmap_on_memory(unsigned long pfn, unsigned long nr_pages, struct zone *zone)
{
	move_pfn_range_to_zone(zone, pfn, nr_pages, MIGRATE_MOVABLE);
	return 0;
}

/* page_init_poison(): nobody is to look at it any more; zone and node are still to be read here. */
static void poison(struct page *page)
{
	page->private_ = ~0UL;
	page->index = ~0UL;
	set_page_count(page, 0);
}

void mhp_deinit_memmap_on_memory(unsigned long pfn, unsigned long nr_pages)
{
	struct zone *zone = page_zone(pfn_to_page(pfn));

	for (unsigned long i = 0; i < nr_pages; i++)
		poison(pfn_to_page(pfn + i));
	remove_pfn_range_from_zone(zone, pfn, nr_pages);
}
