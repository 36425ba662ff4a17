// SPDX-License-Identifier: GPL-2.0-only
/*
 * What onlining and offlining share (mm/memory_hotplug.c of Linux 3.8 to 6.7): spans of zones and nodes, which
 * zone memory goes to, states of nodes, walking blocks.
 *
 * Locks by profile: see the table in README.md of this folder. What the ports of memory hotplug leave out:
 * Model: memblock, the resource tree, NUMA links; zone->contiguous.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>

#include "../history/history.h"
#include "internal.h"
#include "memory_hotplug.h"

bool memhp_auto_online;

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

/*
 * Up to 4.12 this is __add_zone(), when memory is added; from 4.13 it is done when memory is onlined. From 5.10
 * the pageblocks are isolated (MIGRATE_ISOLATE) until onlining is over.
 */
void move_pfn_range_to_zone(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages,
			    enum migratetype migratetype)
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
	if (migratetype == MIGRATE_ISOLATE)
		set_pageblock_migratetype(pfn_to_page(start_pfn), MIGRATE_ISOLATE);
	for (unsigned long pfn = start_pfn; pfn < start_pfn + nr_pages; pfn++)
		SetPageReserved(pfn_to_page(pfn));
}

/*
 * True if the section still belongs to the zone for good: up to 5.4 all that are there, from 5.5 online ones.
 * Context: node_size_lock held.
 */
static bool section_is_of_zone(unsigned long pfn, const struct zone *zone)
{
	if (fixed(FIX_feee6b298916) ? !online_section_nr(pfn_to_section_nr(pfn)) : !pfn_valid(pfn))
		return false;
	/* The last page of a section: the first ones may hold its memmap. */
	return page_zone(pfn_to_page(pfn + PAGES_PER_SECTION - 1)) == zone;
}

/* Takes [start_pfn, start_pfn + one section) off the ends of the zone's span. Context: node_size_lock. */
static void shrink_zone_span(struct zone *zone, unsigned long start_pfn)
{
	unsigned long first = zone->zone_start_pfn & ~(PAGES_PER_SECTION - 1);
	unsigned long end = zone_end_pfn(zone);

	zone_span_writelock(zone);
	while (first < end && (first == start_pfn || !section_is_of_zone(first, zone)))
		first += PAGES_PER_SECTION;
	while (first < end && (end - PAGES_PER_SECTION == start_pfn ||
			       !section_is_of_zone(end - PAGES_PER_SECTION, zone)))
		end -= PAGES_PER_SECTION;
	zone->zone_start_pfn = first;
	zone->spanned_pages = end - first;
	zone_span_writeunlock(zone);
}

/* Context: node_size_lock. Source: update_pgdat_span(), 5.5. */
static void update_pgdat_span(struct pglist_data *pgdat)
{
	unsigned long start = 0, end = 0;

	for (int idx = 0; idx < MAX_NR_ZONES; idx++) {
		struct zone *zone = &pgdat->node_zones[idx];

		if (!zone->spanned_pages)
			continue;
		if (!end || zone->zone_start_pfn < start)
			start = zone->zone_start_pfn;
		end = zone_end_pfn(zone) > end ? zone_end_pfn(zone) : end;
	}
	pgdat->node_start_pfn = start;
	pgdat->node_spanned_pages = end - start;
}

/*
 * Up to 5.4 __remove_zone(), when memory is removed; from 5.5 (feee6b298916) when it has gone offline.
 * Model: struct pages keep what they say; in the kernel they are poisoned from then on. A section whose first pages hold
 * its memmap leaves the span with them.
 */
void remove_pfn_range_from_zone(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long flags;

	if (zone_is_empty(zone))
		return;
	pgdat_resize_lock(zone->zone_pgdat, &flags);
	for (unsigned long pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SECTION)
		if (!(pfn & (PAGES_PER_SECTION - 1)))
			shrink_zone_span(zone, pfn);
	if (fixed(FIX_feee6b298916))
		update_pgdat_span(zone->zone_pgdat);
	pgdat_resize_unlock(zone->zone_pgdat, &flags);
}

/* ---- Up to 4.12: from one zone to its neighbour -------------------------------------------------------- */

/* zone_can_shift(), 4.9: only what is at the border may go. */
static bool zone_can_shift(struct zone *zone, unsigned long pfn, unsigned long nr_pages, enum zone_type target)
{
	enum zone_type idx = zone_idx(zone);

	if (idx < target)
		return pfn + nr_pages == zone_end_pfn(zone);
	return idx == target || pfn == zone->zone_start_pfn;
}

static void resize_zone(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	zone_span_writelock(zone);
	zone->zone_start_pfn = end_pfn > start_pfn ? start_pfn : 0;
	zone->spanned_pages = end_pfn > start_pfn ? end_pfn - start_pfn : 0;
	zone_span_writeunlock(zone);
}

static void fix_zone_id(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++)
		set_page_links(pfn_to_page(pfn), zone_idx(zone), (unsigned long)zone_to_nid(zone));
}

