/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whole pages by address. Follows include/linux/gfp.h of Linux 6.1. Pages by struct page (alloc_pages()) are the
 * business of targets/mm.
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

#ifdef __cplusplus
}
#endif
#endif
