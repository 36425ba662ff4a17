// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boot of the machine's memory: what free_area_init_nodes(), mem_init() and memory_dev_init() leave
 * behind, set up directly because nobody else runs yet.
 *
 * Model: sections 0-3 belong to node 0, 4-7 to node 1. The first two pages of the machine are the kernel
 * image: present, reserved, never managed.
 */
#include <linux/bug.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include <hotweave/target.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "internal.h"

#define KERNEL_IMAGE_PAGES 2

static void zone_init(struct zone *zone, struct pglist_data *pgdat, const char *name)
{
	zone->zone_pgdat = pgdat;
	zone->name = name;
	spin_lock_init(&zone->lock);
	seqlock_init(&zone->span_seqlock);
	lruvec_init(&zone->lruvec);
	zone_pcp_init(zone);
	for (int order = 0; order < MAX_ORDER; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			INIT_LIST_HEAD(&zone->free_area[order].free_list[type]);
}

static void pgdat_init(int nid)
{
	struct pglist_data *pgdat = NODE_DATA(nid);

	pgdat->node_id = nid;
	spin_lock_init(&pgdat->node_size_lock);
	lruvec_init(&pgdat->lruvec);
	zone_init(&pgdat->node_zones[ZONE_NORMAL], pgdat, "Normal");
	zone_init(&pgdat->node_zones[ZONE_MOVABLE], pgdat, "Movable");
	init_waitqueue_head(&pgdat->kswapd_wait);
	init_waitqueue_head(&pgdat->kcompactd_wait);
}

/* Grows the spans so that they end with this section, which is the highest so far. */
static void extend_spans(struct zone *zone, unsigned long start_pfn)
{
	struct pglist_data *pgdat = zone->zone_pgdat;

	if (!zone->spanned_pages)
		zone->zone_start_pfn = start_pfn;
	zone->spanned_pages = start_pfn + PAGES_PER_SECTION - zone->zone_start_pfn;
	pgdat->node_start_pfn = zone->zone_start_pfn;
	pgdat->node_spanned_pages = zone->spanned_pages;
}

/* Frees [pfn, end) in blocks as large as they go. Source: __free_pages_memory(), 4.12. */
static void free_to_buddy(struct zone *zone, unsigned long pfn, unsigned long end)
{
	unsigned long flags;

	zone->managed_pages += end - pfn;
	totalram_pages += end - pfn;
	spin_lock_irqsave(&zone->lock, flags);
	while (pfn < end) {
		unsigned int order = 0;

		while (order < MAX_ORDER - 1 && !(pfn & (1UL << order)) && pfn + (2UL << order) <= end)
			order++;
		for (unsigned long i = 0; i < 1UL << order; i++)
			set_page_count(pfn_to_page(pfn + i), 0);
		__free_one_page(pfn_to_page(pfn), zone, order, MIGRATE_MOVABLE);
		pfn += 1UL << order;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void section_init(unsigned long nr)
{
	unsigned long start_pfn = section_nr_to_pfn(nr);
	int nid = memory_add_physaddr_to_nid(PFN_PHYS(start_pfn));
	struct zone *zone = &NODE_DATA(nid)->node_zones[ZONE_NORMAL];

	sparse_init_one_section(__nr_to_section(nr), (unsigned long *)kzalloc(sizeof(long), GFP_KERNEL));
	extend_spans(zone, start_pfn);
	memmap_init_zone(PAGES_PER_SECTION, nid, ZONE_NORMAL, start_pfn);
	for (unsigned long pfn = start_pfn; pfn < KERNEL_IMAGE_PAGES; pfn++)
		SetPageReserved(pfn_to_page(pfn));
	free_to_buddy(zone, start_pfn ? start_pfn : KERNEL_IMAGE_PAGES, start_pfn + PAGES_PER_SECTION);
	if (fixed(FIX_f1dd2cd13c4b))
		online_mem_sections(start_pfn, start_pfn + PAGES_PER_SECTION);
	zone->present_pages += PAGES_PER_SECTION;
	zone->zone_pgdat->node_present_pages += PAGES_PER_SECTION;
	node_set_online(nid);
	node_set_state(nid, N_NORMAL_MEMORY);
	node_set_state(nid, N_MEMORY);
}

static void start_daemons(void)
{
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		kswapd_init(nid);
		kcompactd_init(nid);
	}
}

void mm_init(unsigned long sections)
{
	boot_pageset_init();
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		pgdat_init(nid);
	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++) {
		if (sections & (1UL << nr))
			section_init(nr);
		else
			hotweave_vanish(pfn_to_page(section_nr_to_pfn(nr)),
					PAGES_PER_SECTION * sizeof(struct page),
					"struct page of a section that is not there");
	}
	setup_per_cpu_pageset();
	page_alloc_init();
	node_set_online(0); /* that of the CPUs */
	build_zonelists_at_boot();
	unrelated_task();
	unrelated_allocation();
	start_daemons();
	lru_init();
	BUG_ON(memory_dev_init());
}
