/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Taking pageblocks away from the page allocator. Follows include/linux/page-isolation.h of Linux 4.19.
 * Ranges are whole pageblocks of one zone. Context: may sleep; take zone->lock with interrupts off.
 */
#ifndef HOTWEAVE_LINUX_PAGE_ISOLATION_H
#define HOTWEAVE_LINUX_PAGE_ISOLATION_H

#include <linux/mmzone.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Frees into the range stay there from now on. 0, or -EBUSY if a pageblock is isolated already or holds
 * pages that cannot move (then nothing is isolated). */
int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn, unsigned int migratetype,
			     bool skip_hwpoisoned_pages);
/* Gives the pageblocks of the range that are isolated back as `migratetype`. */
int undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn, unsigned int migratetype);
/* 0 if every page of the range is free and isolated, else -EBUSY. */
int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn, bool skip_hwpoisoned_pages);

#ifdef __cplusplus
}
#endif
#endif
