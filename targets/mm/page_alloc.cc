// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page accounting and free lists (mm/page_alloc.c of Linux 4.12 to 5.1): what hotplug uses of them.
 *
 * Model: one free list per zone and migratetype, pages of order 0; no per-CPU lists, so there is nothing
 * to drain and no pageset to set up or resize (drain_all_pages, zone_pcp_update, zone_pcp_reset).
 * Model: nothing allocates; watermarks, zonelists, vm_total_pages and zone->contiguous are left out.
 * Model: managed_pages is a plain counter under managed_page_count_lock in every profile; 5.0 made it
 * an atomic (9705bea5f833).
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/spinlock.h>

#include "../history/history.h"
#include "internal.h"

struct pglist_data node_data[MAX_NUMNODES];
nodemask_t node_states[NR_NODE_STATES];
unsigned long totalram_pages;

/* Protects totalram_pages and managed_pages of every zone. */
static DEFINE_SPINLOCK(managed_page_count_lock);

void adjust_managed_page_count(struct page *page, long count)
{
	spin_lock(&managed_page_count_lock);
	page_zone(page)->managed_pages += count;
	totalram_pages += count;
	spin_unlock(&managed_page_count_lock);
}

/* ---- Migratetypes: one word for each pageblock, changed under zone->lock, read by anybody ----------- */

static unsigned long *pageblock_word(struct page *page)
{
	return __pfn_to_section(page_to_pfn(page))->pageblock_flags;
}

enum migratetype get_pageblock_migratetype(struct page *page)
{
	return (enum migratetype)READ_ONCE(*pageblock_word(page));
}

void set_pageblock_migratetype(struct page *page, enum migratetype migratetype)
{
	WRITE_ONCE(*pageblock_word(page), (unsigned long)migratetype);
}

/* ---- Free lists: under zone->lock ------------------------------------------------------------------- */

void __free_one_page(struct zone *zone, struct page *page)
{
	__SetPageBuddy(page);
	list_add(&page->lru, &zone->free_area.free_list[get_pageblock_migratetype(page)]);
	zone->free_area.nr_free++;
}

static void del_page_from_free_list(struct zone *zone, struct page *page)
{
	list_del(&page->lru);
	__ClearPageBuddy(page);
	zone->free_area.nr_free--;
}

void free_unref_page(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	(void)order;
	spin_lock_irqsave(&zone->lock, flags);
	__free_one_page(zone, page);
	spin_unlock_irqrestore(&zone->lock, flags);
}

void __free_page(struct page *page)
{
	if (put_page_testzero(page))
		free_unref_page(page, 0);
}

int move_freepages_block(struct zone *zone, struct page *page, enum migratetype migratetype)
{
	unsigned long start = page_to_pfn(page) & ~(pageblock_nr_pages - 1);
	int moved = 0;

	for (unsigned long pfn = start; pfn < start + pageblock_nr_pages; pfn++) {
		page = pfn_to_page(pfn);
		if (!PageBuddy(page))
			continue;
		list_move(&page->lru, &zone->free_area.free_list[migratetype]);
		moved++;
	}
	return moved;
}

void __offline_isolated_pages(unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));
	unsigned long flags;

	if (fixed(FIX_f1dd2cd13c4b))
		offline_mem_sections(start_pfn, end_pfn);
	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		struct page *page = pfn_to_page(pfn);

		BUG_ON(page_count(page));
		BUG_ON(!PageBuddy(page));
		del_page_from_free_list(zone, page);
		SetPageReserved(page);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* ---- struct pages of a section ---------------------------------------------------------------------- */

static void __init_single_page(struct page *page, int nid, enum zone_type zone)
{
	page->flags = 0;
	set_page_links(page, zone, (unsigned long)nid);
	init_page_count(page);
	page->page_type = ~0u;
	INIT_LIST_HEAD(&page->lru);
}

void memmap_init_zone(unsigned long size, int nid, enum zone_type zone, unsigned long start_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < start_pfn + size; pfn++) {
		struct page *page = pfn_to_page(pfn);

		__init_single_page(page, nid, zone);
		if (!(pfn & (pageblock_nr_pages - 1)))
			set_pageblock_migratetype(page, MIGRATE_MOVABLE);
	}
}
