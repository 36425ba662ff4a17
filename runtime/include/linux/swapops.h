/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Page table entries of pages that migrate. Follows include/linux/swapops.h of Linux 5.1 (migration entries); the
 * code behind it is targets/mm/migrate.cc.
 *
 * Such an entry stands for the old page from try_to_unmap() until remove_migration_ptes(), all of it under the lock of
 * the old page: a fault that meets one waits for that lock.
 * Model: no swap, so a migration entry is the only swap entry, and is a pte_t itself.
 */
#ifndef HOTWEAVE_LINUX_SWAPOPS_H
#define HOTWEAVE_LINUX_SWAPOPS_H

#include <linux/pgtable.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline pte_t make_migration_entry(struct page *page, int write)
{
	return __pte(page_to_pfn(page) << PAGE_SHIFT | _PAGE_MIGRATION | (write ? _PAGE_RW : 0));
}

static inline int is_migration_entry(pte_t entry)
{
	return !!(entry.pte & _PAGE_MIGRATION);
}

static inline int is_write_migration_entry(pte_t entry)
{
	return is_migration_entry(entry) && (entry.pte & _PAGE_RW);
}

static inline struct page *migration_entry_to_page(pte_t entry)
{
	return pfn_to_page(pte_pfn(entry));
}

/* Waits until the page that the entry of `address` stands for is unlocked; at once if it stands for none.
 * Context: may sleep; mmap_lock held, page_table_lock not. */
void migration_entry_wait(struct mm_struct *mm, unsigned long address);

#ifdef __cplusplus
}
#endif
#endif
