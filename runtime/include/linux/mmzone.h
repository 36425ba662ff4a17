/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Nodes, zones and sections of physical memory. Follows include/linux/mmzone.h of Linux 5.1
 * (SPARSEMEM_VMEMMAP); the code behind it is targets/mm.
 *
 * What protects what (the kernel's rules; a counter that breaks them is what a target is there to find):
 *   zone_start_pfn, spanned_pages            span_seqlock inside the node's node_size_lock
 *   present_pages of a zone                  mem_hotplug_lock for write; lock-free readers exist
 *   managed_pages                            managed_page_count_lock (an atomic from 5.0; here: the lock)
 *   free_area, nr_isolate_pageblock,         zone->lock, interrupts off
 *   watermark
 *   node_zonelists                           up to 4.13 stop_machine(), over it zonelists_mutex; from 4.14 a
 *                                            lock of writers, and walkers who live with what they see
 *   kswapd, kcompactd                        mem_hotplug_lock for write
 *   node_start_pfn, node_*_pages             node_size_lock, interrupts off
 *   mem_section[]                            node_size_lock when added, the memory block's device_lock
 *                                            or mem_hotplug_lock later; readers take nothing
 *   pageset of a CPU                         its CPU with interrupts off (443c2accd1b6, 6.0: its own lock); that of a
 *                                            dead CPU: the task that took it down
 * Model: two nodes, two zones each, eight sections of eight pages; one pageblock to a section, which is also the
 * largest order; a page's sizes are chosen for the search, not for a machine.
 */
#ifndef HOTWEAVE_LINUX_MMZONE_H
#define HOTWEAVE_LINUX_MMZONE_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/nodemask.h>
#include <linux/pfn.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Sizes ---------------------------------------------------------------------------------------- */

#define SECTION_SIZE_BITS 15
#define PFN_SECTION_SHIFT (SECTION_SIZE_BITS - PAGE_SHIFT)
#define PAGES_PER_SECTION (1UL << PFN_SECTION_SHIFT)
#define NR_MEM_SECTIONS 8UL
#define MAX_PFN (NR_MEM_SECTIONS * PAGES_PER_SECTION)
#define MAX_ORDER 4 /* orders are 0 to 3 (MAX_ORDER - 1, as up to 6.3) */
#define pageblock_order PFN_SECTION_SHIFT
#define pageblock_nr_pages (1UL << pageblock_order)

static inline unsigned long pfn_to_section_nr(unsigned long pfn)
{
	return pfn >> PFN_SECTION_SHIFT;
}

static inline unsigned long section_nr_to_pfn(unsigned long sec)
{
	return sec << PFN_SECTION_SHIFT;
}

/* ---- Zones and nodes ------------------------------------------------------------------------------ */

enum zone_type {
	ZONE_NORMAL,
	ZONE_MOVABLE,
	__MAX_NR_ZONES,
};
#define MAX_NR_ZONES __MAX_NR_ZONES

enum migratetype {
	MIGRATE_MOVABLE,
	MIGRATE_PCPTYPES, /* those below are on lists of CPUs, too */
	MIGRATE_ISOLATE = MIGRATE_PCPTYPES, /* the page allocator does not allocate from here */
	MIGRATE_TYPES,
};

#define is_migrate_isolate(migratetype) ((migratetype) == MIGRATE_ISOLATE)

/* Free blocks of one order. */
struct free_area {
	struct list_head free_list[MIGRATE_TYPES];
	unsigned long nr_free;
};

enum zone_stat_item {
	NR_FREE_PAGES, /* on free lists, those of isolated pageblocks excepted */
	NR_VM_ZONE_STAT_ITEMS,
};

/* Free pages of one CPU and zone. */
struct per_cpu_pages {
	spinlock_t lock; /* from 6.0 */
	int count;
	int high;  /* with so many, a batch goes back to the zone */
	int batch;
	struct list_head lists[MIGRATE_PCPTYPES];
};

/* Up to 5.13; since then two structures. */
struct per_cpu_pageset {
	struct per_cpu_pages pcp;
	s8 stat_threshold;
	s8 vm_stat_diff[NR_VM_ZONE_STAT_ITEMS]; /* not in zone->vm_stat yet; its CPU's with interrupts off */
};

struct pglist_data;

/* ---- LRU lists: mm/swap.cc. Up to 4.7 those of a zone, since those of a node; under lru_lock, interrupts off ------ */

#define LRU_ACTIVE 1
#define LRU_FILE 2

enum lru_list {
	LRU_INACTIVE_ANON,
	LRU_ACTIVE_ANON = LRU_INACTIVE_ANON + LRU_ACTIVE,
	LRU_INACTIVE_FILE = LRU_INACTIVE_ANON + LRU_FILE,
	LRU_ACTIVE_FILE,
	LRU_UNEVICTABLE,
	NR_LRU_LISTS,
};

struct lruvec {
	struct list_head lists[NR_LRU_LISTS];
	unsigned long lru_size[NR_LRU_LISTS];
	spinlock_t lru_lock; /* kernels up to 5.10: beside it, in the zone or node */
};

/* Boot. */
void lruvec_init(struct lruvec *lruvec);

struct zone {
	struct pglist_data *zone_pgdat;
	unsigned long zone_start_pfn;
	unsigned long managed_pages; /* given to the page allocator */
	unsigned long spanned_pages; /* from the first to the last page, holes included */
	unsigned long present_pages; /* there and online, reserved pages included */
	unsigned long watermark; /* free pages below which kswapd is woken */
	const char *name;
	unsigned long nr_isolate_pageblock;
	seqlock_t span_seqlock;
	struct per_cpu_pageset __percpu *pageset;
	bool pagesets_published; /* no member of the kernel: the order of the stores that initialise them */
	struct free_area free_area[MAX_ORDER];
	struct lruvec lruvec; /* up to 4.7 */
	spinlock_t lock;
	atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];
};

