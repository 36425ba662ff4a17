/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory hotplug. Follows include/linux/memory_hotplug.h of Linux 3.8 to 6.7; the code behind it is
 * targets/mm. What a function locks depends on the profile: targets/mm/README.md has the table.
 *
 * The rules since 4.20 (Documentation/core-api/memory-hotplug.rst): adding, removing, onlining and
 * offlining happen under device_hotplug_lock; what changes zones, nodes and sections holds
 * mem_hotplug_lock for write; a reader that wants none of it to move holds it for read.
 * Order: device_hotplug_lock > device_lock > cpu_hotplug_lock > mem_hotplug_lock.
 */
#ifndef HOTWEAVE_LINUX_MEMORY_HOTPLUG_H
#define HOTWEAVE_LINUX_MEMORY_HOTPLUG_H

#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- mem_hotplug_lock ----------------------------------------------------------------------------- */

/* Read side: memory stays as it is until put_online_mems(). Context: may sleep. Recursive for a reader
 * only before 4.13, and for the writer itself. */
void get_online_mems(void);
void put_online_mems(void);
/* Write side. Context: may sleep; 4.13 on also takes the cpu hotplug lock for read, first. */
void mem_hotplug_begin(void);
void mem_hotplug_done(void);
/* Up to 3.15 all four are these: a mutex that excludes everybody, with lock_system_sleep() inside. */
void lock_memory_hotplug(void);
void unlock_memory_hotplug(void);
/* True if nobody has or waits for it, in whichever life. At quiescence. */
bool mem_hotplug_is_quiet(void);
/* The contract of code that changes zones (no function of the kernel; its rules of 4.20 in writing):
 * a finding unless the caller is between mem_hotplug_begin() and mem_hotplug_done(). */
void assert_mem_hotplug_write_held(void);

/* ---- Locks of a node and of the span of a zone ---------------------------------------------------- */

#define pgdat_resize_lock(pgdat, flags) spin_lock_irqsave(&(pgdat)->node_size_lock, *(flags))
#define pgdat_resize_unlock(pgdat, flags) spin_unlock_irqrestore(&(pgdat)->node_size_lock, *(flags))

static inline unsigned int zone_span_seqbegin(struct zone *zone)
{
	return read_seqbegin(&zone->span_seqlock);
}

static inline int zone_span_seqretry(struct zone *zone, unsigned int iv)
{
	return read_seqretry(&zone->span_seqlock, iv);
}

static inline void zone_span_writelock(struct zone *zone)
{
	write_seqlock(&zone->span_seqlock);
}

static inline void zone_span_writeunlock(struct zone *zone)
{
	write_sequnlock(&zone->span_seqlock);
}

/* ---- Pagesets of a zone: targets/mm/page_alloc_pcp.cc ----------------------------------------------- */

/* A zone that gets its first pages gets pagesets; their sizes follow its size; a zone that lost its last page has
 * none of its own. Context: may sleep; nobody else onlines or offlines the zone. Source: mm/page_alloc.c, 4.12. */
void setup_zone_pageset(struct zone *zone);
void zone_pcp_update(struct zone *zone);
void zone_pcp_reset(struct zone *zone);
/* From 5.11: no page stays on a list of a CPU from the one to the other, which the same task calls. */
void zone_pcp_disable(struct zone *zone);
void zone_pcp_enable(struct zone *zone);

/* ---- Adding and removing -------------------------------------------------------------------------- */

/* True: added memory is onlined at once (/sys/devices/system/memory/auto_online_blocks). */
extern bool memhp_auto_online;

/*
 * Adds [start, start + size), whole memory blocks, to node `nid`. 0, -EINVAL (not whole blocks, no such
 * section), -EEXIST (already there). Context: may sleep. From 4.20 add_memory() takes device_hotplug_lock
 * itself and the other two expect it; before, all three take nothing of the kind.
 */
int add_memory(int nid, u64 start, u64 size);
int __add_memory(int nid, u64 start, u64 size);
int add_memory_resource(int nid, struct resource *resource);
/*
 * Removes what was added; every block of the range must be offline (BUG() otherwise). Context: may sleep.
 * From 4.20 remove_memory() takes device_hotplug_lock itself; before, its caller holds it.
 * __remove_memory() always expects it.
 */
