// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocating and freeing pages: the zonelist walk, and what is tried when it finds nothing (the upper half of
 * mm/page_alloc.c of Linux 3.8 to 6.1).
 *
 * Model: reclaim makes progress once in each allocation, and others take what it freed; then it makes none, and the
 * allocation fails, or tries again in a while (__GFP_NOFAIL). No compaction, no OOM killer, no reserves; watermarks forbid
 * nothing. All CPUs are near node 0.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/topology.h>
#include <linux/spinlock.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../history/history.h"
#include "internal.h"

/* ---- From one zone ---------------------------------------------------------------------------------------- */

/* Source: rmqueue(), 4.12; rmqueue_buddy(), 6.1. */
static struct page *rmqueue_buddy(struct zone *zone, unsigned int order)
{
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&zone->lock, flags);
	page = __rmqueue(zone, order, MIGRATE_MOVABLE);
	if (page)
		__mod_zone_freepage_state(zone, -(1 << order), get_pcppage_migratetype(page));
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

/* From 6.0 the CPU's list may be in use by a drain; the zone is tried then. */
static struct page *rmqueue(struct zone *zone, unsigned int order)
{
	struct page *page = NULL;

	if (!order) {
		page = rmqueue_pcplist(zone, MIGRATE_MOVABLE);
		if (page || !fixed(FIX_443c2accd1b6))
			return page;
	}
	return rmqueue_buddy(zone, order);
}

/* Source: prep_new_page(), 4.12. */
static struct page *prep_new_page(struct page *page)
{
	VM_BUG_ON_PAGE(page_count(page), page);
	page->index = 0;
	page->private_ = 0;
	set_page_count(page, 1);
	return page;
}

static enum zone_type gfp_zone(gfp_t gfp_mask)
{
	return gfp_mask & __GFP_MOVABLE ? ZONE_MOVABLE : ZONE_NORMAL;
}

/* ---- From all zones --------------------------------------------------------------------------------------- */

struct alloc_context {
	struct zonelist *zonelist;
	enum zone_type high_zoneidx;
};

/* Source: get_page_from_freelist(), 4.12, 6.1. */
static struct page *get_page_from_freelist(unsigned int order, const struct alloc_context *ac)
{
	struct zoneref *z;
	struct zone *zone;

	for_each_zone_zonelist(zone, z, ac->zonelist, ac->high_zoneidx) {
		struct page *page = rmqueue(zone, order);

		if (page)
			return prep_new_page(page);
	}
	return NULL;
}

/* Source: wake_all_kswapds(), 4.12. */
static void wake_all_kswapds(const struct alloc_context *ac)
{
	struct zoneref *z;
	struct zone *zone;

	for_each_zone_zonelist(zone, z, ac->zonelist, ac->high_zoneidx)
		wakeup_kswapd(zone);
}

/* Source: __perform_reclaim(), 4.14, 6.1. */
static bool __perform_reclaim(gfp_t gfp_mask, bool *progressed)
{
	bool progress = !*progressed;
	unsigned int noreclaim_flag;

	fs_reclaim_acquire(gfp_mask);
	noreclaim_flag = memalloc_noreclaim_save();
	*progressed = true;
	memalloc_noreclaim_restore(noreclaim_flag);
	fs_reclaim_release(gfp_mask);
	return progress;
}

/* Source: __alloc_pages_direct_reclaim(), 4.12, 6.1. */
static struct page *__alloc_pages_direct_reclaim(gfp_t gfp_mask, unsigned int order, const struct alloc_context *ac,
						 bool *progressed)
{
	struct page *page;

	if (!__perform_reclaim(gfp_mask, progressed))
		return NULL;
	page = get_page_from_freelist(order, ac);
	if (page)
		return page;
	/* What there is may be on the lists of other CPUs. */
	drain_all_pages(NULL);
	return get_page_from_freelist(order, ac);
}

/* Source: __alloc_pages_slowpath(), 4.12. */
static struct page *__alloc_pages_slowpath(gfp_t gfp_mask, unsigned int order, const struct alloc_context *ac)
{
	bool progressed = false;
	struct page *page;

	for (;;) {
		if (gfp_mask & __GFP_KSWAPD_RECLAIM)
			wake_all_kswapds(ac);
		page = get_page_from_freelist(order, ac);
		if (page || !(gfp_mask & __GFP_DIRECT_RECLAIM) || (current->flags & PF_MEMALLOC))
			return page;
		page = __alloc_pages_direct_reclaim(gfp_mask, order, ac, &progressed);
		if (page || !(gfp_mask & __GFP_NOFAIL))
			return page;
		schedule_timeout_uninterruptible(HZ / 50);
	}
}

struct page *alloc_pages_node(int nid, gfp_t gfp_mask, unsigned int order)
{
	struct alloc_context ac = { node_zonelist(nid), gfp_zone(gfp_mask) };
	struct page *page;

	might_alloc(gfp_mask);
	if (should_fail_alloc_page(gfp_mask, order))
		return NULL;
	page = get_page_from_freelist(order, &ac);
	return page ? page : __alloc_pages_slowpath(gfp_mask, order, &ac);
}

struct page *alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	return alloc_pages_node(numa_node_id(), gfp_mask, order);
}

void __free_pages(struct page *page, unsigned int order)
{
	if (put_page_testzero(page))
		free_unref_page(page, order);
}