/* Zones in the order in which they are tried; the last entry has no zone. */
#define MAX_ZONES_PER_ZONELIST (MAX_NUMNODES * MAX_NR_ZONES)

struct zoneref {
	struct zone *zone;
	int zone_idx; /* zone_idx(zone) */
};

struct zonelist {
	struct zoneref _zonerefs[MAX_ZONES_PER_ZONELIST + 1];
};

enum {
	ZONELIST_FALLBACK, /* this node first, then the others */
	MAX_ZONELISTS,
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_ZONELISTS];
	spinlock_t node_size_lock;
	unsigned long node_start_pfn;
	unsigned long node_present_pages;
	unsigned long node_spanned_pages;
	int node_id;
	struct lruvec lruvec; /* from 4.8 */
	wait_queue_head_t kswapd_wait;
	struct task_struct *kswapd;
	wait_queue_head_t kcompactd_wait; /* 4.6 on */
	struct task_struct *kcompactd;
} pg_data_t;

extern struct pglist_data node_data[MAX_NUMNODES];
#define NODE_DATA(nid) (&node_data[nid])

#define zone_idx(zone) ((enum zone_type)((zone) - (zone)->zone_pgdat->node_zones))

static inline int zone_to_nid(const struct zone *zone)
{
	return zone->zone_pgdat->node_id;
}

static inline unsigned long zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}

static inline bool zone_spans_pfn(const struct zone *zone, unsigned long pfn)
{
	return zone->zone_start_pfn <= pfn && pfn < zone_end_pfn(zone);
}

static inline unsigned long pgdat_end_pfn(const pg_data_t *pgdat)
{
	return pgdat->node_start_pfn + pgdat->node_spanned_pages;
}

/*
 * The next three are called without the locks of what they read. The kernel reads plainly and lives with
 * an old value (docs/annotations.md). A caller that decides by the answer and then acts on it is not
 * excused by that: what it does is seen.
 */
static inline bool populated_zone(struct zone *zone)
{
	return hotweave_missing_annotation(zone->present_pages, "an old value will do") != 0;
}

static inline bool zone_is_empty(struct zone *zone)
{
	return hotweave_missing_annotation(zone->spanned_pages, "an old value will do") == 0;
}

/* What the zone was given, read without managed_page_count_lock (an atomic read from 5.0). */
static inline unsigned long zone_managed_pages(struct zone *zone)
{
	return hotweave_missing_annotation(zone->managed_pages, "an old value will do");
}

/* True if [start_pfn, start_pfn + nr_pages) and the span of the zone overlap. */
static inline bool zone_intersects(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages)
{
	unsigned long zone_start = hotweave_missing_annotation(zone->zone_start_pfn, "an old value will do");
	unsigned long spanned = hotweave_missing_annotation(zone->spanned_pages, "an old value will do");

	return spanned && start_pfn < zone_start + spanned && zone_start < start_pfn + nr_pages;
}

/* ---- Zonelists: mm/page_alloc.c ------------------------------------------------------------------------ */

