// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a page to the page tables that map it (mm/rmap.c of Linux 3.8 to 6.7): anonymous pages and, through mm/ksm.cc,
 * pages of KSM.
 *
 * Model: no fork, so an anon_vma has at most one area and is its own root; pages of files are not mapped. What
 * try_to_unmap() leaves behind is always a migration entry (there is no swap).
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/ksm.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/swapops.h>

/* ---- anon_vma --------------------------------------------------------------------------------------- */

static struct anon_vma *anon_vma_alloc(void)
{
	struct anon_vma *anon_vma = (struct anon_vma *)kzalloc(sizeof(*anon_vma), GFP_KERNEL);

	if (!anon_vma)
		return NULL;
	init_rwsem(&anon_vma->rwsem);
	atomic_set(&anon_vma->refcount, 1);
	INIT_LIST_HEAD(&anon_vma->head);
	return anon_vma;
}

/* Whoever found it under RCU gets no reference to it any more. */
void __put_anon_vma(struct anon_vma *anon_vma)
{
	BUG_ON(!list_empty(&anon_vma->head));
	kfree_rcu(anon_vma, rcu);
}

/* Two faults of one area may come here: the second finds what the first has made. Source: 3.8, 4.14. */
int anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma;
	bool taken;

	if (hotweave_missing_annotation(vma->anon_vma, "set once; looked at again under page_table_lock"))
		return 0;
	anon_vma = anon_vma_alloc();
	if (!anon_vma)
		return -ENOMEM;
	down_write(&anon_vma->rwsem);
	spin_lock(&vma->vm_mm->page_table_lock);
	taken = vma->anon_vma != NULL;
	if (!taken) {
		vma->anon_vma = anon_vma;
		list_add_tail(&vma->same_vma, &anon_vma->head);
	}
	spin_unlock(&vma->vm_mm->page_table_lock);
	up_write(&anon_vma->rwsem);
	if (taken)
		put_anon_vma(anon_vma);
	return 0;
}

void unlink_anon_vmas(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = vma->anon_vma;

	if (!anon_vma)
		return;
	down_write(&anon_vma->rwsem);
	list_del(&vma->same_vma);
	up_write(&anon_vma->rwsem);
	put_anon_vma(anon_vma);
}

/* The anon_vma may be freed while we look, so it is looked at under RCU, and page_mapped() again after that: an
 * anon_vma whose page is mapped has an area. Source: page_get_anon_vma(), 3.8. */
struct anon_vma *page_get_anon_vma(struct page *page)
{
	struct anon_vma *anon_vma;

	rcu_read_lock();
	anon_vma = page_anon_vma(page);
	if (!anon_vma || !page_mapped(page) || !atomic_inc_not_zero(&anon_vma->refcount)) {
		rcu_read_unlock();
		return NULL;
	}
	if (!page_mapped(page)) {
		rcu_read_unlock();
		put_anon_vma(anon_vma);
		return NULL;
	}
	rcu_read_unlock();
	return anon_vma;
}

/* ---- Counting mappings ------------------------------------------------------------------------------ */

void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	atomic_set(&page->_mapcount, 0);
	page->index = PFN_DOWN(address);
	WRITE_ONCE(page->mapping, (struct address_space *)((unsigned long)vma->anon_vma | PAGE_MAPPING_ANON));
}

/* A further mapping of a page that is anonymous already. */
void page_add_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	(void)vma;
	(void)address;
	VM_BUG_ON_PAGE(!PageAnon(page), page);
	atomic_inc(&page->_mapcount);
}

void page_remove_rmap(struct page *page)
{
	VM_BUG_ON_PAGE(page_mapcount(page) <= 0, page);
	atomic_dec(&page->_mapcount);
}

/* ---- Where a page is mapped ------------------------------------------------------------------------- */

/* Context: page lock, or a reference and mmap_lock. Source: page_address_in_vma(), 3.9. */
unsigned long page_address_in_vma(struct page *page, struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = page_anon_vma(page);
	unsigned long address = page->index << PAGE_SHIFT;

	/* A page of KSM has no anon_vma. */
	if (!anon_vma || vma->anon_vma != anon_vma)
		return -EFAULT;
	return address < vma->vm_start || address >= vma->vm_end ? -EFAULT : address;
}

pte_t *page_check_address(struct page *page, struct mm_struct *mm, unsigned long address)
{
	pte_t *ptep = pte_offset_map_lock(mm, address);

	if (pte_present(*ptep) && pte_page(*ptep) == page)
		return ptep;
	pte_unmap_unlock(mm);
	return NULL;
}

static void rmap_walk_anon(struct page *page, struct rmap_walk_control *rwc)
{
	struct anon_vma *anon_vma = page_anon_vma(page);
	struct vm_area_struct *vma;

	if (!anon_vma)
		return;
	anon_vma_lock_read(anon_vma);
	list_for_each_entry(vma, &anon_vma->head, same_vma) {
		unsigned long address = page_address_in_vma(page, vma);

		if (address == -EFAULT)
			continue;
		if (!rwc->rmap_one(page, vma, address, rwc->arg) || (rwc->done && rwc->done(page)))
			break;
	}
	anon_vma_unlock_read(anon_vma);
}

void rmap_walk(struct page *page, struct rmap_walk_control *rwc)
{
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	if (PageKsm(page))
		rmap_walk_ksm(page, rwc);
	else if (PageAnon(page))
		rmap_walk_anon(page, rwc);
}

/* ---- Unmapping -------------------------------------------------------------------------------------- */

static bool try_to_unmap_one(struct page *page, struct vm_area_struct *vma, unsigned long address, void *arg)
{
	pte_t *ptep = page_check_address(page, vma->vm_mm, address);
	pte_t pte;

	(void)arg;
	if (!ptep)
		return true;
	pte = ptep_clear_flush(vma, address, ptep);
	if (pte_dirty(pte))
		SetPageDirty(page);
	set_pte_at(vma->vm_mm, address, ptep, make_migration_entry(page, pte_write(pte)));
	page_remove_rmap(page);
	put_page(page);
	pte_unmap_unlock(vma->vm_mm);
	return true;
}

static int page_not_mapped(struct page *page)
{
	return !page_mapped(page);
}

bool try_to_unmap(struct page *page)
{
	struct rmap_walk_control rwc = { NULL, try_to_unmap_one, page_not_mapped };

	rmap_walk(page, &rwc);
	return !page_mapped(page);
}
