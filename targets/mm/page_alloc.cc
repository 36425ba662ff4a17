// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page accounting, migratetypes and free blocks (the lower half of mm/page_alloc.c of Linux 3.8 to 6.1). Above it:
 * page_alloc_pcp.cc (lists of CPUs), page_alloc_drain.cc, page_alloc_slowpath.cc (allocating).
 *
 * Model: a pageblock is the largest order, so no block ever spans two. Two migratetypes, no reserves.
 * Model: managed_pages is a plain counter under managed_page_count_lock in every profile; 5.0 made it
 * an atomic (9705bea5f833).
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>

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

/* ---- Free blocks: under zone->lock ------------------------------------------------------------------ */

unsigned int page_order(struct page *page)
{
	return (unsigned int)page->private_;
}

static void add_to_free_list(struct page *page, struct zone *zone, unsigned int order, enum migratetype migratetype)
{
	page->private_ = order;
	__SetPageBuddy(page);
	list_add(&page->lru, &zone->free_area[order].free_list[migratetype]);
	zone->free_area[order].nr_free++;
}

static void del_page_from_free_list(struct page *page, struct zone *zone, unsigned int order)
{
	list_del(&page->lru);
	__ClearPageBuddy(page);
	page->private_ = 0;
	zone->free_area[order].nr_free--;
}

/* Source: __free_one_page(), 4.12, 6.1. */
void __free_one_page(struct page *page, struct zone *zone, unsigned int order, enum migratetype migratetype)
{
	unsigned long pfn = page_to_pfn(page);

	__mod_zone_freepage_state(zone, 1 << order, migratetype);
	while (order < MAX_ORDER - 1) {
		struct page *buddy = pfn_to_page(pfn ^ (1UL << order));

		if (!PageBuddy(buddy) || page_order(buddy) != order)
			break;
		del_page_from_free_list(buddy, zone, order);
		pfn &= ~(1UL << order);
		order++;
	}
	add_to_free_list(pfn_to_page(pfn), zone, order, migratetype);
}

/* Source: free_one_page(), 4.12, 6.1. */
void free_one_page(struct zone *zone, struct page *page, unsigned int order, enum migratetype migratetype)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (has_isolate_pageblock(zone) || is_migrate_isolate(migratetype))
		migratetype = get_pageblock_migratetype(page);
	__free_one_page(page, zone, order, migratetype);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* Gives back what of a block of order `high` is above order `low`. Source: expand(), 4.12. */
static void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high,
		   enum migratetype migratetype)
{
	while (high > low) {
		high--;
		add_to_free_list(page + (1UL << high), zone, high, migratetype);
	}
}

/* A block off the free lists, or NULL. Source: __rmqueue_smallest(), 4.12, 6.1. */
struct page *__rmqueue(struct zone *zone, unsigned int order, enum migratetype migratetype)
{
	for (unsigned int high = order; high < MAX_ORDER; high++) {
		struct list_head *list = &zone->free_area[high].free_list[migratetype];
		struct page *page;

		if (list_empty(list))
			continue;
		page = list_first_entry(list, struct page, lru);
		del_page_from_free_list(page, zone, high);
		expand(zone, page, order, high, migratetype);
		set_pcppage_migratetype(page, migratetype);
		return page;
	}
	return NULL;
}

/* Source: move_freepages(), 4.12, 6.1. */
int move_freepages_block(struct zone *zone, struct page *page, enum migratetype migratetype)
{
	unsigned long pfn = page_to_pfn(page) & ~(pageblock_nr_pages - 1);
	unsigned long end = pfn + pageblock_nr_pages;
	int moved = 0;

	while (pfn < end) {
		unsigned int order;

		page = pfn_to_page(pfn);
		if (!PageBuddy(page)) {
			pfn++;
			continue;
		}
		order = page_order(page);
		list_move(&page->lru, &zone->free_area[order].free_list[migratetype]);
		pfn += 1UL << order;
		moved += 1 << order;
	}
	return moved;
}

/* Source: __offline_isolated_pages(), 4.12 to 4.19. */
void __offline_isolated_pages(unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));
	unsigned long flags;

	if (fixed(FIX_f1dd2cd13c4b))
		offline_mem_sections(start_pfn, end_pfn);
	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned long pfn = start_pfn; pfn < end_pfn;) {
		struct page *page = pfn_to_page(pfn);
		unsigned int order;

		BUG_ON(page_count(page));
		BUG_ON(!PageBuddy(page));
		order = page_order(page);
		del_page_from_free_list(page, zone, order);
		for (unsigned int i = 0; i < 1u << order; i++)
			SetPageReserved(page + i);
		pfn += 1UL << order;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	hide_offline_pages(start_pfn, end_pfn);
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
