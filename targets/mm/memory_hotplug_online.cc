// SPDX-License-Identifier: GPL-2.0-only
/*
 * Onlining memory (online_pages(), mm/memory_hotplug.c of Linux 3.8, 3.19, 4.9 to 4.20, 5.0, 5.1, 6.1 and 6.7).
 *
 * The order is the kernel's: zone and span; who is asked; zonelists_mutex (up to 4.13) over pagesets, pages,
 * present_pages, node states and zonelists; watermarks; kswapd and kcompactd; who is told.
 * Model: vm_total_pages, the dirty limits and shuffling are left out.
 */
#include <linux/bug.h>
#include <linux/compaction.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/page-isolation.h>
#include <linux/swap.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "internal.h"
#include "memory_hotplug.h"

/*
 * Up to 4.0 (30467e0b3be8) and from 4.20 (381eab4a6ee8) on; between, some of the callers take it. With 001002e73712
 * memory_block_online() and memory_block_offline() do.
 */
bool memory_hotplug_locks_inside(void)
{
	if (fixed(FIX_001002e73712))
		return false;
	return fixed(FIX_381eab4a6ee8) || !fixed(FIX_30467e0b3be8);
}

/* ---- Pages -------------------------------------------------------------------------------------------- */

void generic_online_page(struct page *page, unsigned int order)
{
	(void)order;
	adjust_managed_page_count(page, 1);
	ClearPageReserved(page);
	init_page_count(page);
	__free_page(page);
}

static unsigned long online_pages_range(unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long onlined_pages = 0;

	show_online_pages(start_pfn, start_pfn + nr_pages);
	if (PageReserved(pfn_to_page(start_pfn)))
		for (; onlined_pages < nr_pages; onlined_pages++)
			online_page(pfn_to_page(start_pfn + onlined_pages), 0);
	if (fixed(FIX_f1dd2cd13c4b))
		online_mem_sections(start_pfn, start_pfn + nr_pages);
	return onlined_pages;
}

/* ---- Isolation while onlining, from 5.10 ---------------------------------------------------------------- */

static void count_isolated(struct zone *zone, unsigned long nr_pages)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	zone->nr_isolate_pageblock += (nr_pages + pageblock_nr_pages - 1) / pageblock_nr_pages;
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* ---- Onlining ------------------------------------------------------------------------------------------- */

/* A zone that gets its first pages: up to 4.13 build_all_zonelists() sets up its pagesets, for all CPUs to see. */
static void populate_zone(struct zone *zone)
{
	if (fixed(FIX_11cd8638c37f))
		setup_zone_pageset(zone);
	else
		build_all_zonelists(NULL, zone);
}

static void start_daemons(int nid)
{
	if (!altered(ALT_online_forgets_kswapd))
		kswapd_run(nid);
	if (fixed(FIX_698b1b30642f))
		kcompactd_run(nid);
}

/* From the first look at the zone to the last change of it: up to 4.13 under zonelists_mutex. */
static unsigned long add_to_zone(struct zone *zone, unsigned long pfn, unsigned long nr_pages,
				 const struct memory_notify *arg)
{
	bool need_zonelists_rebuild = !populated_zone(zone);
	unsigned long onlined_pages;

	if (need_zonelists_rebuild)
		populate_zone(zone);
	onlined_pages = online_pages_range(pfn, nr_pages);
	assert_mem_hotplug_write_held();
	adjust_present_page_count(zone, (long)onlined_pages);
	if (!onlined_pages)
		return 0;
	node_states_set_node(zone_to_nid(zone), arg);
	if (!need_zonelists_rebuild)
		zone_pcp_update(zone);
	else if (!altered(ALT_online_forgets_zonelists))
		build_all_zonelists(NULL, NULL);
	return onlined_pages;
}

static int cancel_online(struct zone *zone, struct memory_notify *arg, int ret)
{
	memory_notify(MEM_CANCEL_ONLINE, arg);
	if (fixed(FIX_feee6b298916))
		remove_pfn_range_from_zone(zone, arg->start_pfn, arg->nr_pages);
	return ret;
}

static int __online_pages(unsigned long pfn, unsigned long nr_pages, int online_type)
{
	struct memory_notify arg = { pfn, nr_pages, -1, -1 };
	bool isolated = fixed(FIX_b30c59279d68);
	int nid = nid_of_pfn(pfn);
	unsigned long onlined_pages;
	struct zone *zone;
	int ret;

	zone = associate_with_zone(online_type, nid, pfn, nr_pages);
	if (!zone)
		return -EINVAL;

	node_states_check_changes_online(zone, &arg);
	ret = notifier_to_errno(memory_notify(MEM_GOING_ONLINE, &arg));
	if (ret)
		return cancel_online(zone, &arg, ret);

	if (isolated)
		count_isolated(zone, nr_pages);
	if (!fixed(FIX_b93e0f329e24))
		mutex_lock(&zonelists_mutex);
	onlined_pages = add_to_zone(zone, pfn, nr_pages, &arg);
	if (!fixed(FIX_b93e0f329e24))
		mutex_unlock(&zonelists_mutex);
	if (isolated)
		undo_isolate_page_range(pfn, pfn + nr_pages, MIGRATE_MOVABLE);

	init_per_zone_wmark_min();
	if (onlined_pages) {
		start_daemons(nid);
		memory_notify(MEM_ONLINE, &arg);
	}
	return 0;
}

int online_pages(unsigned long pfn, unsigned long nr_pages, int online_type)
{
	bool saw = hotplug_sees_pages(true);
	bool locks = memory_hotplug_locks_inside();
	int ret;

	unrelated_mutex();
	if (locks)
		mem_hotplug_begin();
	ret = __online_pages(pfn, nr_pages, online_type);
	if (locks)
		mem_hotplug_done();
	hotplug_sees_pages(saw);
	return ret;
}
