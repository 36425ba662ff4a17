// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of free pages of each CPU, and the pagesets that hold them (mm/page_alloc.c of Linux 3.8 to 6.1).
 *
 * A list belongs to whoever runs on its CPU with interrupts off; from 443c2accd1b6 (6.0) to the holder of its lock.
 *
 * Model: order 0 alone (5.13 put others there, too); high is 2, batch 1. From 5.14 to 5.19 a local lock stood for
 * interrupts off; no profile has that. From 6.2 interrupts stay on under the lock; here they are off.
 * Model: a zone that lost its last page gives its pagesets up, but their memory is freed only with pagesets_are_freed: every
 * kernel frees it while others may use it (docs/findings.md).
 */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "internal.h"

/* What every zone has until it is populated; keeps nothing. */
static DEFINE_PER_CPU(struct per_cpu_pageset, boot_pageset);

/*
 * The pagesets of a zone that has pages. Who sees the zone (in a zonelist, or populated) sees them initialised: the
 * kernel relies on the order of stores, which is spelt out here.
 */
struct per_cpu_pageset __percpu *zone_pageset(struct zone *zone)
{
	(void)smp_load_acquire(&zone->pagesets_published);
	return hotweave_missing_annotation(zone->pageset, "set before the zone has pages, reset when it has none");
}

/* ---- Owning the list of this CPU ---------------------------------------------------------------------- */

/* NULL: another CPU is draining it (from 6.0). Source: pcp_spin_trylock_irqsave(), 6.1. */
static struct per_cpu_pages *pcp_trylock(struct zone *zone, unsigned long *flags)
{
	struct per_cpu_pages *pcp;

	if (!fixed(FIX_443c2accd1b6)) {
		local_irq_save(*flags);
		return &this_cpu_ptr(zone_pageset(zone))->pcp;
	}
	preempt_disable();
	pcp = &this_cpu_ptr(zone_pageset(zone))->pcp;
	if (spin_trylock_irqsave(&pcp->lock, *flags))
		return pcp;
	preempt_enable();
	return NULL;
}

static void pcp_unlock(struct per_cpu_pages *pcp, unsigned long flags)
{
	if (!fixed(FIX_443c2accd1b6)) {
		local_irq_restore(flags);
		return;
	}
	spin_unlock_irqrestore(&pcp->lock, flags);
	preempt_enable();
}

/* ---- Between the lists and the zone ------------------------------------------------------------------- */

/* Gives `count` pages back, the oldest first. Context: the list is the caller's. Source: free_pcppages_bulk(), 4.12. */
void free_pcppages_bulk(struct zone *zone, int count, struct per_cpu_pages *pcp)
{
	struct list_head *list = &pcp->lists[MIGRATE_MOVABLE];
	bool isolated_pageblocks;

	spin_lock(&zone->lock);
	isolated_pageblocks = has_isolate_pageblock(zone);
	while (count--) {
		struct page *page = list_last_entry(list, struct page, lru);
		enum migratetype mt = get_pcppage_migratetype(page);

		list_del(&page->lru);
		pcp->count--;
		if (isolated_pageblocks)
			mt = get_pageblock_migratetype(page);
		__free_one_page(page, zone, 0, mt);
	}
	spin_unlock(&zone->lock);
}

/* Takes up to `count` pages from the zone: how many. Context: the list is the caller's. Source: rmqueue_bulk(), 4.12. */
static int rmqueue_bulk(struct zone *zone, int count, struct list_head *list, enum migratetype migratetype)
{
	int i;

	spin_lock(&zone->lock);
	for (i = 0; i < count; i++) {
		struct page *page = __rmqueue(zone, 0, migratetype);

		if (!page)
			break;
		list_add_tail(&page->lru, list);
	}
	if (i)
		__mod_zone_page_state(zone, NR_FREE_PAGES, -i);
	spin_unlock(&zone->lock);
	return i;
}

/* Source: rmqueue_pcplist(), __rmqueue_pcplist(), 4.12, 6.1. */
struct page *rmqueue_pcplist(struct zone *zone, enum migratetype migratetype)
{
	struct per_cpu_pages *pcp;
	struct page *page = NULL;
	struct list_head *list;
	unsigned long flags;

	pcp = pcp_trylock(zone, &flags);
	if (!pcp)
		return NULL;
	list = &pcp->lists[migratetype];
	if (list_empty(list))
		pcp->count += rmqueue_bulk(zone, READ_ONCE(pcp->batch), list, migratetype);
	if (!list_empty(list)) {
		page = list_first_entry(list, struct page, lru);
		list_del(&page->lru);
		pcp->count--;
	}
	pcp_unlock(pcp, flags);
	return page;
}

