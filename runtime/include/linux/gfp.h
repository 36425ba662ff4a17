/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whole pages by address, and by struct page. Follows include/linux/gfp.h of Linux 6.1. The second half is
 * targets/mm/page_alloc*.cc and deals with the pages of the machine that a scenario booted; the first does not.
 * Model: memory of the heap (<linux/slab.h>), aligned to its page, without a struct page behind it. Contents are
 * 0xa5 unless __GFP_ZERO. Any allocation may fail if the task asked for it (hotweave_fail_allocations()).
 * Context: with __GFP_DIRECT_RECLAIM may sleep (checked), else any. Scheduling point.
 */
#ifndef HOTWEAVE_LINUX_GFP_H
#define HOTWEAVE_LINUX_GFP_H

#include <linux/gfp_types.h>
#include <linux/pfn.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* May an allocation with these flags sleep? */
static inline bool gfpflags_allow_blocking(const gfp_t gfp_flags)
{
	return !!(gfp_flags & __GFP_DIRECT_RECLAIM);
}

/* 2^order pages; their address, or 0. */
unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order);
/* One page of zeros. */
unsigned long get_zeroed_page(gfp_t gfp_mask);
#define __get_free_page(gfp_mask) __get_free_pages((gfp_mask), 0)
#define __get_dma_pages(gfp_mask, order) __get_free_pages((gfp_mask) | GFP_DMA, (order))

/* Gives them back. 0 does nothing. Another order than they were allocated with, a second time, or other memory is a
 * finding. */
void free_pages(unsigned long addr, unsigned int order);
#define free_page(addr) free_pages((addr), 0)

/* At least `size` bytes of whole pages that lie together; pages beyond it are not usable. */
void *alloc_pages_exact(size_t size, gfp_t gfp_mask);
void free_pages_exact(void *virt, size_t size);

/* ---- By struct page: targets/mm/page_alloc*.cc ------------------------------------------------------------ */

struct page;
struct zone;

/*
 * 2^order pages that lie together (order 0 to 3), the first with one reference: of the zones that the flags allow
 * (__GFP_MOVABLE: all), in the order of the zonelist of node `nid` (alloc_pages(): node 0). NULL if there are none; with
 * __GFP_DIRECT_RECLAIM only after reclaim and drain_all_pages(), with __GFP_NOFAIL never.
 * Context: with __GFP_DIRECT_RECLAIM may sleep, else any. Fails if the task asked for that
 * (hotweave_fail_allocations()). Source: __alloc_pages(), mm/page_alloc.c, 4.12, 6.1.
 */
/* True if the input lets this allocation fail. Context: the calling task's. */
bool should_fail_alloc_page(gfp_t gfp_mask, unsigned int order);
struct page *alloc_pages_node(int nid, gfp_t gfp_mask, unsigned int order);
struct page *alloc_pages(gfp_t gfp_mask, unsigned int order);
#define alloc_page(gfp_mask) alloc_pages(gfp_mask, 0)

/* Drops a reference; the last gives the pages back, to the current CPU's list or (order above 0, an isolated
 * pageblock) to the zone. Context: any. */
void __free_pages(struct page *page, unsigned int order);
#define __free_page(page) __free_pages((page), 0)
/* The same for a page without references. */
void free_unref_page(struct page *page, unsigned int order);

/*
 * Gives the free pages on lists of CPUs back to their zone (NULL: all zones).
 * drain_local_pages(): of this CPU, which must not change. drain_all_pages(): of the CPUs that have some when they
 * are looked at; without a zone it may do nothing if another call is under way. Context of it: may sleep. By version:
 *   up to 4.10: an interrupt on each CPU; from 4.11 a work on each, under pcpu_drain_mutex, and never from a
 *   worker before 4.14; from 6.0 (443c2accd1b6) by itself, under the lock of each list.
 */
void drain_local_pages(struct zone *zone);
void drain_all_pages(struct zone *zone);

#ifdef __cplusplus
}
#endif
#endif