/*
 * Rebuilds the zonelists of all online nodes, or of `pgdat` if it is not NULL and not online yet. `zone`, up to
 * 4.13: a zone that gets its first pages, whose pagesets are set up first.
 * Context: may sleep. Up to 4.13 it stops the machine: up to 4.12 and before 3f906ba23689 that takes
 * cpu_hotplug_lock, from 4.13 the caller holds it; zonelists_mutex is held.
 */
void build_all_zonelists(pg_data_t *pgdat, struct zone *zone);
/* Boot: the same while nobody else runs. */
void build_zonelists_at_boot(void);
/* Up to 4.13 (b93e0f329e24): held over build_all_zonelists(). */
extern struct mutex zonelists_mutex;
/*
 * A write to /proc/sys/vm/numa_zonelist_order: "default", "node" or "zone" (up to 4.13). 0 or -EINVAL.
 * Context: may sleep.
 */
int numa_zonelist_order_handler(const char *buffer);

/* The zone of an entry, read without a lock; NULL: the end of the list. */
static inline struct zone *zonelist_zone(struct zoneref *zoneref)
{
	return hotweave_missing_annotation(zoneref->zone, "a walker takes the old or the new entry");
}

static inline int zonelist_zone_idx(struct zoneref *zoneref)
{
	return hotweave_missing_annotation(zoneref->zone_idx, "a walker takes the old or the new entry");
}

/* The entry at `z` or after it whose zone is not above highest_zoneidx. */
static inline struct zoneref *next_zones_zonelist(struct zoneref *z, enum zone_type highest_zoneidx)
{
	while (zonelist_zone(z) && zonelist_zone_idx(z) > (int)highest_zoneidx)
		z++;
	return z;
}

static inline struct zoneref *first_zones_zonelist(struct zonelist *zonelist, enum zone_type highest_zoneidx)
{
	return next_zones_zonelist(zonelist->_zonerefs, highest_zoneidx);
}

/* Model: no flag asks for one node alone. */
static inline struct zonelist *node_zonelist(int nid)
{
	return &NODE_DATA(nid)->node_zonelists[ZONELIST_FALLBACK];
}

#define for_each_zone_zonelist(zone, z, zlist, highidx)                                          \
	for ((z) = first_zones_zonelist((zlist), (highidx)), (zone) = zonelist_zone(z); (zone);  \
	     (z) = next_zones_zonelist((z) + 1, (highidx)), (zone) = zonelist_zone(z))

/* ---- Sections ------------------------------------------------------------------------------------- */

struct mem_section {
	unsigned long section_mem_map; /* SECTION_* bits */
	unsigned long *pageblock_flags; /* migratetype of its one pageblock */
};

#define SECTION_MARKED_PRESENT (1UL << 0)
#define SECTION_HAS_MEM_MAP (1UL << 1)
#define SECTION_IS_ONLINE (1UL << 2) /* kept from 4.13 on */

extern struct mem_section mem_section[NR_MEM_SECTIONS];

/* NULL if there is no such section. */
static inline struct mem_section *__nr_to_section(unsigned long nr)
{
	return nr < NR_MEM_SECTIONS ? &mem_section[nr] : NULL;
}

static inline struct mem_section *__pfn_to_section(unsigned long pfn)
{
	return __nr_to_section(pfn_to_section_nr(pfn));
}

static inline unsigned long __section_nr(const struct mem_section *ms)
{
	return (unsigned long)(ms - mem_section);
}

static inline int present_section(const struct mem_section *section)
{
	return section && (section->section_mem_map & SECTION_MARKED_PRESENT);
}

static inline int valid_section(const struct mem_section *section)
{
	return section && (section->section_mem_map & SECTION_HAS_MEM_MAP);
}

static inline int online_section(const struct mem_section *section)
{
	return section && (section->section_mem_map & SECTION_IS_ONLINE);
}

static inline int present_section_nr(unsigned long nr)
{
	return present_section(__nr_to_section(nr));
}

static inline int online_section_nr(unsigned long nr)
{
	return online_section(__nr_to_section(nr));
}

/* True if there is a struct page for it, initialised or not. */
static inline int pfn_valid(unsigned long pfn)
{
	return valid_section(__pfn_to_section(pfn));
}

/* 4.13 on. Context: as the caller excludes offlining. */
void online_mem_sections(unsigned long start_pfn, unsigned long end_pfn);
void offline_mem_sections(unsigned long start_pfn, unsigned long end_pfn);
/* -EEXIST if the section is present. Context: may sleep; under mem_hotplug_lock for write. */
int sparse_add_one_section(int nid, unsigned long start_pfn);

#ifdef __cplusplus
}
#endif
#endif
