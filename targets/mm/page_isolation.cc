// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking pageblocks away from the page allocator before they are offlined (mm/page_isolation.c of
 * Linux 4.12 to 4.19).
 *
 * Model: there is no isolate notifier (its one user is powerpc's memory balloon), and a page that has a
 * reference counts as one that cannot move: nothing is migrated.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/page-isolation.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>

#include "internal.h"

/* A page without references that is not free is on the list of a CPU. Context: zone->lock held. */
static bool has_unmovable_pages(struct page *pageblock)
{
	for (unsigned long i = 0; i < pageblock_nr_pages; i++)
		if (page_count(pageblock + i))
			return true;
	return false;
}

static int set_migratetype_isolate(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;
	int ret = -EBUSY;

	spin_lock_irqsave(&zone->lock, flags);
	if (get_pageblock_migratetype(page) != MIGRATE_ISOLATE && !has_unmovable_pages(page)) {
		set_pageblock_migratetype(page, MIGRATE_ISOLATE);
		zone->nr_isolate_pageblock++;
		__mod_zone_freepage_state(zone, -move_freepages_block(zone, page, MIGRATE_ISOLATE), MIGRATE_MOVABLE);
		ret = 0;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	if (!ret)
		drain_all_pages(zone);
	return ret;
}

static void unset_migratetype_isolate(struct page *page, enum migratetype migratetype)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (get_pageblock_migratetype(page) == MIGRATE_ISOLATE) {
		__mod_zone_freepage_state(zone, move_freepages_block(zone, page, migratetype), migratetype);
		set_pageblock_migratetype(page, migratetype);
		zone->nr_isolate_pageblock--;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn, unsigned int migratetype,
			     bool skip_hwpoisoned_pages)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages) {
		int ret = set_migratetype_isolate(pfn_to_page(pfn));

		if (ret) {
			undo_isolate_page_range(start_pfn, pfn, migratetype);
			return ret;
		}
	}
	(void)skip_hwpoisoned_pages;
	return 0;
}

int undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn, unsigned int migratetype)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages)
		unset_migratetype_isolate(pfn_to_page(pfn), (enum migratetype)migratetype);
	return 0;
}

int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn, bool skip_hwpoisoned_pages)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));
	unsigned long flags;
	int ret = 0;

	(void)skip_hwpoisoned_pages;
	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned long pfn = start_pfn; pfn < end_pfn && !ret;) {
		struct page *page = pfn_to_page(pfn);

		if (!PageBuddy(page) || get_pageblock_migratetype(page) != MIGRATE_ISOLATE)
			ret = -EBUSY;
		else
			pfn += 1UL << page_order(page);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return ret;
}
