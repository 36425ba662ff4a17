// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files of targets/mm share with each other and with scenarios, beyond the kernel's headers.
 */
#pragma once

#include <linux/gfp.h>
#include <linux/mm.h>

/*
 * Boots the memory of the machine, before there is a second task: nodes and zones, the sections of
 * `sections` (a bit each) present and online in ZONE_NORMAL of their node, the struct pages of all
 * others vanished; then the memory subsystem with a block for each present section. Once per execution.
 */
void mm_init(unsigned long sections);

/* Boot: the threads of a node that has memory. */
void kswapd_init(int nid);
void kcompactd_init(int nid);
/* Computes the watermarks of all zones. Context: any that may spin; takes zone->lock of each. */
void init_per_zone_wmark_min(void);

/*
 * Migrates what it can of a range, from `start_pfn` on. 0, or negative: something would not move. Context: may sleep.
 * Source: do_migrate_range(), mm/memory_hotplug.c, 4.9.
 */
int do_migrate_range(unsigned long start_pfn, unsigned long end_pfn);

/* Makes a section usable: its bits, its pageblock flags, struct pages behind its pfns. */
void sparse_init_one_section(struct mem_section *ms, unsigned long *usemap);

/* ---- Page allocator: page_alloc*.cc ----------------------------------------------------------------- */

/* The zones of all nodes, in order; NULL after the last. */
static inline struct zone *first_zone(void)
{
	return NODE_DATA(0)->node_zones;
}

static inline struct zone *zone_after(struct zone *zone)
{
	pg_data_t *pgdat = zone->zone_pgdat;

	if (zone < pgdat->node_zones + MAX_NR_ZONES - 1)
		return zone + 1;
	return pgdat < node_data + MAX_NUMNODES - 1 ? pgdat[1].node_zones : NULL;
}

/* Order of a free block. Context: zone->lock held. */
unsigned int page_order(struct page *page);
/* Puts a block of 2^order free pages on the list of `migratetype`, joined with its free buddies. Context: zone->lock
 * held, interrupts off. free_one_page(): takes the lock. */
void __free_one_page(struct page *page, struct zone *zone, unsigned int order, enum migratetype migratetype);
void free_one_page(struct zone *zone, struct page *page, unsigned int order, enum migratetype migratetype);
/* Takes a block of 2^order pages off the free lists, or NULL; counters are the caller's. Context: zone->lock held. */
struct page *__rmqueue(struct zone *zone, unsigned int order, enum migratetype migratetype);

static inline bool has_isolate_pageblock(struct zone *zone)
{
	return zone->nr_isolate_pageblock != 0;
}

/* The migratetype that a page on a CPU's list came with. */
static inline enum migratetype get_pcppage_migratetype(struct page *page)
{
	return (enum migratetype)page->index;
}

static inline void set_pcppage_migratetype(struct page *page, enum migratetype migratetype)
{
	page->index = (pgoff_t)migratetype;
}

/* Pagesets. boot_pageset_init(), setup_per_cpu_pageset(): boot, before and after there are pages. zone_pcp_init(): the
 * zone has boot_pageset, which keeps nothing. zone_pageset(): reads zone->pageset. */
void boot_pageset_init(void);
void zone_pcp_init(struct zone *zone);
void setup_per_cpu_pageset(void);
struct per_cpu_pageset __percpu *zone_pageset(struct zone *zone);
/* Draining. page_alloc_init(): boot; a CPU that dies is drained. drain_pages(), drain_pages_zone(): the CPU is this one
 * and stays it, or is dead; from 6.0 any. */
void page_alloc_init(void);
void __drain_all_pages(struct zone *zone, bool force_all_cpus);
void drain_pages(unsigned int cpu);
void drain_pages_zone(unsigned int cpu, struct zone *zone);
/* True if each chunk of the per-CPU allocator has the pages that it says. Reads plainly: at quiescence. */
bool pcpu_chunks_agree(void);
/* A page of this CPU's list, refilled from the zone, or NULL. free_pcppages_bulk(): `count` pages back to the zone;
 * context: the list is the caller's. */
struct page *rmqueue_pcplist(struct zone *zone, enum migratetype migratetype);
void free_pcppages_bulk(struct zone *zone, int count, struct per_cpu_pages *pcp);

/*
 * Takes a page, to which the caller has a reference, off its LRU list, with a reference more: 0, or -EBUSY if it is on
 * none. putback_lru_page(): back to its list by way of lru_cache_add(), and drops that reference. Context: as
 * lru_cache_add(). Source: mm/vmscan.c, 4.14, 6.1.
 */
int isolate_lru_page(struct page *page);
void putback_lru_page(struct page *page);

/* The lists that a page belongs to, and a list of it. The lists change under their lru_lock. */
struct lruvec *page_lruvec(struct page *page);
enum lru_list page_lru(struct page *page);
/* Context: lru_lock held. */
void add_page_to_lru_list(struct page *page, struct lruvec *lruvec);
void add_page_to_lru_list_tail(struct page *page, struct lruvec *lruvec);
void del_page_from_lru_list(struct page *page, struct lruvec *lruvec);

/* True if every page of every LRU list says so and has a reference, and the lists are as long as they say. Reads
 * plainly: at quiescence. lru_pagevec_slots(): how many slots of pagevecs, of all CPUs, hold the page. */
bool lru_lists_agree(void);
unsigned int lru_pagevec_slots(const struct page *page);
/* Hands a page that goes online to whoever is registered for it. Context: as online_pages(). */
void online_page(struct page *page, unsigned int order);

/* One pass over the struct pages of all nodes. Context: may sleep; takes the read side of
 * mem_hotplug_lock. */
void kmemleak_scan(void);

/*
 * The struct pages of sections that are offline are the business of memory hotplug alone: whoever else looks at one has
 * kept a page number too long. From the moment when a range is taken from the allocator until it is given back they are
 * hidden from all tasks but those between hotplug_sees_pages(true) and the restoring of what that returned.
 */
void hide_offline_pages(unsigned long start_pfn, unsigned long end_pfn);
void show_online_pages(unsigned long start_pfn, unsigned long end_pfn);
bool hotplug_sees_pages(bool on);

/* Undoes sparse_init_one_section(); the struct pages of the section have vanished on return. */
void sparse_remove_one_section(struct mem_section *ms);

/* ---- Address spaces --------------------------------------------------------------------------------- */

/* The system calls of a process with this address space. Context: may sleep. mmap_anonymous(): private, writable memory at
 * addr; 0 or -ENOMEM. do_madvise(): of the whole area at start. */
int mmap_anonymous(struct mm_struct *mm, unsigned long addr, unsigned long len);
int do_madvise(struct mm_struct *mm, unsigned long start, int advice);

/* A user's store to, and load from, an address: 0, -EFAULT (no area there) or -ENOMEM. Context: as a user, may fault. */
int user_store(struct mm_struct *mm, unsigned long address, unsigned long word);
int user_load(struct mm_struct *mm, unsigned long address, unsigned long *word);
