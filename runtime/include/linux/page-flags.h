/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Flags of a page. Follows include/linux/page-flags.h of Linux 5.1.
 *
 * Page*() tests, SetPage*() and ClearPage*() change atomically (each a scheduling point);
 * __SetPageBuddy() and __ClearPageBuddy() are plain: under the lock of the page's zone.
 */
#ifndef HOTWEAVE_LINUX_PAGE_FLAGS_H
#define HOTWEAVE_LINUX_PAGE_FLAGS_H

#include <linux/bitops.h>
#include <linux/mm_types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pageflags {
	PG_reserved, /* not for the page allocator: kernel image, or not online */
	__NR_PAGEFLAGS,
};

static inline int PageReserved(const struct page *page)
{
	return test_bit(PG_reserved, &page->flags);
}

static inline void SetPageReserved(struct page *page)
{
	set_bit(PG_reserved, &page->flags);
}

static inline void ClearPageReserved(struct page *page)
{
	clear_bit(PG_reserved, &page->flags);
}

#define PAGE_TYPE_BASE 0xf0000000u
#define PG_buddy 0x00000080u

/* True if the page is on a free list. Under the lock of its zone. */
static inline int PageBuddy(const struct page *page)
{
	return (page->page_type & (PAGE_TYPE_BASE | PG_buddy)) == PAGE_TYPE_BASE;
}

static inline void __SetPageBuddy(struct page *page)
{
	page->page_type &= ~PG_buddy;
}

static inline void __ClearPageBuddy(struct page *page)
{
	page->page_type |= PG_buddy;
}

#ifdef __cplusplus
}
#endif
#endif
