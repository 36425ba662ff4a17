/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From a page to the page tables that map it. Follows include/linux/rmap.h of Linux 5.1; the code behind it is
 * targets/mm/rmap.cc.
 *
 * page->mapping of an anonymous page is its anon_vma with PAGE_MAPPING_ANON set; of a page of KSM a stable node with
 * PAGE_MAPPING_KSM, whose rmap_items name an anon_vma each. _mapcount is the number of entries that map it, less 1.
 * Lock order: page lock > anon_vma->rwsem > page_table_lock.
 * Model: no fork: an anon_vma has at most one area, and is its own root. Its memory is given back after a grace period
 * (the kernel's cache keeps the type instead).
 */
#ifndef HOTWEAVE_LINUX_RMAP_H
#define HOTWEAVE_LINUX_RMAP_H

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>

#ifdef __cplusplus
extern "C" {
#endif

struct anon_vma {
	struct rw_semaphore rwsem;
	atomic_t refcount; /* the area, rmap_items, whoever migrates a page */
	struct list_head head; /* its areas; under rwsem */
	struct rcu_head rcu;
};

/* What rmap_walk() calls for each area that may map the page; false ends the walk. `done` may end it too. */
struct rmap_walk_control {
	void *arg;
	bool (*rmap_one)(struct page *page, struct vm_area_struct *vma, unsigned long addr, void *arg);
	int (*done)(struct page *page);
};

static inline void get_anon_vma(struct anon_vma *anon_vma)
{
	atomic_inc(&anon_vma->refcount);
}

void __put_anon_vma(struct anon_vma *anon_vma);
static inline void put_anon_vma(struct anon_vma *anon_vma)
{
	if (atomic_dec_and_test(&anon_vma->refcount))
		__put_anon_vma(anon_vma);
}

static inline void anon_vma_lock_read(struct anon_vma *anon_vma)
{
	down_read(&anon_vma->rwsem);
}

static inline void anon_vma_unlock_read(struct anon_vma *anon_vma)
{
	up_read(&anon_vma->rwsem);
}

/* Gives the area an anon_vma if it has none. 0 or -ENOMEM. Context: may sleep; mmap_lock held. */
int anon_vma_prepare(struct vm_area_struct *vma);
void unlink_anon_vmas(struct vm_area_struct *vma);
/* The anon_vma of a page with a reference, or NULL: not anonymous, of KSM, or not mapped any more. */
struct anon_vma *page_get_anon_vma(struct page *page);

/* A new mapping. Context: page_table_lock; the first for a page that nobody else knows yet. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address);
void page_add_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address);
/* One mapping less. Context: page_table_lock. */
void page_remove_rmap(struct page *page);

/* Where the page would be mapped in the area, or -EFAULT. */
unsigned long page_address_in_vma(struct page *page, struct vm_area_struct *vma);
/* The entry that maps the page at this address, with page_table_lock held; or NULL without it. */
pte_t *page_check_address(struct page *page, struct mm_struct *mm, unsigned long address);

/* Visits every area that may map the page. Context: may sleep; the page is locked. */
void rmap_walk(struct page *page, struct rmap_walk_control *rwc);
/* Replaces all mappings by migration entries: true if none is left. Context: may sleep; the page is locked. */
bool try_to_unmap(struct page *page);

static inline int page_mapped(struct page *page)
{
	return page_mapcount(page) > 0;
}

/* mapping without its low bits. Context: page lock, or the caller looks again. */
static inline void *page_rmapping(struct page *page)
{
	return (void *)((unsigned long)hotweave_missing_annotation(page->mapping, "who needs more holds the page lock") &
			~PAGE_MAPPING_FLAGS);
}

static inline struct anon_vma *page_anon_vma(struct page *page)
{
	return PageAnon(page) && !PageKsm(page) ? (struct anon_vma *)page_rmapping(page) : NULL;
}

#ifdef __cplusplus
}
#endif
#endif
