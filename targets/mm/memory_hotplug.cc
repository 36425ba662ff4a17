// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adding, onlining and offlining memory (mm/memory_hotplug.c of Linux 4.12 to 5.1).
 *
 * Locks by profile: see the table in README.md of this folder. What the port leaves out:
 * Model: a zone starts populated, or is onlined without zonelists: build_all_zonelists() (under
 * stop_machine up to 4.13) is left out, with per-CPU pagesets, watermarks, kswapd and kcompactd.
 * Model: the offlining loop makes one try: pages that are in use make it fail with -EBUSY (nothing
 * migrates, nothing sits in a pagevec, so lru_add_drain_all() has nothing to do and is left out).
 * Model: every node exists from boot; memblock, the resource tree, NUMA links and the page-online
 * callback are left out. The node of a block is read from the block (from 4.17) in every profile.
 * Model: up to 4.12 a block stays in the zone it was added to (no move_pfn_range() between zones).
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/page-isolation.h>

#include "../history/history.h"
#include "internal.h"

bool memhp_auto_online;

/* Up to 4.13: onlining holds it from the first look at the zone to the last change of it. */
static DEFINE_MUTEX(zonelists_mutex);

/* ---- Spans ------------------------------------------------------------------------------------------ */

static void resize_zone_range(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long old_end_pfn = zone_end_pfn(zone);
	unsigned long end_pfn = start_pfn + nr_pages;

	if (!zone->spanned_pages || start_pfn < zone->zone_start_pfn)
		zone->zone_start_pfn = start_pfn;
	zone->spanned_pages = (old_end_pfn > end_pfn ? old_end_pfn : end_pfn) - zone->zone_start_pfn;
}

static void resize_pgdat_range(struct pglist_data *pgdat, unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long old_end_pfn = pgdat_end_pfn(pgdat);
	unsigned long end_pfn = start_pfn + nr_pages;

	if (!pgdat->node_spanned_pages || start_pfn < pgdat->node_start_pfn)
		pgdat->node_start_pfn = start_pfn;
	pgdat->node_spanned_pages =
		(old_end_pfn > end_pfn ? old_end_pfn : end_pfn) - pgdat->node_start_pfn;
}

