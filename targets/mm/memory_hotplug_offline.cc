// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offlining memory (offline_pages(), __offline_pages(), mm/memory_hotplug.c of Linux 3.8, 3.19, 4.9 to 4.20, 5.0,
 * 5.1, 6.1 and 6.7).
 *
 * Isolate the pageblocks; ask; empty pagevecs and per-CPU lists, and migrate what is in use, until all of it is free;
 * take it from the allocator; counters, zonelists, node states, threads of the node; tell. Up to 4.14 the loop gives up
 * after 5 failures of migration or 120 s; from 4.15 only for a signal (Model: or after 20 tries).
 * Model: huge pages, vm_total_pages and the dirty limits are left out; between 5.0 and 5.8, where the loop does not
 * empty per-CPU lists, it does here.
 */
#include <linux/bug.h>
#include <linux/compaction.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/page-isolation.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "internal.h"
#include "memory_hotplug.h"

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

/* ---- Emptying ------------------------------------------------------------------------------------------- */

static bool pcp_is_disabled(void)
{
	return fixed(FIX_ec6e8c7e0314);
}

/* 4.13 to 4.15: the caller of mem_hotplug_begin() holds cpu_hotplug_lock. */
static void drain_pagevecs(void)
{
	if (fixed(FIX_a47fed5b5b01) && !fixed(FIX_9852a7212324))
		lru_add_drain_all_cpuslocked();
	else if (!fixed(FIX_d479960e44f2))
		lru_add_drain_all();
}

static void drain_pcps(struct zone *zone)
{
	if (!pcp_is_disabled())
		drain_all_pages(zone);
}

/* From 5.11 and 5.13: nothing stays in per-CPU lists and pagevecs until it is over. */
static void disable_caches(struct zone *zone)
{
	if (pcp_is_disabled())
		zone_pcp_disable(zone);
	if (fixed(FIX_d479960e44f2))
		lru_cache_disable();
}

static void enable_caches(struct zone *zone)
{
	if (fixed(FIX_d479960e44f2))
		lru_cache_enable();
	if (pcp_is_disabled())
		zone_pcp_enable(zone);
}

/* The first page of the range that could be migrated, or 0. scan_movable_pages(), 4.9. */
static unsigned long scan_movable_pages(unsigned long start_pfn, unsigned long end_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++)
		if (pfn_valid(pfn) && PageLRU(pfn_to_page(pfn)))
			return pfn;
	return 0;
}

/* -EBUSY if a page of the range is not free, else the number of pages. */
static long check_pages_isolated(unsigned long start_pfn, unsigned long end_pfn)
{
	int ret = test_pages_isolated(start_pfn, end_pfn, true);

	return ret ? ret : (long)(end_pfn - start_pfn);
}

/* The loop of 3.8 to 4.14. Number of pages, or a negative error. */
static long empty_range_with_limits(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long expire = jiffies + 120 * HZ;
	int retry_max = 5;
	unsigned long pfn;
	bool drain = false;

	for (;;) {
		if (time_after(jiffies, expire))
			return -EAGAIN;
		if (signal_pending(current))
			return -EINTR;
		if (drain) {
			drain_pagevecs();
			cond_resched();
			drain_pcps(zone);
		}
		pfn = scan_movable_pages(start_pfn, end_pfn);
		if (!pfn)
			break;
		if (do_migrate_range(pfn, end_pfn) < 0 && --retry_max == 0)
			return -EBUSY;
		yield();
		drain = true;
	}
	drain_pagevecs();
	yield();
	drain_pcps(zone);
	return check_pages_isolated(start_pfn, end_pfn);
}

/* Without a signal the kernel tries for ever; here whoever waits loses patience, as if one had come. */
#define OFFLINE_PATIENCE 20

/* The loop from 4.15 on (72b39cfc4d75, ecde0f3e7f9e; bb8965bd82fd gave it the form of two loops). */
static long empty_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned int tries = 0;
	unsigned long pfn;
	long pages;

	do {
		for (pfn = start_pfn; pfn;) {
			if (signal_pending(current) || ++tries > OFFLINE_PATIENCE)
				return -EINTR;
			cond_resched();
			drain_pagevecs();
			drain_pcps(zone);
			pfn = scan_movable_pages(start_pfn, end_pfn);
			if (pfn)
				do_migrate_range(pfn, end_pfn);
		}
		pages = check_pages_isolated(start_pfn, end_pfn);
		if (pages < 0)
			wait_for_page_users();
	} while (pages < 0);
	return pages;
}

/* ---- Taking it away --------------------------------------------------------------------------------------- */