/* move_pfn_range_left(), 4.9: the first pages of the zone above become the last of this one. */
static struct zone *move_pfn_range_left(struct zone *z1, struct zone *z2, unsigned long start_pfn,
					unsigned long end_pfn)
{
	unsigned long flags;
	bool fits;

	pgdat_resize_lock(z1->zone_pgdat, &flags);
	fits = end_pfn <= zone_end_pfn(z2) && start_pfn <= z2->zone_start_pfn && end_pfn > z2->zone_start_pfn;
	if (fits) {
		resize_zone(z1, z1->spanned_pages ? z1->zone_start_pfn : start_pfn, end_pfn);
		resize_zone(z2, end_pfn, zone_end_pfn(z2));
	}
	pgdat_resize_unlock(z1->zone_pgdat, &flags);
	if (!fits)
		return NULL;
	fix_zone_id(z1, start_pfn, end_pfn);
	return z1;
}

/* move_pfn_range_right(), 4.9: the last pages of the zone below become the first of this one. */
static struct zone *move_pfn_range_right(struct zone *z1, struct zone *z2, unsigned long start_pfn,
					 unsigned long end_pfn)
{
	unsigned long flags;
	bool fits;

	pgdat_resize_lock(z1->zone_pgdat, &flags);
	fits = z1->zone_start_pfn <= start_pfn && end_pfn >= zone_end_pfn(z1) && start_pfn < zone_end_pfn(z1);
	if (fits) {
		resize_zone(z2, start_pfn, z2->spanned_pages ? zone_end_pfn(z2) : end_pfn);
		resize_zone(z1, z1->zone_start_pfn, start_pfn);
	}
	pgdat_resize_unlock(z1->zone_pgdat, &flags);
	if (!fits)
		return NULL;
	fix_zone_id(z2, start_pfn, end_pfn);
	return z2;
}

/* The beginning of online_pages(), 3.9 to 4.12. NULL: it cannot go where it should. */
static struct zone *move_pfn_range(int online_type, unsigned long pfn, unsigned long nr_pages)
{
	struct zone *zone = page_zone(pfn_to_page(pfn));
	struct zone *zones = zone->zone_pgdat->node_zones;
	enum zone_type target = zone_idx(zone);

	if (online_type == MMOP_ONLINE_KERNEL)
		target = ZONE_NORMAL;
	if (online_type == MMOP_ONLINE_MOVABLE)
		target = ZONE_MOVABLE;
	if (!zone_can_shift(zone, pfn, nr_pages, target))
		return NULL;
	if (target < zone_idx(zone))
		return move_pfn_range_left(&zones[target], zone, pfn, pfn + nr_pages);
	if (target > zone_idx(zone))
		return move_pfn_range_right(zone, &zones[target], pfn, pfn + nr_pages);
	return zone;
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

/* From 4.17 the block is taken for granted: also before its device is on the list of its bus. */
int nid_of_pfn(unsigned long pfn)
{
	struct memory_block *mem;
	int nid;

	if (!fixed(FIX_fc44f7f9231a))
		return page_to_nid(pfn_to_page(pfn));
	mem = find_memory_block(__pfn_to_section(pfn));
	nid = mem->nid;
	put_device(&mem->dev);
	return nid;
}

/* The zone that the range is part of from now on, or NULL if it cannot go where it should. */
struct zone *associate_with_zone(int online_type, int nid, unsigned long pfn, unsigned long nr_pages)
{
	struct zone *zone;

	if (!fixed(FIX_f1dd2cd13c4b))
		return move_pfn_range(online_type, pfn, nr_pages);
	zone = zone_for_pfn_range(online_type, nid, pfn, nr_pages);
	move_pfn_range_to_zone(zone, pfn, nr_pages, fixed(FIX_b30c59279d68) ? MIGRATE_ISOLATE : MIGRATE_MOVABLE);
	return zone;
}

/* ---- Node states ------------------------------------------------------------------------------------ */

void node_states_check_changes_online(struct zone *zone, struct memory_notify *arg)
{
	int nid = zone_to_nid(zone);

	arg->status_change_nid_normal = -1;
	arg->status_change_nid = -1;
	if (zone_idx(zone) <= ZONE_NORMAL && !node_state(nid, N_NORMAL_MEMORY))
		arg->status_change_nid_normal = nid;
	if (!node_state(nid, N_MEMORY))
		arg->status_change_nid = nid;
}

void node_states_set_node(int nid, const struct memory_notify *arg)
{
	if (arg->status_change_nid_normal >= 0)
		node_set_state(nid, N_NORMAL_MEMORY);
	if (arg->status_change_nid >= 0)
		node_set_state(nid, N_MEMORY);
}

void node_states_check_changes_offline(unsigned long nr_pages, struct zone *zone,
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

void node_states_clear_node(int nid, const struct memory_notify *arg)
{
	if (arg->status_change_nid_normal >= 0)
		node_clear_state(nid, N_NORMAL_MEMORY);
	if (arg->status_change_nid >= 0)
		node_clear_state(nid, N_MEMORY);
}

/* ---- Counters --------------------------------------------------------------------------------------- */

/* adjust_present_page_count(), 6.1; before, in the text of onlining and offlining. */
void adjust_present_page_count(struct zone *zone, long nr_pages)
{
	unsigned long flags;

	zone->present_pages += nr_pages;
	pgdat_resize_lock(zone->zone_pgdat, &flags);
	zone->zone_pgdat->node_present_pages += nr_pages;
	pgdat_resize_unlock(zone->zone_pgdat, &flags);
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