/* Source: free_unref_page_commit(), 4.15, 6.1. Context: the list is the caller's. */
static void free_unref_page_commit(struct zone *zone, struct per_cpu_pages *pcp, struct page *page,
				   enum migratetype migratetype)
{
	list_add(&page->lru, &pcp->lists[migratetype]);
	pcp->count++;
	if (pcp->count >= READ_ONCE(pcp->high))
		free_pcppages_bulk(zone, READ_ONCE(pcp->batch), pcp);
}

/* The key of whoever looks at a page that is free is gone. Source: free_pages_prepare(), 4.12. */
static void free_pages_prepare(struct page *page)
{
	if (PageMappingFlags(page))
		WRITE_ONCE(page->mapping, (struct address_space *)NULL);
}

/*
 * Source: free_hot_cold_page(), 4.12; free_unref_page(), 4.15, 6.1. The migratetype is read before anything is locked:
 * a pageblock that is isolated meanwhile has its page on the list of a CPU, until that is drained.
 */
void free_unref_page(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	enum migratetype migratetype = get_pageblock_migratetype(page);
	struct per_cpu_pages *pcp;
	unsigned long flags;

	unrelated_spinlock();
	free_pages_prepare(page);
	set_pcppage_migratetype(page, migratetype);
	if (order || migratetype >= MIGRATE_PCPTYPES) {
		free_one_page(zone, page, order, migratetype);
		return;
	}
	pcp = pcp_trylock(zone, &flags);
	if (!pcp) {
		free_one_page(zone, page, order, migratetype);
		return;
	}
	free_unref_page_commit(zone, pcp, page, migratetype);
	pcp_unlock(pcp, flags);
}

/* ---- Pagesets ----------------------------------------------------------------------------------------- */

static void pageset_init(struct per_cpu_pageset *p, int high)
{
	*p = {};
	spin_lock_init(&p->pcp.lock);
	for (int type = 0; type < MIGRATE_PCPTYPES; type++)
		INIT_LIST_HEAD(&p->pcp.lists[type]);
	p->pcp.high = high;
	p->pcp.batch = 1;
	p->stat_threshold = high ? 1 : 0;
}

/* Every zone starts with boot_pageset. Boot. Source: setup_per_cpu_pageset(), zone_pcp_init(), 4.12. */
void boot_pageset_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		pageset_init(per_cpu_ptr(&boot_pageset, cpu), 0);
}

void zone_pcp_init(struct zone *zone)
{
	zone->pageset = &boot_pageset;
}

/* Source: setup_zone_pageset(), 3.8, 4.12. */
void setup_zone_pageset(struct zone *zone)
{
	int cpu;

	zone->pageset = alloc_percpu(struct per_cpu_pageset);
	for_each_possible_cpu(cpu)
		pageset_init(per_cpu_ptr(zone->pageset, cpu), 2);
	smp_store_release(&zone->pagesets_published, true);
}

void setup_per_cpu_pageset(void)
{
	struct zone *zone;

	for (zone = first_zone(); zone; zone = zone_after(zone))
		if (populated_zone(zone))
			setup_zone_pageset(zone);
}

static DEFINE_MUTEX(pcp_batch_high_lock);

/* Source: __zone_set_pageset_high_and_batch(), 5.11. */
static void set_high_and_batch(struct zone *zone, int high, int batch)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct per_cpu_pages *pcp = &per_cpu_ptr(zone->pageset, cpu)->pcp;

		WRITE_ONCE(pcp->batch, batch);
		WRITE_ONCE(pcp->high, high);
	}
}

/* Source: zone_pcp_update(), 4.12. */
void zone_pcp_update(struct zone *zone)
{
	mutex_lock(&pcp_batch_high_lock);
	set_high_and_batch(zone, 2, 1);
	mutex_unlock(&pcp_batch_high_lock);
}

/*
 * From 5.11: a page that is freed goes to the zone at once, until zone_pcp_enable(), which the same task calls: the
 * mutex is held in between. Source: zone_pcp_disable(), zone_pcp_enable(), 6.1.
 */
void zone_pcp_disable(struct zone *zone)
{
	mutex_lock(&pcp_batch_high_lock);
	set_high_and_batch(zone, 0, 1);
	__drain_all_pages(zone, true);
}

void zone_pcp_enable(struct zone *zone)
{
	set_high_and_batch(zone, 2, 1);
	mutex_unlock(&pcp_batch_high_lock);
}

/* Back to boot_pageset. Context: the zone has no pages left. Source: zone_pcp_reset(), 4.12. */
void zone_pcp_reset(struct zone *zone)
{
	struct per_cpu_pageset __percpu *pageset = zone->pageset;
	unsigned long flags;
	int cpu;

	local_irq_save(flags);
	if (pageset != &boot_pageset) {
		for_each_online_cpu(cpu)
			drain_zonestat(zone, per_cpu_ptr(pageset, cpu));
		if (altered(ALT_pagesets_are_freed))
			free_percpu(pageset);
		zone->pageset = &boot_pageset;
	}
	local_irq_restore(flags);
}
