// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emptying a range that goes offline: do_migrate_range() (mm/memory_hotplug.c of Linux 3.8 to 6.7).
 *
 * Model: a new page comes from the node of the old one if that has any (from 4.9 other nodes first, if the node loses all
 * its memory); no huge pages, and no pages but those on LRU lists can be moved. After a page that would not move it sleeps
 * for a tick: whoever uses the page gets on, as on a machine, where he runs on another CPU meanwhile.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "../history/history.h"
#include "internal.h"
#include "memory_hotplug.h"

static struct page *new_node_page(struct page *page, unsigned long private_)
{
	(void)private_;
	return alloc_pages_node(page_to_nid(page), GFP_USER | __GFP_MOVABLE | __GFP_HIGHMEM, 0);
}

/* Takes a page off its LRU list for the caller: 0; 1 if it is free; -EBUSY if it is in use and on no list. */
static int isolate_page(struct page *page, struct list_head *source)
{
	int ret;

	if (!get_page_unless_zero(page))
		return 1;
	ret = isolate_lru_page(page);
	put_page(page);
	if (!ret)
		list_add_tail(&page->lru, source);
	else if (!page_count(page))
		ret = 1;
	return ret;
}

void wait_for_page_users(void)
{
	schedule_timeout_uninterruptible(1);
}

/* Up to 4.14 a page that cannot be moved ends it, with nothing moved; later it is left for the next try. */
int do_migrate_range(unsigned long start_pfn, unsigned long end_pfn)
{
	LIST_HEAD(source);
	bool moved = false;
	int ret = 0;

	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		if (!pfn_valid(pfn))
			continue;
		if (isolate_page(pfn_to_page(pfn), &source) >= 0)
			continue;
		if (!fixed(FIX_72b39cfc4d75)) {
			putback_movable_pages(&source);
			wait_for_page_users();
			return -EBUSY;
		}
	}
	if (!list_empty(&source)) {
		ret = migrate_pages(&source, new_node_page, NULL, 0, MIGRATE_SYNC, MR_MEMORY_HOTPLUG);
		moved = !ret;
		if (ret)
			putback_movable_pages(&source);
	}
	if (!moved)
		wait_for_page_users();
	return ret;
}
