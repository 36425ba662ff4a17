/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Merging of identical pages. Follows include/linux/ksm.h of Linux 5.1; the code behind it is targets/mm/ksm*.cc.
 *
 * A page of KSM is read-only in every page table and stays so until it is freed: a write copies it. Its mapping is a
 * stable node or NULL, with PAGE_MAPPING_KSM; a stable node knows the page by its number and holds no reference.
 */
#ifndef HOTWEAVE_LINUX_KSM_H
#define HOTWEAVE_LINUX_KSM_H

#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>

#ifdef __cplusplus
extern "C" {
#endif

struct stable_node;

/* madvise() of a whole area. 0, -ENOMEM, or -ERESTARTSYS. Context: may sleep; mmap_lock held for write. */
int ksm_madvise(struct vm_area_struct *vma, unsigned long start, unsigned long end, int advice,
		unsigned long *vm_flags);

int __ksm_enter(struct mm_struct *mm);
void __ksm_exit(struct mm_struct *mm);
/* The last user of the address space is gone. Context: may sleep. */
static inline void ksm_exit(struct mm_struct *mm)
{
	if (test_bit(MMF_VM_MERGEABLE, &mm->flags))
		__ksm_exit(mm);
}

static inline struct stable_node *page_stable_node(struct page *page)
{
	return PageKsm(page) ? (struct stable_node *)page_rmapping(page) : NULL;
}

/* Context: page lock. Readers without it take what they find (docs/annotations.md). */
static inline void set_page_stable_node(struct page *page, struct stable_node *stable_node)
{
	WRITE_ONCE(page->mapping, (struct address_space *)((unsigned long)stable_node | PAGE_MAPPING_KSM));
}

void rmap_walk_ksm(struct page *page, struct rmap_walk_control *rwc);
/* The old page's place in KSM is the new page's from now on. Context: both pages locked. */
void ksm_migrate_page(struct page *newpage, struct page *oldpage);

#ifdef __cplusplus
}
#endif
#endif
