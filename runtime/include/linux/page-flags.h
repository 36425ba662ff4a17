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
#include <linux/compiler.h>
#include <linux/mm_types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pageflags {
	PG_locked,     /* lock_page() */
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,        /* on an LRU list */
	PG_active,
	PG_slab,       /* of the slab allocator */
	PG_reserved,   /* not for the page allocator: kernel image, or not online */
	PG_writeback,
	PG_swapcache,
	PG_unevictable,
	PG_hwpoison,
	PG_swapbacked, /* anonymous or shmem: goes to swap, not to a file */
	__NR_PAGEFLAGS,
};

#define __HOTWEAVE_PAGE_FLAG(uname, lname)                                                                 \
	static inline int Page##uname(const struct page *page) { return test_bit(PG_##lname, &page->flags); } \
	static inline void SetPage##uname(struct page *page) { set_bit(PG_##lname, &page->flags); }         \
	static inline void ClearPage##uname(struct page *page) { clear_bit(PG_##lname, &page->flags); }     \
	static inline int TestSetPage##uname(struct page *page) { return test_and_set_bit(PG_##lname, &page->flags); } \
	static inline int TestClearPage##uname(struct page *page) { return test_and_clear_bit(PG_##lname, &page->flags); }

__HOTWEAVE_PAGE_FLAG(Locked, locked)
__HOTWEAVE_PAGE_FLAG(Referenced, referenced)
__HOTWEAVE_PAGE_FLAG(Uptodate, uptodate)
__HOTWEAVE_PAGE_FLAG(Dirty, dirty)
__HOTWEAVE_PAGE_FLAG(LRU, lru)
__HOTWEAVE_PAGE_FLAG(Active, active)
__HOTWEAVE_PAGE_FLAG(Slab, slab)
__HOTWEAVE_PAGE_FLAG(Reserved, reserved)
__HOTWEAVE_PAGE_FLAG(Writeback, writeback)
__HOTWEAVE_PAGE_FLAG(SwapCache, swapcache)
__HOTWEAVE_PAGE_FLAG(Unevictable, unevictable)
__HOTWEAVE_PAGE_FLAG(HWPoison, hwpoison)
__HOTWEAVE_PAGE_FLAG(SwapBacked, swapbacked)

/* Low bits of page->mapping. */
#define PAGE_MAPPING_ANON 0x1UL
#define PAGE_MAPPING_MOVABLE 0x2UL
#define PAGE_MAPPING_KSM (PAGE_MAPPING_ANON | PAGE_MAPPING_MOVABLE)
#define PAGE_MAPPING_FLAGS (PAGE_MAPPING_ANON | PAGE_MAPPING_MOVABLE)

/* The mapping is no address_space. Context: page lock, or the last reference. */
static inline int PageMappingFlags(const struct page *page)
{
	return ((unsigned long)page->mapping & PAGE_MAPPING_FLAGS) != 0;
}

/*
 * Whose page it is. The kernel reads the word plainly without the page lock and lives with an old value
 * (docs/annotations.md): a mapped page stays anonymous, and who needs more holds the page lock.
 */
static inline int PageAnon(const struct page *page)
{
	return !!((unsigned long)hotweave_missing_annotation(page->mapping, "a mapped page stays anonymous") &
		  PAGE_MAPPING_ANON);
}

/* Shared by KSM: its mapping is a stable node, or nothing yet. */
static inline int PageKsm(const struct page *page)
{
	return ((unsigned long)hotweave_missing_annotation(page->mapping, "who needs more holds the page lock") &
		PAGE_MAPPING_FLAGS) == PAGE_MAPPING_KSM;
}

#define PAGE_TYPE_BASE 0xf0000000u
#define PG_buddy 0x00000080u

/* True if the page is on a free list. Under the lock of its zone. Of a page in use the word counts mappings, which changes
 * meanwhile: marked, as the kernel's plain read is the same machine access (docs/annotations.md). */
static inline int PageBuddy(const struct page *page)
{
	return (READ_ONCE(page->page_type) & (PAGE_TYPE_BASE | PG_buddy)) == PAGE_TYPE_BASE;
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
