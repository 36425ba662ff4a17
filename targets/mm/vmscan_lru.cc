// SPDX-License-Identifier: GPL-2.0-only
/*
 * LRU lists themselves, and taking a page off its list (include/linux/mm_inline.h and mm/vmscan.c of Linux 3.8 to 6.7).
 *
 * Model: nothing reclaims from the lists here: a list is a place that a page is on.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/spinlock.h>
#include <linux/swap.h>

#include "../history/history.h"
#include "internal.h"

void lruvec_init(struct lruvec *lruvec)
{
	spin_lock_init(&lruvec->lru_lock);
	for (int lru = 0; lru < NR_LRU_LISTS; lru++)
		INIT_LIST_HEAD(&lruvec->lists[lru]);
}

struct lruvec *page_lruvec(struct page *page)
{
	struct zone *zone = page_zone(page);

	return fixed(FIX_599d0c954f91) ? &zone->zone_pgdat->lruvec : &zone->lruvec;
}

enum lru_list page_lru(struct page *page)
{
	int lru = PageSwapBacked(page) ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE;

	if (PageUnevictable(page))
		return LRU_UNEVICTABLE;
	return (enum lru_list)(PageActive(page) ? lru + LRU_ACTIVE : lru);
}

void add_page_to_lru_list(struct page *page, struct lruvec *lruvec)
{
	enum lru_list lru = page_lru(page);

	lruvec->lru_size[lru]++;
	list_add(&page->lru, &lruvec->lists[lru]);
}

void add_page_to_lru_list_tail(struct page *page, struct lruvec *lruvec)
{
	enum lru_list lru = page_lru(page);

	lruvec->lru_size[lru]++;
	list_add_tail(&page->lru, &lruvec->lists[lru]);
}

void del_page_from_lru_list(struct page *page, struct lruvec *lruvec)
{
	list_del(&page->lru);
	lruvec->lru_size[page_lru(page)]--;
}

/* Up to 5.10: PG_lru changes under lru_lock. */
static int isolate_under_lock(struct page *page)
{
	struct lruvec *lruvec;
	int ret = -EBUSY;

	if (!PageLRU(page))
		return ret;
	lruvec = page_lruvec(page);
	spin_lock_irq(&lruvec->lru_lock);
	if (PageLRU(page)) {
		get_page(page);
		ClearPageLRU(page);
		del_page_from_lru_list(page, lruvec);
		ret = 0;
	}
	spin_unlock_irq(&lruvec->lru_lock);
	return ret;
}

int isolate_lru_page(struct page *page)
{
	struct lruvec *lruvec;

	VM_BUG_ON_PAGE(!page_count(page), page);
	if (!fixed(FIX_d25b5bd8a8f4))
		return isolate_under_lock(page);
	if (!TestClearPageLRU(page))
		return -EBUSY;
	get_page(page);
	lruvec = page_lruvec(page);
	spin_lock_irq(&lruvec->lru_lock);
	del_page_from_lru_list(page, lruvec);
	spin_unlock_irq(&lruvec->lru_lock);
	return 0;
}

void putback_lru_page(struct page *page)
{
	lru_cache_add(page);
	put_page(page); /* that of isolate_lru_page() */
}

/* ---- For invariants --------------------------------------------------------------------------------- */

static bool list_agrees(struct lruvec *lruvec, int lru)
{
	unsigned long pages = 0;
	struct page *page;

	list_for_each_entry(page, &lruvec->lists[lru], lru) {
		if (!PageLRU(page) || page_lru(page) != lru || page_lruvec(page) != lruvec || page_count(page) < 1)
			return false;
		pages++;
	}
	return pages == lruvec->lru_size[lru];
}

static bool lruvec_agrees(struct lruvec *lruvec)
{
	for (int lru = 0; lru < NR_LRU_LISTS; lru++)
		if (!list_agrees(lruvec, lru))
			return false;
	return true;
}

bool lru_lists_agree(void)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!lruvec_agrees(&NODE_DATA(nid)->lruvec))
			return false;
		for (int idx = 0; idx < MAX_NR_ZONES; idx++)
			if (!lruvec_agrees(&NODE_DATA(nid)->node_zones[idx].lruvec))
				return false;
	}
	return true;
}
