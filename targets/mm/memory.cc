// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults on anonymous memory, copy on write, looking up a page (mm/memory.c and mm/gup.c of Linux 3.8 to 6.7),
 * and a user's loads and stores.
 *
 * Model: no swap: an entry that is not present is empty or of a page that migrates. Reading what was never written
 * gives a page, not the zero page. A page is written in place if nobody else has a reference to it, whatever its map
 * count (as reuse_swap_page() up to 5.17 without swap; from 5.19 by PageAnonExclusive). Nobody else shares the page
 * table, so a fault needs no mmu notifier and no TLB flush.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/ksm.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "internal.h"

unsigned long page_contents[MAX_PFN];

/* ---- Faults ----------------------------------------------------------------------------------------- */

/* __SetPageUptodate(): the contents before the page. */
static void set_uptodate(struct page *page)
{
	smp_wmb();
	SetPageUptodate(page);
}

/* Maps a page that nobody else knows. Context: page_table_lock. */
static void map_new_page(struct vm_area_struct *vma, unsigned long address, pte_t *ptep, struct page *page)
{
	page_add_new_anon_rmap(page, vma, address);
	lru_cache_add(page);
	set_pte_at(vma->vm_mm, address, ptep, pte_mkwrite(pte_mkdirty(mk_pte(page))));
}

/* The first touch. */
static vm_fault_t do_anonymous_page(struct vm_area_struct *vma, unsigned long address)
{
	struct page *page;
	pte_t *ptep;
	bool raced;

	if (anon_vma_prepare(vma))
		return VM_FAULT_OOM;
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (!page)
		return VM_FAULT_OOM;
	clear_highpage(page);
	set_uptodate(page);
	ptep = pte_offset_map_lock(vma->vm_mm, address);
	raced = !pte_none(*ptep);
	if (!raced)
		map_new_page(vma, address, ptep, page);
	pte_unmap_unlock(vma->vm_mm);
	if (raced)
		put_page(page);
	return 0;
}

/* Context: a reference on old_page, no lock; gives both up. */
static vm_fault_t wp_page_copy(struct vm_area_struct *vma, unsigned long address, struct page *old_page, pte_t orig_pte)
{
	struct page *new_page = NULL;
	pte_t *ptep;
	bool same;

	if (!anon_vma_prepare(vma))
		new_page = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (!new_page) {
		put_page(old_page);
		return VM_FAULT_OOM;
	}
	copy_highpage(new_page, old_page);
	set_uptodate(new_page);
	ptep = pte_offset_map_lock(vma->vm_mm, address);
	same = pte_same(*ptep, orig_pte);
	if (same) {
		ptep_clear_flush(vma, address, ptep);
		map_new_page(vma, address, ptep, new_page);
		page_remove_rmap(old_page);
	}
	pte_unmap_unlock(vma->vm_mm);
	put_page(same ? old_page : new_page); /* what is not mapped (any more) */
	put_page(old_page);
	return same ? VM_FAULT_WRITE : 0;
}

/* Context: page_table_lock, page locked. Lets the area write to its page in place. */
static void wp_page_reuse(struct vm_area_struct *vma, unsigned long address, pte_t *ptep)
{
	set_pte_at(vma->vm_mm, address, ptep, pte_mkwrite(pte_mkdirty(*ptep)));
}

