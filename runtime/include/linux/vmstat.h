/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Counters of zones. Follows include/linux/vmstat.h of Linux 4.12 to 6.1; the code behind it is targets/mm/vmstat.cc.
 *
 * A change goes to a difference that the CPU keeps in the zone's pageset, and from there to zone->vm_stat when it
 * exceeds a threshold, when it is folded, and when the CPU is dead.
 */
#ifndef HOTWEAVE_LINUX_VMSTAT_H
#define HOTWEAVE_LINUX_VMSTAT_H

#include <linux/mmzone.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What has been folded so far: any context, without a lock. Never below 0. */
static inline unsigned long zone_page_state(struct zone *zone, enum zone_stat_item item)
{
	long x = atomic_long_read(&zone->vm_stat[item]);

	return x < 0 ? 0 : (unsigned long)x;
}

/* Context: interrupts off (the difference of this CPU changes). */
void __mod_zone_page_state(struct zone *zone, enum zone_stat_item item, long delta);

/* Pages of isolated pageblocks do not count as free. Context: zone->lock held, interrupts off. */
static inline void __mod_zone_freepage_state(struct zone *zone, int nr_pages, enum migratetype migratetype)
{
	if (!is_migrate_isolate(migratetype))
		__mod_zone_page_state(zone, NR_FREE_PAGES, nr_pages);
}

/* Folds what a dead CPU left. Context: the task that took it down. */
void cpu_vm_stats_fold(int cpu);
/* Folds the differences of a pageset that is about to go away: nobody uses it any more. */
void drain_zonestat(struct zone *zone, struct per_cpu_pageset *pset);
#ifdef __cplusplus
}
#endif
#endif
