// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM: making two pages one, and one two again (mm/ksm.c of Linux 3.8 to 6.7).
 *
 * Model: no huge, mlocked or zero pages; the checksum of a page is its contents. break_ksm() looks the page up with
 * follow_page() (up to 6.1; later it walks the page table, under the same locks).
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>

#include "../history/history.h"
#include "ksm.h"

/* ---- One page into two ------------------------------------------------------------------------------ */

/* Until the area has a page of its own there, whoever may be in the way. */
static int break_ksm(struct vm_area_struct *vma, unsigned long addr)
{
	struct page *page;
	vm_fault_t ret = 0;

	do {
		cond_resched();
		page = follow_page(vma, addr, FOLL_GET | FOLL_MIGRATION);
		if (!page)
			break;
		ret = PageKsm(page) ? handle_mm_fault(vma, addr, FAULT_FLAG_WRITE) : VM_FAULT_WRITE;
		put_page(page);
	} while (!(ret & (VM_FAULT_WRITE | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_OOM)));
	return ret & VM_FAULT_OOM ? -ENOMEM : 0;
}

bool vma_is_mergeable(struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_MERGEABLE) &&
	       hotweave_missing_annotation(vma->anon_vma, "set once, by the first fault; without it nothing is mapped");
}

static struct vm_area_struct *find_mergeable_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	if (ksm_test_exit(mm))
		return NULL;
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr || !vma_is_mergeable(vma))
		return NULL;
	return vma;
}

static void break_cow(struct rmap_item *rmap_item)
{
	struct mm_struct *mm = rmap_item->mm;
	unsigned long addr = rmap_item->address & PAGE_MASK;
	struct vm_area_struct *vma;

	put_anon_vma(rmap_item->anon_vma);
	mmap_read_lock(mm);
	vma = find_mergeable_vma(mm, addr);
	if (vma)
		break_ksm(vma, addr);
	mmap_read_unlock(mm);
}

int unmerge_ksm_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	int err = 0;

	for (unsigned long addr = start; addr < end && !err; addr += PAGE_SIZE) {
		if (ksm_test_exit(vma->vm_mm))
			break;
		err = signal_pending(current) ? -ERESTARTSYS : break_ksm(vma, addr);
	}
	return err;
}

struct page *get_mergeable_page(struct rmap_item *rmap_item)
{
	unsigned long addr = rmap_item->address & PAGE_MASK;
	struct mm_struct *mm = rmap_item->mm;
	struct vm_area_struct *vma;
	struct page *page = NULL;

	mmap_read_lock(mm);
	vma = find_mergeable_vma(mm, addr);
	if (vma)
		page = follow_page(vma, addr, FOLL_GET);
	if (page && !PageAnon(page)) {
		put_page(page);
		page = NULL;
	}
	mmap_read_unlock(mm);
	return page;
}

/* ---- Two pages into one ----------------------------------------------------------------------------- */

/* Makes the one entry that maps the page read-only, if nobody but its mappings and us has a reference.
 * Context: page lock. */
static int write_protect_page(struct vm_area_struct *vma, struct page *page, pte_t *orig_pte)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr = page_address_in_vma(page, vma);
	pte_t *ptep, entry;
	int err = 0;

	if (addr == (unsigned long)-EFAULT)
		return -EFAULT;
	ptep = page_check_address(page, mm, addr);
	if (!ptep)
		return -EFAULT;
	if (pte_write(*ptep) || pte_dirty(*ptep)) {
		entry = ptep_clear_flush(vma, addr, ptep);
		if (page_mapcount(page) + 1 != page_count(page)) {
			set_pte_at(mm, addr, ptep, entry);
			err = -EFAULT;
		} else {
			if (pte_dirty(entry))
				SetPageDirty(page);
			set_pte_at(mm, addr, ptep, pte_mkclean(pte_wrprotect(entry)));
		}
	}
	*orig_pte = *ptep;
	pte_unmap_unlock(mm);
	return err;
}

/* Context: page lock of `page`. */
static int replace_page(struct vm_area_struct *vma, struct page *page, struct page *kpage, pte_t orig_pte)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr = page_address_in_vma(page, vma);
	pte_t *ptep;

	if (addr == (unsigned long)-EFAULT)
		return -EFAULT;
	ptep = pte_offset_map_lock(mm, addr);
	if (!pte_same(*ptep, orig_pte)) {
		pte_unmap_unlock(mm);
		return -EFAULT;
	}
	get_page(kpage);
	page_add_anon_rmap(kpage, vma, addr);
	ptep_clear_flush(vma, addr, ptep);
	set_pte_at(mm, addr, ptep, mk_pte(kpage));
	page_remove_rmap(page);
	put_page(page);
	pte_unmap_unlock(mm);
	return 0;
}

