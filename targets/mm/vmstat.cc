// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of zones, with differences per CPU (mm/vmstat.c of Linux 4.12 to 6.1): what the page allocator and hotplug
 * use of them. Depends on the history table, runs below the page allocator.
 *
 * Model: one counter, NR_FREE_PAGES; none of nodes and of events. No periodic folding (vmstat_update()): a difference
 * is folded when it exceeds the threshold, when its CPU dies, or when its pageset goes. The threshold is 1.
 */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/vmstat.h>

#include "../history/history.h"
#include "internal.h"

/* Source: zone_page_state_add(), 4.12. */
static void zone_page_state_add(long x, struct zone *zone, enum zone_stat_item item)
{
	atomic_long_add(x, &zone->vm_stat[item]);
}

/* Source: __mod_zone_page_state(), 4.12, 6.1. */
void __mod_zone_page_state(struct zone *zone, enum zone_stat_item item, long delta)
{
	struct per_cpu_pageset __percpu *pcp = zone_pageset(zone);
	s8 __percpu *p = pcp->vm_stat_diff + item;
	long x, t;

	x = delta + __this_cpu_read(*p);
	t = __this_cpu_read(pcp->stat_threshold);
	if (x > t || x < -t) {
		zone_page_state_add(x, zone, item);
		x = 0;
	}
	__this_cpu_write(*p, (s8)x);
}

/* Source: cpu_vm_stats_fold(), 4.12, 6.1. */
void cpu_vm_stats_fold(int cpu)
{
	struct zone *zone;

	for (zone = first_zone(); zone; zone = zone_after(zone)) {
		struct per_cpu_pageset *p;

		if (!populated_zone(zone))
			continue;
		p = per_cpu_ptr(zone_pageset(zone), cpu);
		for (int i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++)
			if (p->vm_stat_diff[i]) {
				int v = p->vm_stat_diff[i];

				p->vm_stat_diff[i] = 0;
				zone_page_state_add(v, zone, (enum zone_stat_item)i);
			}
	}
}

/* Source: drain_zonestat(), 4.12. */
void drain_zonestat(struct zone *zone, struct per_cpu_pageset *pset)
{
	for (int i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++)
		if (pset->vm_stat_diff[i]) {
			int v = pset->vm_stat_diff[i];

			pset->vm_stat_diff[i] = 0;
			zone_page_state_add(v, zone, (enum zone_stat_item)i);
		}
}
