/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Entries of page tables. Follows include/linux/pgtable.h and x86's <asm/pgtable.h> of Linux 5.1.
 *
 * An entry is written under the page_table_lock of its mm. Whoever reads it without (a fault's first look) must look
 * again under the lock: pte_same(). Layout: a page frame number above twelve bits of flags.
 * Model: no accessed bit, no swap: an entry that is not present is empty or of a page that migrates
 * (<linux/swapops.h>). A TLB flush has nothing to do.
 */
#ifndef HOTWEAVE_LINUX_PGTABLE_H
#define HOTWEAVE_LINUX_PGTABLE_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include <linux/pfn.h>

#ifdef __cplusplus
extern "C" {
#endif

#define _PAGE_PRESENT 0x1UL
#define _PAGE_RW 0x2UL
#define _PAGE_DIRTY 0x40UL
#define _PAGE_MIGRATION 0x200UL /* Model: the type of a swap entry; never together with _PAGE_PRESENT */

static inline pte_t __pte(unsigned long val)
{
	pte_t pte = { val };

	return pte;
}

static inline unsigned long pte_val(pte_t pte) { return pte.pte; }
static inline int pte_none(pte_t pte) { return !pte.pte; }
static inline int pte_same(pte_t a, pte_t b) { return a.pte == b.pte; }
static inline int pte_present(pte_t pte) { return !!(pte.pte & _PAGE_PRESENT); }
static inline int pte_write(pte_t pte) { return !!(pte.pte & _PAGE_RW); }
static inline int pte_dirty(pte_t pte) { return !!(pte.pte & _PAGE_DIRTY); }
static inline unsigned long pte_pfn(pte_t pte) { return pte.pte >> PAGE_SHIFT; }
static inline struct page *pte_page(pte_t pte) { return pfn_to_page(pte_pfn(pte)); }

static inline pte_t pte_mkwrite(pte_t pte) { return __pte(pte.pte | _PAGE_RW); }
static inline pte_t pte_mkdirty(pte_t pte) { return __pte(pte.pte | _PAGE_DIRTY); }
static inline pte_t pte_mkclean(pte_t pte) { return __pte(pte.pte & ~_PAGE_DIRTY); }
static inline pte_t pte_wrprotect(pte_t pte) { return __pte(pte.pte & ~_PAGE_RW); }

/* A read-only, clean entry. */
static inline pte_t mk_pte(struct page *page)
{
	return __pte(page_to_pfn(page) << PAGE_SHIFT | _PAGE_PRESENT);
}

/* Context: page_table_lock held. */
static inline void set_pte_at(struct mm_struct *mm, unsigned long addr, pte_t *ptep, pte_t pte)
{
	(void)mm;
	(void)addr;
	WRITE_ONCE(ptep->pte, pte.pte);
}

/* Empties the entry and makes sure that no CPU uses the old one any more. Context: page_table_lock held. */
static inline pte_t ptep_clear_flush(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)
{
	pte_t old = __pte(ptep->pte);

	(void)vma;
	(void)addr;
	WRITE_ONCE(ptep->pte, 0UL);
	return old;
}

/* The entry of an address. */
static inline pte_t *pte_offset(struct mm_struct *mm, unsigned long addr)
{
	BUG_ON(PFN_DOWN(addr) >= PTRS_PER_MM);
	return &mm->pgd[PFN_DOWN(addr)];
}

/* The same, with page_table_lock taken. */
static inline pte_t *pte_offset_map_lock(struct mm_struct *mm, unsigned long addr)
{
	spin_lock(&mm->page_table_lock);
	return pte_offset(mm, addr);
}

static inline void pte_unmap_unlock(struct mm_struct *mm)
{
	spin_unlock(&mm->page_table_lock);
}

#ifdef __cplusplus
}
#endif
#endif
