// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas of an address space: find_vma(), an anonymous mapping, exit_mmap() (mm/mmap.c, mm/memory.c of Linux 3.8 to
 * 6.7); madvise() as far as KSM is concerned (mm/madvise.c).
 *
 * Model: areas are a list; they are never split, merged or taken away but by exit. Pages are put one by one when they
 * are unmapped (the kernel gathers them first). madvise() takes whole areas.
 */
#include <linux/errno.h>
#include <linux/ksm.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/slab.h>

#include "../history/history.h"
#include "internal.h"

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = mm->mmap;

	while (vma && vma->vm_end <= addr)
		vma = vma->vm_next;
	return vma;
}

/* ---- mmap ------------------------------------------------------------------------------------------- */

/* Context: mmap_lock held for write. */
static void vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct **link = &mm->mmap;

	while (*link && (*link)->vm_start < vma->vm_start)
		link = &(*link)->vm_next;
	vma->vm_next = *link;
	*link = vma;
}

int mmap_anonymous(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma = (struct vm_area_struct *)kzalloc(sizeof(*vma), GFP_KERNEL);

	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_mm = mm;
	vma->vm_flags = VM_READ | VM_WRITE;
	INIT_LIST_HEAD(&vma->same_vma);
	mmap_write_lock(mm);
	vma_link(mm, vma);
	mmap_write_unlock(mm);
	return 0;
}

/* ---- madvise ---------------------------------------------------------------------------------------- */

int do_madvise(struct mm_struct *mm, unsigned long start, int advice)
{
	struct vm_area_struct *vma;
	unsigned long new_flags;
	int error = -ENOMEM;

	mmap_write_lock(mm);
	vma = find_vma(mm, start);
	if (vma && vma->vm_start <= start) {
		new_flags = vma->vm_flags;
		error = ksm_madvise(vma, vma->vm_start, vma->vm_end, advice, &new_flags);
		if (!error)
			vma->vm_flags = new_flags;
	}
	mmap_write_unlock(mm);
	return error;
}

/* ---- exit ------------------------------------------------------------------------------------------- */

static void zap_pte(struct vm_area_struct *vma, unsigned long addr)
{
	pte_t *ptep = pte_offset_map_lock(vma->vm_mm, addr);
	pte_t pte = ptep_clear_flush(vma, addr, ptep);
	struct page *page = NULL;

	/* A migration entry holds no reference: whoever moves the page will find nothing to put back. */
	if (pte_present(pte)) {
		page = pte_page(pte);
		page_remove_rmap(page);
	}
	pte_unmap_unlock(vma->vm_mm);
	if (page)
		put_page(page);
}

static void unmap_vma(struct vm_area_struct *vma)
{
	for (unsigned long addr = vma->vm_start; addr < vma->vm_end; addr += PAGE_SIZE)
		zap_pte(vma, addr);
}

static void unmap_vmas(struct mm_struct *mm)
{
	for (struct vm_area_struct *vma = mm->mmap; vma; vma = vma->vm_next)
		unmap_vma(vma);
}

static void remove_vmas(struct mm_struct *mm)
{
	struct vm_area_struct *vma = mm->mmap;

	while (vma) {
		struct vm_area_struct *next = vma->vm_next;

		unlink_anon_vmas(vma);
		kfree(vma);
		vma = next;
	}
}

/*
 * Nobody uses the address space any more; who still looks at it (KSM) tests mm_users under mmap_lock first. From 5.17 it goes
 * under that lock (64591e8605d6; the two holds are those from 6.0 on): before, who looks at it is waited for by __ksm_exit().
 * Source: exit_mmap(), 4.12, 6.1.
 */
void exit_mmap(struct mm_struct *mm)
{
	bool locked = fixed(FIX_64591e8605d6);

	if (locked)
		mmap_read_lock(mm);
	unmap_vmas(mm);
	if (locked) {
		mmap_read_unlock(mm);
		mmap_write_lock(mm);
	}
	remove_vmas(mm);
	if (locked)
		mmap_write_unlock(mm);
}
