// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving pages (mm/migrate.c of Linux 3.8 to 6.7): anonymous pages, pages of KSM, pages of files.
 *
 * Model: a page that was moved is put at once (from 4.6; before, it went over a pagevec once more). Nothing is under
 * writeback. A fault that waits for a page holds a reference meanwhile (up to 5.16; later it waits without).
 * From 6.3 pages are unmapped and moved in batches; here one by one in every profile.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/ksm.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../history/history.h"
#include "internal.h"

void putback_movable_pages(struct list_head *l)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, l, lru) {
		list_del(&page->lru);
		putback_lru_page(page);
	}
}

/* ---- Migration entries ------------------------------------------------------------------------------ */

void migration_entry_wait(struct mm_struct *mm, unsigned long address)
{
	pte_t pte = *pte_offset_map_lock(mm, address);
	struct page *page;

	if (!is_migration_entry(pte)) {
		pte_unmap_unlock(mm);
		return;
	}
	page = migration_entry_to_page(pte);
	/* Once it has no reference it has been moved, and the entry is about to go. */
	if (!get_page_unless_zero(page)) {
		pte_unmap_unlock(mm);
		return;
	}
	pte_unmap_unlock(mm);
	wait_on_page_locked(page);
	put_page(page);
}

/* Puts `page` in the place of the entries of `old`, which may be the same page. */
static bool remove_migration_pte(struct page *page, struct vm_area_struct *vma, unsigned long address, void *old)
{
	pte_t *ptep = pte_offset_map_lock(vma->vm_mm, address);
	pte_t entry = *ptep, pte;

	if (is_migration_entry(entry) && migration_entry_to_page(entry) == (struct page *)old) {
		get_page(page);
		pte = mk_pte(page);
		if (is_write_migration_entry(entry))
			pte = pte_mkwrite(pte);
		set_pte_at(vma->vm_mm, address, ptep, pte);
		page_add_anon_rmap(page, vma, address);
	}
	pte_unmap_unlock(vma->vm_mm);
	return true;
}

static void remove_migration_ptes(struct page *old, struct page *page)
{
	struct rmap_walk_control rwc = { old, remove_migration_pte, NULL };

	rmap_walk(page, &rwc);
}

/* ---- One page --------------------------------------------------------------------------------------- */

static void migrate_page_states(struct page *newpage, struct page *page)
{
	if (PageReferenced(page))
		SetPageReferenced(newpage);
	if (PageUptodate(page))
		SetPageUptodate(newpage);
	if (TestClearPageActive(page))
		SetPageActive(newpage);
	if (PageDirty(page))
		SetPageDirty(newpage);
	if (PageKsm(page))
		ksm_migrate_page(newpage, page);
}

/* An anonymous page: nobody but its mover may have a reference, or it stays where it is for now. Nothing keeps
 * others from taking one after this look: who may do that takes the page lock next and looks at the mapping again. */
static int migrate_page(struct page *newpage, struct page *page)
{
	if (page_count(page) != 1)
		return -EAGAIN;
	newpage->index = page->index;
	WRITE_ONCE(newpage->mapping, page->mapping);
	copy_highpage(newpage, page);
	migrate_page_states(newpage, page);
	return MIGRATEPAGE_SUCCESS;
}

/* Takes all references away for a moment, if there are as many as we know of: nobody can get one meanwhile. */
static bool page_ref_freeze(struct page *page, int count)
{
	return atomic_cmpxchg(&page->_refcount, count, 0) == count;
}

/* The new page takes the place of the old one in its file. Source: migrate_page_move_mapping(), 4.14. */
static int replace_in_file(struct address_space *mapping, struct page *newpage, struct page *page)
{
	const int expected = 2; /* the file's and ours */
	struct page **slot = &mapping->i_pages.slots[page->index];
	bool replaced;

	spin_lock_irq(&mapping->i_pages.xa_lock);
	replaced = *slot == page && page_ref_freeze(page, expected);
	if (replaced) {
		newpage->index = page->index;
		WRITE_ONCE(newpage->mapping, mapping);
		get_page(newpage);
		smp_store_release(slot, newpage);
		atomic_set_release(&page->_refcount, expected - 1);
	}
	spin_unlock_irq(&mapping->i_pages.xa_lock);
	return replaced ? MIGRATEPAGE_SUCCESS : -EAGAIN;
}

static int migrate_file_page(struct page *newpage, struct page *page)
{
	struct address_space *mapping = page->mapping;
	int rc;

	/* Truncated meanwhile: whoever did that is about to drop the page. */
	if (!mapping)
		return -EAGAIN;
	rc = replace_in_file(mapping, newpage, page);
	if (rc != MIGRATEPAGE_SUCCESS)
		return rc;
	copy_highpage(newpage, page);
	migrate_page_states(newpage, page);
	WRITE_ONCE(page->mapping, (struct address_space *)NULL);
	return rc;
}

