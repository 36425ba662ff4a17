// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock of a page (mm/filemap.c of Linux 3.8 to 6.7).
 *
 * Model: each page has a queue of its own (the kernel: one of 256 by hash). No PG_waiters: an unlock always looks for
 * waiters, as up to 4.9.
 */
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/pagemap.h>
#include <linux/wait_bit.h>

void __lock_page(struct page *page)
{
	wait_on_bit_lock(&page->flags, PG_locked, TASK_UNINTERRUPTIBLE);
}

void wait_on_page_locked(struct page *page)
{
	wait_on_bit(&page->flags, PG_locked, TASK_UNINTERRUPTIBLE);
}

/* The page may be freed by others as soon as the bit is clear; what follows looks for its queue alone. */
void unlock_page(struct page *page)
{
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	clear_bit_unlock(PG_locked, &page->flags);
	smp_mb__after_atomic();
	wake_up_bit(&page->flags, PG_locked);
}
