/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The lock of a page. Follows include/linux/pagemap.h and mm/filemap.c of Linux 5.1; the code behind it is
 * targets/mm/filemap.cc.
 *
 * It is the bit PG_locked, not a lock that lockdep or the deadlock detector knows: any task may unlock it.
 * lock_page() may sleep; the others do not. Scheduling points: each.
 */
#ifndef HOTWEAVE_LINUX_PAGEMAP_H
#define HOTWEAVE_LINUX_PAGEMAP_H

#include <linux/kernel.h>
#include <linux/mm.h>

#ifdef __cplusplus
extern "C" {
#endif

void __lock_page(struct page *page);
void unlock_page(struct page *page);
/* Sleeps while the page is locked. */
void wait_on_page_locked(struct page *page);

/* 1 if this call locked it. */
static inline int trylock_page(struct page *page)
{
	return !test_and_set_bit_lock(PG_locked, &page->flags);
}

static inline void lock_page(struct page *page)
{
	might_sleep();
	if (!trylock_page(page))
		__lock_page(page);
}

#ifdef __cplusplus
}
#endif
#endif