/* A write to a page that is mapped read-only. Context: page_table_lock; gives it up. Source: do_wp_page(), 4.14. */
static vm_fault_t do_wp_page(struct vm_area_struct *vma, unsigned long address, pte_t *ptep, pte_t orig_pte)
{
	struct page *old_page = pte_page(orig_pte);

	if (PageAnon(old_page) && !PageKsm(old_page)) {
		if (!trylock_page(old_page)) {
			get_page(old_page);
			pte_unmap_unlock(vma->vm_mm);
			lock_page(old_page);
			ptep = pte_offset_map_lock(vma->vm_mm, address);
			if (!pte_same(*ptep, orig_pte)) {
				unlock_page(old_page);
				pte_unmap_unlock(vma->vm_mm);
				put_page(old_page);
				return 0;
			}
			put_page(old_page);
		}
		if (!PageKsm(old_page) && page_count(old_page) == 1) {
			wp_page_reuse(vma, address, ptep);
			unlock_page(old_page);
			pte_unmap_unlock(vma->vm_mm);
			return VM_FAULT_WRITE;
		}
		unlock_page(old_page);
	}
	get_page(old_page);
	pte_unmap_unlock(vma->vm_mm);
	return wp_page_copy(vma, address, old_page, orig_pte);
}

/* Source: handle_pte_fault(), 4.14: a first look without the lock, and another with it. */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	struct mm_struct *mm = vma->vm_mm;
	pte_t entry = __pte(READ_ONCE(pte_offset(mm, address)->pte));
	pte_t *ptep;

	if (pte_none(entry))
		return do_anonymous_page(vma, address);
	if (!pte_present(entry)) {
		migration_entry_wait(mm, address);
		return 0;
	}
	ptep = pte_offset_map_lock(mm, address);
	if (pte_same(*ptep, entry) && (flags & FAULT_FLAG_WRITE) && !pte_write(entry))
		return do_wp_page(vma, address, ptep, entry);
	pte_unmap_unlock(mm);
	return 0;
}

/* ---- Looking up a page ------------------------------------------------------------------------------ */

/* Source: follow_page_pte(), 4.14; follow_page(), 3.9. */
struct page *follow_page(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page = NULL;
	pte_t pte;

	for (;;) {
		pte = *pte_offset_map_lock(mm, address);
		if (pte_present(pte) || !is_migration_entry(pte) || !(flags & FOLL_MIGRATION))
			break;
		/* KSM must recognise its page even while it is being moved. */
		pte_unmap_unlock(mm);
		migration_entry_wait(mm, address);
	}
	if (pte_present(pte)) {
		page = pte_page(pte);
		if (flags & FOLL_GET)
			get_page(page);
	}
	pte_unmap_unlock(mm);
	return page;
}

/* ---- A user's loads and stores ---------------------------------------------------------------------- */

/* What the hardware does with an address: true if the page table let it. One step, as page_table_lock is held. */
static bool user_access(struct mm_struct *mm, unsigned long address, unsigned long *word, bool write)
{
	pte_t pte = *pte_offset_map_lock(mm, address);
	bool allowed = pte_present(pte) && (!write || pte_write(pte));

	if (allowed && write)
		hotweave_write_page(pte_page(pte), *word);
	else if (allowed)
		*word = hotweave_read_page(pte_page(pte));
	pte_unmap_unlock(mm);
	return allowed;
}

/* Source: do_user_addr_fault(), arch/x86/mm/fault.c. */
static int user_fault(struct mm_struct *mm, unsigned long address, bool write)
{
	struct vm_area_struct *vma;
	vm_fault_t fault = VM_FAULT_SIGSEGV;

	mmap_read_lock(mm);
	vma = find_vma(mm, address);
	if (vma && vma->vm_start <= address)
		fault = handle_mm_fault(vma, address, write ? FAULT_FLAG_WRITE : 0);
	mmap_read_unlock(mm);
	if (fault & VM_FAULT_OOM)
		return -ENOMEM;
	return fault & VM_FAULT_SIGSEGV ? -EFAULT : 0;
}

static int access_word(struct mm_struct *mm, unsigned long address, unsigned long *word, bool write)
{
	int ret = 0;

	while (!ret && !user_access(mm, address, word, write))
		ret = user_fault(mm, address, write);
	return ret;
}

int user_store(struct mm_struct *mm, unsigned long address, unsigned long word)
{
	return access_word(mm, address, &word, true);
}

int user_load(struct mm_struct *mm, unsigned long address, unsigned long *word)
{
	return access_word(mm, address, word, false);
}