/* Up to 4.12 this is __add_zone(), when memory is added; from 4.13 it is done when memory is onlined. */
void move_pfn_range_to_zone(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages)
{
	struct pglist_data *pgdat = zone->zone_pgdat;
	unsigned long flags;

	pgdat_resize_lock(pgdat, &flags);
	zone_span_writelock(zone);
	resize_zone_range(zone, start_pfn, nr_pages);
	zone_span_writeunlock(zone);
	resize_pgdat_range(pgdat, start_pfn, nr_pages);
	pgdat_resize_unlock(pgdat, &flags);

	memmap_init_zone(nr_pages, pgdat->node_id, zone_idx(zone), start_pfn);
	for (unsigned long pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		SetPageReserved(pfn_to_page(pfn));
}

/* ---- Which zone ------------------------------------------------------------------------------------- */

static struct zone *default_zone_for_pfn(int nid, unsigned long start_pfn, unsigned long nr_pages)
{
	struct zone *kernel_zone = &NODE_DATA(nid)->node_zones[ZONE_NORMAL];
	struct zone *movable_zone = &NODE_DATA(nid)->node_zones[ZONE_MOVABLE];

	if (zone_intersects(movable_zone, start_pfn, nr_pages) &&
	    !zone_intersects(kernel_zone, start_pfn, nr_pages))
		return movable_zone;
	return kernel_zone;
}

struct zone *zone_for_pfn_range(int online_type, int nid, unsigned long start_pfn, unsigned long nr_pages)
{
	if (online_type == MMOP_ONLINE_KERNEL)
		return &NODE_DATA(nid)->node_zones[ZONE_NORMAL];
	if (online_type == MMOP_ONLINE_MOVABLE)
		return &NODE_DATA(nid)->node_zones[ZONE_MOVABLE];
	return default_zone_for_pfn(nid, start_pfn, nr_pages);
}

static int nid_of_pfn(unsigned long pfn)
{
	struct memory_block *mem = find_memory_block(__pfn_to_section(pfn));
	int nid = mem->nid;

	put_device(&mem->dev);
	return nid;
}

/* The zone that the range is part of from now on, or NULL if it cannot go where it should. */
static struct zone *associate_with_zone(int online_type, int nid, unsigned long pfn, unsigned long nr_pages)
{
	struct zone *zone;

	if (!fixed(FIX_f1dd2cd13c4b)) {
		zone = page_zone(pfn_to_page(pfn));
		if (online_type != MMOP_ONLINE_KEEP &&
		    zone != zone_for_pfn_range(online_type, nid, pfn, nr_pages))
			return NULL;
		return zone;
	}
	zone = zone_for_pfn_range(online_type, nid, pfn, nr_pages);
	move_pfn_range_to_zone(zone, pfn, nr_pages);
	return zone;
}

/* ---- Node states ------------------------------------------------------------------------------------ */

static void node_states_check_changes_online(struct zone *zone, struct memory_notify *arg)
{
	int nid = zone_to_nid(zone);

	arg->status_change_nid_normal = -1;
	arg->status_change_nid = -1;
	if (zone_idx(zone) <= ZONE_NORMAL && !node_state(nid, N_NORMAL_MEMORY))
		arg->status_change_nid_normal = nid;
	if (!node_state(nid, N_MEMORY))
		arg->status_change_nid = nid;
}

static void node_states_set_node(int nid, const struct memory_notify *arg)
{
	if (arg->status_change_nid_normal >= 0)
		node_set_state(nid, N_NORMAL_MEMORY);
	if (arg->status_change_nid >= 0)
		node_set_state(nid, N_MEMORY);
}

static void node_states_check_changes_offline(unsigned long nr_pages, struct zone *zone,
					      struct memory_notify *arg)
{
	struct zone *zones = zone->zone_pgdat->node_zones;
	unsigned long normal, all;

	normal = hotweave_missing_annotation(zones[ZONE_NORMAL].present_pages, "takes what it finds");
	all = normal + hotweave_missing_annotation(zones[ZONE_MOVABLE].present_pages, "takes what it finds");
	arg->status_change_nid_normal = -1;
	arg->status_change_nid = -1;
	if (zone_idx(zone) <= ZONE_NORMAL && nr_pages >= normal)
		arg->status_change_nid_normal = zone_to_nid(zone);
	if (nr_pages >= all)
		arg->status_change_nid = zone_to_nid(zone);
}

static void node_states_clear_node(int nid, const struct memory_notify *arg)
{
	if (arg->status_change_nid_normal >= 0)
		node_clear_state(nid, N_NORMAL_MEMORY);
	if (arg->status_change_nid >= 0)
		node_clear_state(nid, N_MEMORY);
}

/* ---- Onlining --------------------------------------------------------------------------------------- */

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

	if (PageReserved(pfn_to_page(start_pfn)))
		for (; onlined_pages < nr_pages; onlined_pages++)
			online_page(pfn_to_page(start_pfn + onlined_pages), 0);
	if (fixed(FIX_f1dd2cd13c4b))
		online_mem_sections(start_pfn, start_pfn + nr_pages);
	return onlined_pages;
}

static void grow_present_pages(struct zone *zone, unsigned long onlined_pages)
{
	unsigned long flags;

	assert_mem_hotplug_write_held();
	zone->present_pages += onlined_pages;
	pgdat_resize_lock(zone->zone_pgdat, &flags);
	zone->zone_pgdat->node_present_pages += onlined_pages;
	pgdat_resize_unlock(zone->zone_pgdat, &flags);
}

static int __online_pages(unsigned long pfn, unsigned long nr_pages, int online_type)
{
	struct memory_notify arg = { pfn, nr_pages, -1, -1 };
	int nid = nid_of_pfn(pfn);
	unsigned long onlined_pages;
	struct zone *zone;
	int ret;

	zone = associate_with_zone(online_type, nid, pfn, nr_pages);
	if (!zone)
		return -EINVAL;

	node_states_check_changes_online(zone, &arg);
	ret = notifier_to_errno(memory_notify(MEM_GOING_ONLINE, &arg));
	if (ret) {
		memory_notify(MEM_CANCEL_ONLINE, &arg);
		return ret;
	}

	if (!fixed(FIX_b93e0f329e24))
		mutex_lock(&zonelists_mutex);
	onlined_pages = online_pages_range(pfn, nr_pages);
	grow_present_pages(zone, onlined_pages);
	if (onlined_pages)
		node_states_set_node(nid, &arg);
	if (!fixed(FIX_b93e0f329e24))
		mutex_unlock(&zonelists_mutex);

	if (onlined_pages)
		memory_notify(MEM_ONLINE, &arg);
	return 0;
}