/* Context: both pages locked. The mapping of an anonymous page stays until it is freed. */
static int move_to_new_page(struct page *newpage, struct page *page)
{
	return PageAnon(page) ? migrate_page(newpage, page) : migrate_file_page(newpage, page);
}

/* Context: the old page locked; no mapping is left or none can be found any more. */
static int unmap_and_replace(struct page *newpage, struct page *page)
{
	bool was_mapped = page_mapped(page);
	int rc = -EAGAIN;

	if (was_mapped)
		try_to_unmap(page);
	if (!page_mapped(page))
		rc = move_to_new_page(newpage, page);
	if (was_mapped)
		remove_migration_ptes(page, rc == MIGRATEPAGE_SUCCESS ? newpage : page);
	return rc;
}

static bool lock_for_migration(struct page *page, bool force, enum migrate_mode mode)
{
	if (trylock_page(page))
		return true;
	if (!force || mode == MIGRATE_ASYNC || (current->flags & PF_MEMALLOC))
		return false;
	lock_page(page);
	return true;
}

static int __unmap_and_move(struct page *page, struct page *newpage, bool force, enum migrate_mode mode, int reason)
{
	struct anon_vma *anon_vma = NULL;
	int rc = -EAGAIN;

	if (!lock_for_migration(page, force, mode))
		return -EAGAIN;
	/* Up to 3.8 only offlining has locked KSM out and can move its pages. */
	if (!fixed(FIX_4146d2d673e8) && PageKsm(page) && reason != MR_MEMORY_HOTPLUG) {
		unlock_page(page);
		return -EBUSY;
	}
	/* Keeps the anon_vma while the page is not mapped. */
	if (PageAnon(page) && !PageKsm(page))
		anon_vma = page_get_anon_vma(page);
	if (trylock_page(newpage)) {
		rc = unmap_and_replace(newpage, page);
		unlock_page(newpage);
	}
	if (anon_vma)
		put_anon_vma(anon_vma);
	unlock_page(page);
	return rc;
}

/* Source: unmap_and_move(), 4.14. The page is on the list of the caller with the reference of isolate_lru_page(). */
static int unmap_and_move(new_page_t *get_new_page, free_page_t *put_new_page, unsigned long private_,
			  struct page *page, bool force, enum migrate_mode mode, int reason)
{
	struct page *newpage;
	int rc = MIGRATEPAGE_SUCCESS;

	if (page_count(page) == 1) {
		/* Freed by its users meanwhile: ours is the last reference. */
		list_del(&page->lru);
		ClearPageActive(page);
		put_page(page);
		return rc;
	}
	newpage = get_new_page(page, private_);
	if (!newpage)
		return -ENOMEM;
	rc = __unmap_and_move(page, newpage, force, mode, reason);
	if (rc == MIGRATEPAGE_SUCCESS) {
		putback_lru_page(newpage);
		list_del(&page->lru);
		put_page(page);
		return rc;
	}
	if (rc != -EAGAIN) {
		list_del(&page->lru);
		putback_lru_page(page);
	}
	if (put_new_page)
		put_new_page(newpage, private_);
	else
		put_page(newpage);
	return rc;
}

/* ---- A list of pages -------------------------------------------------------------------------------- */

/* One go over the list. Returns how many pages may succeed at the next, or -ENOMEM; adds up those that never will. */
static int migrate_pass(struct list_head *from, new_page_t *get_new_page, free_page_t *put_new_page,
			unsigned long private_, bool force, enum migrate_mode mode, int reason, int *nr_failed)
{
	struct page *page, *next;
	int retry = 0;

	list_for_each_entry_safe(page, next, from, lru) {
		int rc = unmap_and_move(get_new_page, put_new_page, private_, page, force, mode, reason);

		if (rc == -ENOMEM)
			return rc;
		if (rc == -EAGAIN)
			retry++;
		else if (rc != MIGRATEPAGE_SUCCESS)
			(*nr_failed)++;
	}
	return retry;
}

int migrate_pages(struct list_head *from, new_page_t *get_new_page, free_page_t *put_new_page, unsigned long private_,
		  enum migrate_mode mode, int reason)
{
	int nr_failed = 0;
	int retry = 1;

	for (int pass = 0; pass < 10 && retry > 0; pass++)
		retry = migrate_pass(from, get_new_page, put_new_page, private_, pass > 2, mode, reason, &nr_failed);
	return retry < 0 ? retry : nr_failed + retry;
}