/* kpage NULL: the page becomes one of KSM itself, without a node yet. */
static int try_to_merge_one_page(struct vm_area_struct *vma, struct page *page, struct page *kpage)
{
	pte_t orig_pte = __pte(0);
	int err = -EFAULT;

	if (page == kpage)
		return 0;
	if (!PageAnon(page) || !trylock_page(page))
		return -EFAULT;
	if (!write_protect_page(vma, page, &orig_pte)) {
		if (!kpage) {
			set_page_stable_node(page, NULL);
			mark_page_accessed(page);
			if (!PageDirty(page))
				SetPageDirty(page);
			err = 0;
		} else if (pages_identical(page, kpage)) {
			err = replace_page(vma, page, kpage, orig_pte);
		}
	}
	unlock_page(page);
	return err;
}

static int try_to_merge_with_ksm_page(struct rmap_item *rmap_item, struct page *page, struct page *kpage)
{
	struct mm_struct *mm = rmap_item->mm;
	struct vm_area_struct *vma;
	int err = -EFAULT;

	mmap_read_lock(mm);
	vma = find_mergeable_vma(mm, rmap_item->address & PAGE_MASK);
	if (vma)
		err = try_to_merge_one_page(vma, page, kpage);
	if (!err) {
		/* nid shares its place with anon_vma. */
		remove_rmap_item_from_tree(rmap_item);
		rmap_item->anon_vma = vma->anon_vma;
		get_anon_vma(vma->anon_vma);
	}
	mmap_read_unlock(mm);
	return err;
}

static struct page *try_to_merge_two_pages(struct rmap_item *rmap_item, struct page *page,
					   struct rmap_item *tree_rmap_item, struct page *tree_page)
{
	if (try_to_merge_with_ksm_page(rmap_item, page, NULL))
		return NULL;
	if (!try_to_merge_with_ksm_page(tree_rmap_item, tree_page, page))
		return page;
	/* A page of KSM that one entry maps: undone. */
	break_cow(rmap_item);
	return NULL;
}

/* The two became kpage: gives it a node, or undoes it. */
static void add_to_stable_tree(struct page *kpage, struct rmap_item *rmap_item, struct rmap_item *tree_rmap_item)
{
	struct stable_node *stable_node;

	lock_page(kpage);
	stable_node = stable_tree_insert(kpage);
	if (stable_node) {
		stable_tree_append(tree_rmap_item, stable_node);
		stable_tree_append(rmap_item, stable_node);
	}
	unlock_page(kpage);
	if (!stable_node) {
		break_cow(tree_rmap_item);
		break_cow(rmap_item);
	}
}

static void merge_with_stable_page(struct page *page, struct rmap_item *rmap_item, struct page *kpage)
{
	if (!try_to_merge_with_ksm_page(rmap_item, page, kpage)) {
		lock_page(kpage);
		stable_tree_append(rmap_item, page_stable_node(kpage));
		unlock_page(kpage);
	}
	put_page(kpage);
}

/* True if the page is where it should be. Its node leaves a tree that is not its own any more. */
static bool in_its_tree(struct page *page, struct rmap_item *rmap_item)
{
	struct stable_node *stable_node = page_stable_node(page);

	if (!stable_node)
		return false;
	if (!fixed(FIX_4146d2d673e8))
		return rmap_item->address & STABLE_FLAG;
	if (stable_node->head != &ksm_migrate_nodes &&
	    get_kpfn_nid(hotweave_missing_annotation(stable_node->kpfn, "looked at again in the next pass")) !=
		    stable_node->nid) {
		rb_erase(&stable_node->node, &root_stable_tree[stable_node->nid]);
		stable_node->head = &ksm_migrate_nodes;
		list_add(&stable_node->list, stable_node->head);
	}
	return stable_node->head != &ksm_migrate_nodes && rmap_item->head == stable_node;
}

void cmp_and_merge_page(struct page *page, struct rmap_item *rmap_item)
{
	struct rmap_item *tree_rmap_item;
	struct page *tree_page = NULL;
	struct page *kpage;
	unsigned int checksum;

	if (in_its_tree(page, rmap_item))
		return;
	if (!fixed(FIX_4146d2d673e8))
		remove_rmap_item_from_tree(rmap_item);
	kpage = stable_tree_search(page);
	if (kpage == page && rmap_item->head == page_stable_node(page)) {
		put_page(kpage);
		return;
	}
	if (fixed(FIX_4146d2d673e8))
		remove_rmap_item_from_tree(rmap_item);
	if (kpage) {
		merge_with_stable_page(page, rmap_item, kpage);
		return;
	}
	/* A page that changes all the time is not worth a search. */
	checksum = (unsigned int)hotweave_read_page(page);
	if (rmap_item->oldchecksum != checksum) {
		rmap_item->oldchecksum = checksum;
		return;
	}
	tree_rmap_item = unstable_tree_search_insert(rmap_item, page, &tree_page);
	if (!tree_rmap_item)
		return;
	kpage = try_to_merge_two_pages(rmap_item, page, tree_rmap_item, tree_page);
	put_page(tree_page);
	if (kpage)
		add_to_stable_tree(kpage, rmap_item, tree_rmap_item);
}