void remove_memory(int nid, u64 start, u64 size);
void __remove_memory(int nid, u64 start, u64 size);
/* The architecture's part: sections and memory block devices. */
int arch_add_memory(int nid, u64 start, u64 size, bool want_memblock);
void arch_remove_memory(int nid, u64 start, u64 size);
/* Brings a node online that has no memory yet: called by cpu_up(), without locks. Takes mem_hotplug_lock for write (up
 * to 4.18 only if the node is offline). 0. Context: may sleep. */
int try_online_node(int nid);
/* Takes a node offline that has neither memory nor CPUs left. Context: mem_hotplug_lock for write. */
void try_offline_node(int nid);
/* The node that an address belongs to. Any context. */
int memory_add_physaddr_to_nid(u64 start);

/* Calls func(block, arg) for each memory block of the range that has a section; stops at the first
 * result that is not 0 and returns it. Context: may sleep. */
struct memory_block;
int walk_memory_range(unsigned long start_pfn, unsigned long end_pfn, void *arg,
		      int (*func)(struct memory_block *, void *));

/* ---- Memmap on memory: from 5.13. Context: by 001002e73712 mem_hotplug_lock for write ----------------- */

/* True: added memory keeps the struct pages of its blocks in their own first pages (memory_hotplug.memmap_on_memory). */
extern bool memmap_on_memory;
/* The pages of a block that hold its memmap. */
#define MEMMAP_ON_MEMORY_PAGES 1UL
/* Makes these pages part of the zone, in use for good; undoes it. 0 or a negative errno. */
int mhp_init_memmap_on_memory(unsigned long pfn, unsigned long nr_pages, struct zone *zone);
void mhp_deinit_memmap_on_memory(unsigned long pfn, unsigned long nr_pages);
/* present_pages of a zone and of its node. */
void adjust_present_page_count(struct zone *zone, long nr_pages);

/* ---- Onlining and offlining ----------------------------------------------------------------------- */

enum {
	MMOP_OFFLINE = -1,
	MMOP_ONLINE_KEEP,
	MMOP_ONLINE_KERNEL,
	MMOP_ONLINE_MOVABLE,
};

/* Gives a memory block that was added to the page allocator. 0, -EINVAL (zone does not fit) or what a
 * notifier said. Context: may sleep; the block's device_lock held. */
int online_pages(unsigned long pfn, unsigned long nr_pages, int online_type);
/* Takes it away again. 0, -EINVAL (range spans zones), -EBUSY (pages that cannot move, or an isolated pageblock; up to
 * 4.14 also pages that would not move), -EINTR (a signal) or what a notifier said. */
int offline_pages(unsigned long start_pfn, unsigned long nr_pages);

/*
 * Who is given each page that goes online, in the place of the page allocator: one at a time. 0, or -EINVAL if somebody
 * else is registered (set) or `callback` is not (restore). Context: may sleep; readers of mem_hotplug_lock. The callback
 * runs under mem_hotplug_lock for write, where online_pages() does.
 */
typedef void (*online_page_callback_t)(struct page *page, unsigned int order);
int set_online_page_callback(online_page_callback_t callback);
int restore_online_page_callback(online_page_callback_t callback);
/* What is done with a page when nobody is: it goes to the page allocator. */
void generic_online_page(struct page *page, unsigned int order);

/* The zone that pages would go to when onlined so (4.13 on). Any context. */
struct zone *zone_for_pfn_range(int online_type, int nid, unsigned long start_pfn, unsigned long nr_pages);
/* Makes a range part of the zone and initialises its struct pages. */
void move_pfn_range_to_zone(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages,
			    enum migratetype migratetype);
/* True if all pages of the range are of one zone. */
int test_pages_in_a_zone(unsigned long start_pfn, unsigned long end_pfn);

/* The struct page if its section is online, else NULL. Stable only under get_online_mems(). */
static inline struct page *pfn_to_online_page(unsigned long pfn)
{
	return pfn < MAX_PFN && online_section_nr(pfn_to_section_nr(pfn)) ? pfn_to_page(pfn) : NULL;
}

#ifdef __cplusplus
}
#endif
#endif