/*
 * Who holds mem_hotplug_lock: online_pages() and offline_pages() themselves up to 4.0 and from 4.20 on, the file `state`
 * from 4.1 to 4.19, memory_block_online() and memory_block_offline() with 001002e73712.
 */
static bool takes_lock_itself(void)
{
	if (fixed(FIX_001002e73712))
		return false;
	return fixed(FIX_381eab4a6ee8) || !fixed(FIX_30467e0b3be8);
}

int online_pages(unsigned long pfn, unsigned long nr_pages, int online_type)
{
	int ret;

	if (!takes_lock_itself())
		return __online_pages(pfn, nr_pages, online_type);
	mem_hotplug_begin();
	ret = __online_pages(pfn, nr_pages, online_type);
	mem_hotplug_done();
	return ret;
}

/* ---- Offlining -------------------------------------------------------------------------------------- */

int test_pages_in_a_zone(unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone = NULL;

	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		if (!pfn_valid(pfn))
			continue;
		if (zone && page_zone(pfn_to_page(pfn)) != zone)
			return 0;
		zone = page_zone(pfn_to_page(pfn));
	}
	return zone != NULL;
}

/* -EBUSY if a page of the range is not free, else the number of pages. */
static long check_pages_isolated(unsigned long start_pfn, unsigned long end_pfn)
{
	int ret = test_pages_isolated(start_pfn, end_pfn, true);

	return ret ? ret : (long)(end_pfn - start_pfn);
}

static void shrink_present_pages(struct zone *zone, unsigned long start_pfn, long offlined_pages)
{
	unsigned long flags;

	adjust_managed_page_count(pfn_to_page(start_pfn), -offlined_pages);
	assert_mem_hotplug_write_held();
	zone->present_pages -= offlined_pages;
	pgdat_resize_lock(zone->zone_pgdat, &flags);
	zone->zone_pgdat->node_present_pages -= offlined_pages;
	pgdat_resize_unlock(zone->zone_pgdat, &flags);
}

static int __offline_pages(unsigned long start_pfn, unsigned long end_pfn)
{
	struct memory_notify arg = { start_pfn, end_pfn - start_pfn, -1, -1 };
	long offlined_pages;
	struct zone *zone;
	int ret;

	if (!test_pages_in_a_zone(start_pfn, end_pfn))
		return -EINVAL;
	zone = page_zone(pfn_to_page(start_pfn));
	ret = start_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE, true);
	if (ret)
		return ret;

	node_states_check_changes_offline(end_pfn - start_pfn, zone, &arg);
	ret = notifier_to_errno(memory_notify(MEM_GOING_OFFLINE, &arg));
	if (ret)
		goto failed_removal;
	offlined_pages = check_pages_isolated(start_pfn, end_pfn);
	if (offlined_pages < 0) {
		ret = (int)offlined_pages;
		goto failed_removal;
	}

	/* All of it is isolated: there is no way back from here. */
	__offline_isolated_pages(start_pfn, end_pfn);
	undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE);
	shrink_present_pages(zone, start_pfn, offlined_pages);
	node_states_clear_node(zone_to_nid(zone), &arg);
	memory_notify(MEM_OFFLINE, &arg);
	return 0;

failed_removal:
	memory_notify(MEM_CANCEL_OFFLINE, &arg);
	undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE);
	return ret;
}

int offline_pages(unsigned long start_pfn, unsigned long nr_pages)
{
	int ret;

	if (!takes_lock_itself())
		return __offline_pages(start_pfn, start_pfn + nr_pages);
	mem_hotplug_begin();
	ret = __offline_pages(start_pfn, start_pfn + nr_pages);
	mem_hotplug_done();
	return ret;
}

/* ---- Walking blocks --------------------------------------------------------------------------------- */

int walk_memory_range(unsigned long start_pfn, unsigned long end_pfn, void *arg,
		      int (*func)(struct memory_block *, void *))
{
	int ret = 0;

	for (unsigned long pfn = start_pfn; pfn < end_pfn && !ret; pfn += PAGES_PER_SECTION) {
		struct mem_section *section = __pfn_to_section(pfn);
		struct memory_block *mem;

		if (!present_section(section))
			continue;
		mem = find_memory_block(section);
		if (!mem)
			continue;
		ret = func(mem, arg);
		put_device(&mem->dev);
	}
	return ret;
}
