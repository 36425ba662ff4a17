/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pages. Follows include/linux/mm.h of Linux 5.1; the code behind it is targets/mm.
 *
 * The struct pages of all possible memory are one array (vmemmap). The pages of a section that is not
 * there have vanished: touching one is a finding, whoever does it.
 * Model: the contents of a page are one word (highmem.h).
 */
#ifndef HOTWEAVE_LINUX_MM_H
#define HOTWEAVE_LINUX_MM_H

#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>

#ifdef __cplusplus
extern "C" {
#endif

extern struct page vmemmap[MAX_PFN];

#define pfn_to_page(pfn) (&vmemmap[pfn])
#define page_to_pfn(page) ((unsigned long)((page) - vmemmap))

/* Node and zone of a page are the topmost bits of its flags. They are read beside atomic changes of other bits: marked, as
 * the kernel's plain read is the same machine access (docs/annotations.md). */
#define NODES_PGSHIFT 63
#define ZONES_PGSHIFT 62

static inline int page_to_nid(const struct page *page)
{
	return (int)(READ_ONCE(page->flags) >> NODES_PGSHIFT & 1);
}

static inline enum zone_type page_zonenum(const struct page *page)
{
	return (enum zone_type)(READ_ONCE(page->flags) >> ZONES_PGSHIFT & 1);
}

static inline struct zone *page_zone(const struct page *page)
{
	return &NODE_DATA(page_to_nid(page))->node_zones[page_zonenum(page)];
}

/* Before the page is visible to anybody else. */
static inline void set_page_links(struct page *page, enum zone_type zone, unsigned long node)
{
	page->flags &= ~(1UL << NODES_PGSHIFT | 1UL << ZONES_PGSHIFT);
	page->flags |= node << NODES_PGSHIFT | (unsigned long)zone << ZONES_PGSHIFT;
}

static inline int page_count(struct page *page)
{
	return atomic_read(&page->_refcount);
}

static inline void init_page_count(struct page *page)
{
	atomic_set(&page->_refcount, 1);
}

static inline void set_page_count(struct page *page, int v)
{
	atomic_set(&page->_refcount, v);
}

/* True if the count became 0. */
static inline int put_page_testzero(struct page *page)
{
	return atomic_dec_and_test(&page->_refcount);
}

/* Another reference, for who has one; false if there was none left to begin with; one less, and if that was the last
 * the page leaves its LRU list and is freed. Context: any that may spin. */
static inline void get_page(struct page *page)
{
	BUG_ON(atomic_read(&page->_refcount) <= 0);
	atomic_inc(&page->_refcount);
}

static inline bool get_page_unless_zero(struct page *page)
{
	return atomic_inc_not_zero(&page->_refcount);
}

void __put_page(struct page *page);
static inline void put_page(struct page *page)
{
	if (put_page_testzero(page))
		__put_page(page);
}

/* How many page tables have it. */
static inline int page_mapcount(struct page *page)
{
	return atomic_read(&page->_mapcount) + 1;
}

/* Under managed_page_count_lock (up to 4.20). */
extern unsigned long totalram_pages;

/* Adds `count` (which may be negative) to the managed pages of the page's zone and of the machine.
 * Context: any; takes managed_page_count_lock. */
void adjust_managed_page_count(struct page *page, long count);
/* Initialises the struct pages of a range of one section: counted once, in no list.
 * Context: nobody else may look at them yet. */
void memmap_init_zone(unsigned long size, int nid, enum zone_type zone, unsigned long start_pfn);

/* ---- Address spaces of processes ------------------------------------------------------------------------ */

#define VM_READ 0x00000001UL
#define VM_WRITE 0x00000002UL
#define VM_SHARED 0x00000008UL
#define VM_MERGEABLE 0x80000000UL /* KSM may merge identical pages */

typedef unsigned int vm_fault_t;
#define VM_FAULT_OOM 0x0001u
#define VM_FAULT_SIGBUS 0x0002u
#define VM_FAULT_WRITE 0x0008u /* a page was copied, or may be written in place from now on */
#define VM_FAULT_SIGSEGV 0x0040u

#define FAULT_FLAG_WRITE 0x01u

#define FOLL_GET 0x04u         /* with a reference */
#define FOLL_MIGRATION 0x400u  /* wait for a page that migrates */

/* The first area that ends above `addr`, or NULL. Context: mmap_lock held. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
/* Makes the address usable: 0 (look again), VM_FAULT_WRITE, or VM_FAULT_OOM. Context: may sleep; mmap_lock held. */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);
/* The page that is mapped at the address, or NULL. Context: mmap_lock held; with FOLL_MIGRATION may sleep. */
struct page *follow_page(struct vm_area_struct *vma, unsigned long address, unsigned int foll_flags);
/* Takes the address space apart when its last user is gone. Context: may sleep. */
void exit_mmap(struct mm_struct *mm);

enum migratetype get_pageblock_migratetype(struct page *page);
void set_pageblock_migratetype(struct page *page, enum migratetype migratetype);
/* Moves the free blocks of the page's pageblock to the lists of `migratetype`; returns how many pages they are.
 * Counters are the caller's. Context: zone->lock held. */
int move_freepages_block(struct zone *zone, struct page *page, enum migratetype migratetype);
/* Takes every page of the range, all free, off the free lists. Context: takes zone->lock. */
void __offline_isolated_pages(unsigned long start_pfn, unsigned long end_pfn);

#ifdef __cplusplus
}
#endif
#endif
