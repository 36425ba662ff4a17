// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking pageblocks away from the page allocator before they are offlined (mm/page_isolation.c of
 * Linux 3.8 to 6.7), and the atomic chain of those who are asked how much of a pageblock they could free
 * (drivers/base/memory.c, up to 5.5).
 *
 * Model: a pageblock may be isolated in part: the pages at its beginning that hold its memmap stay outside.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/page-isolation.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>

#include "../history/history.h"
#include "internal.h"

/* ---- The isolate chain: up to 5.5 (3f9903b9ca5e), called under zone->lock ------------------------------ */

static ATOMIC_NOTIFIER_HEAD(memory_isolate_chain);

int register_memory_isolate_notifier(struct notifier_block *nb)
{
	return atomic_notifier_chain_register(&memory_isolate_chain, nb);
}

void unregister_memory_isolate_notifier(struct notifier_block *nb)
{
	atomic_notifier_chain_unregister(&memory_isolate_chain, nb);
}

int memory_isolate_notify(unsigned long val, void *v)
{
	return atomic_notifier_call_chain(&memory_isolate_chain, val, v);
}

/* How many pages of [start_pfn, end_pfn) somebody promises to free, or a negative error. */
static int ask_isolate_chain(unsigned long start_pfn, unsigned long end_pfn)
{
	struct memory_isolate_notify arg = { start_pfn, (unsigned int)(end_pfn - start_pfn), 0 };
	int ret;

	if (fixed(FIX_3f9903b9ca5e))
		return 0;
	ret = notifier_to_errno(memory_isolate_notify(MEM_ISOLATE_COUNT, &arg));
	return ret ? ret : (int)arg.pages_found;
}

/* ---- What can move ------------------------------------------------------------------------------------- */

/* Free, on a per-CPU list, or on an LRU list. Context: zone->lock held. */
static bool page_may_move(struct page *page)
{
	if (PageReserved(page))
		return false;
	return !page_count(page) || PageLRU(page);
}

/*
 * has_unmovable_pages(), 4.9 and 4.15. Up to 4.14 a pageblock of movable pages is taken at its word, and so is
 * ZONE_MOVABLE later (but for reserved pages). Context: zone->lock held.
 */
static bool has_unmovable_pages(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn, int found)
{
	if (!fixed(FIX_d7b236e10ced))
		return false;
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (page_may_move(page) || (zone_idx(zone) == ZONE_MOVABLE && !PageReserved(page)))
			continue;
		if (--found < 0)
			return true;
	}
	return false;
}

/* ---- Isolating ------------------------------------------------------------------------------------------ */

/* Of the pageblock of `start_pfn` the part that lies before `end_pfn`. */
static unsigned long end_in_pageblock(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long end = (start_pfn | (pageblock_nr_pages - 1)) + 1;

	return end < end_pfn ? end : end_pfn;
}

static int set_migratetype_isolate(unsigned long start_pfn, unsigned long end_pfn)
{
	struct page *page = pfn_to_page(start_pfn);
	struct zone *zone = page_zone(page);
	unsigned long flags;
	int found, ret = -EBUSY;

	spin_lock_irqsave(&zone->lock, flags);
	found = ask_isolate_chain(start_pfn, end_pfn);
	if (found >= 0 && get_pageblock_migratetype(page) != MIGRATE_ISOLATE &&
	    !has_unmovable_pages(zone, start_pfn, end_pfn, found)) {
		set_pageblock_migratetype(page, MIGRATE_ISOLATE);
		zone->nr_isolate_pageblock++;
		__mod_zone_freepage_state(zone, -move_freepages_block(zone, page, MIGRATE_ISOLATE), MIGRATE_MOVABLE);
		ret = 0;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	/* From 5.11 (7612921f2376) the callers see to that, by zone_pcp_disable(). */
	if (!ret && !fixed(FIX_ec6e8c7e0314))
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
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn = end_in_pageblock(pfn, end_pfn)) {
		int ret = set_migratetype_isolate(pfn, end_in_pageblock(pfn, end_pfn));

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
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn = end_in_pageblock(pfn, end_pfn))
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