/* From 5.10 the pageblocks stay isolated until they are onlined again: only the count goes back. */
static void leave_isolation(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long flags;

	if (!fixed(FIX_b30c59279d68)) {
		undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE);
		return;
	}
	spin_lock_irqsave(&zone->lock, flags);
	zone->nr_isolate_pageblock -= (end_pfn - start_pfn + pageblock_nr_pages - 1) / pageblock_nr_pages;
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void rebuild_after_last_page(struct zone *zone)
{
	zone_pcp_reset(zone);
	if (!fixed(FIX_b93e0f329e24))
		mutex_lock(&zonelists_mutex);
	build_all_zonelists(NULL, NULL);
	if (!fixed(FIX_b93e0f329e24))
		mutex_unlock(&zonelists_mutex);
}

static void stop_daemons(int nid)
{
	kswapd_stop(nid);
	kcompactd_stop(nid);
}

static void take_from_zone(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn, long offlined_pages,
			   struct memory_notify *arg)
{
	__offline_isolated_pages(start_pfn, end_pfn);
	leave_isolation(zone, start_pfn, end_pfn);
	enable_caches(zone);
	adjust_managed_page_count(pfn_to_page(start_pfn), -offlined_pages);
	assert_mem_hotplug_write_held();
	adjust_present_page_count(zone, -offlined_pages);
	init_per_zone_wmark_min();
	if (!populated_zone(zone))
		rebuild_after_last_page(zone);
	else
		zone_pcp_update(zone);
	node_states_clear_node(zone_to_nid(zone), arg);
	if (arg->status_change_nid >= 0)
		stop_daemons(zone_to_nid(zone));
	memory_notify(MEM_OFFLINE, arg);
	if (fixed(FIX_feee6b298916))
		remove_pfn_range_from_zone(zone, start_pfn, end_pfn - start_pfn);
}

/* ---- Offlining -------------------------------------------------------------------------------------------- */

/* `keeps_lock`: this way out forgets mem_hotplug_done(), as mutants of 381eab4a6ee8 do. */
static int __offline_pages(unsigned long start_pfn, unsigned long end_pfn, bool *keeps_lock)
{
	struct memory_notify arg = { start_pfn, end_pfn - start_pfn, -1, -1 };
	long offlined_pages;
	struct zone *zone;
	int ret;

	if (!test_pages_in_a_zone(start_pfn, end_pfn)) {
		*keeps_lock = altered(ALT_keeps_lock_if_zones_differ);
		return -EINVAL;
	}
	zone = page_zone(pfn_to_page(start_pfn));
	disable_caches(zone);
	ret = start_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE, true);
	if (ret) {
		*keeps_lock = altered(ALT_keeps_lock_if_isolation_fails);
		goto failed;
	}

	node_states_check_changes_offline(end_pfn - start_pfn, zone, &arg);
	ret = notifier_to_errno(memory_notify(MEM_GOING_OFFLINE, &arg));
	if (ret)
		goto failed_isolated;
	offlined_pages = fixed(FIX_72b39cfc4d75) ? empty_range(zone, start_pfn, end_pfn)
						 : empty_range_with_limits(zone, start_pfn, end_pfn);
	if (offlined_pages < 0) {
		ret = (int)offlined_pages;
		goto failed_isolated;
	}

	/* All of it is isolated: there is no way back from here. */
	take_from_zone(zone, start_pfn, end_pfn, offlined_pages, &arg);
	return 0;

failed_isolated:
	memory_notify(MEM_CANCEL_OFFLINE, &arg);
	undo_isolate_page_range(start_pfn, end_pfn, MIGRATE_MOVABLE);
failed:
	enable_caches(zone);
	return ret;
}

/* Looked at before the lock is taken. A block may begin with its own memmap, which here is less than a pageblock. */
static bool range_is_aligned(unsigned long start_pfn, unsigned long nr_pages)
{
	if ((start_pfn + nr_pages) & (pageblock_nr_pages - 1))
		return false;
	return fixed(FIX_a08a2ae34613) || !(start_pfn & (pageblock_nr_pages - 1));
}

int offline_pages(unsigned long start_pfn, unsigned long nr_pages)
{
	bool inside = memory_hotplug_locks_inside() && !altered(ALT_offline_without_mem_hotplug_lock);
	bool keeps_lock = false;
	bool saw;
	int ret;

	unrelated_mutex();
	if (!range_is_aligned(start_pfn, nr_pages)) {
		if (inside && altered(ALT_keeps_lock_if_misaligned))
			mem_hotplug_begin();
		return -EINVAL;
	}
	saw = hotplug_sees_pages(true);
	if (inside)
		mem_hotplug_begin();
	ret = __offline_pages(start_pfn, start_pfn + nr_pages, &keeps_lock);
	if (inside && !keeps_lock)
		mem_hotplug_done();
	hotplug_sees_pages(saw);
	return ret;
}
