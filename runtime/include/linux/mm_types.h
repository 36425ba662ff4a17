/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * struct page; address spaces of processes. Follows include/linux/mm_types.h of Linux 5.1: the members that memory
 * hotplug and KSM touch.
 *
 * Who may write what: `flags` by atomic bit operations once the page is visible; `lru`, `page_type` and
 * `private` of a free page under the lock of its zone; `_refcount` atomically.
 */
#ifndef HOTWEAVE_LINUX_MM_TYPES_H
#define HOTWEAVE_LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct address_space;
struct kmem_cache;

struct page {
	unsigned long flags; /* page-flags.h; the node and the zone above them (mm.h) */
	struct list_head lru; /* free list of its zone, list of a CPU, or LRU list */
	/* Whose page it is: an address_space, or an anon_vma or a stable node of KSM with the low bits set
	 * (page-flags.h). Written under the page lock. */
	struct address_space *mapping;
	pgoff_t index; /* offset in its mapping */
#ifdef __cplusplus
	unsigned long private_; /* order of a free page */
#else
	unsigned long private;
#endif
	union {
		atomic_t _mapcount; /* -1: not mapped */
		unsigned int page_type; /* free page: PG_buddy, spelt as a cleared bit (4.18) */
	};
	atomic_t _refcount;
	/* Of a slab: its cache; and how many objects are in use (bits 0-7) and free on the slab's own list (8-15), and
	 * whether a CPU has it (16), changed by cmpxchg(). */
	struct kmem_cache *slab_cache;
	unsigned long counters;
};

/* ---- Address spaces of processes ------------------------------------------------------------------------ */

/* An entry of a page table (<linux/pgtable.h>). */
typedef struct {
	unsigned long pte;
} pte_t;

struct anon_vma;
struct mm_struct;

/*
 * A range of addresses. Under mmap_lock: for write to change it or the list, for read to look.
 * Model: a list in place of the maple or red-black tree; areas are never split or merged; no fork, so that an area
 * has at most one anon_vma.
 */
struct vm_area_struct {
	unsigned long vm_start; /* first address */
	unsigned long vm_end;   /* the first one after it */
	struct vm_area_struct *vm_next;
	struct mm_struct *vm_mm;
	unsigned long vm_flags; /* VM_*, <linux/mm.h> */
	struct anon_vma *anon_vma; /* set once, under page_table_lock, by the first fault */
	struct list_head same_vma; /* in anon_vma->head: under its rwsem for write */
};

#define PTRS_PER_MM 8 /* Model: the page table is one array of this many entries, from address 0 */

struct mm_struct {
	struct vm_area_struct *mmap; /* areas by address; under mmap_lock */
	pte_t pgd[PTRS_PER_MM];      /* under page_table_lock */
	spinlock_t page_table_lock;
	/* One lock under the two names it had: mmap_sem up to 5.7, mmap_lock from 5.8 (lockdep shows that of the profile). */
	union {
		struct rw_semaphore mmap_sem;
		struct rw_semaphore mmap_lock;
	};
	atomic_t mm_users; /* who uses the address space: the last one unmaps it */
	atomic_t mm_count; /* references to this structure; mm_users > 0 counts as one */
	unsigned long flags; /* MMF_*, atomic bit operations */
};

#endif
