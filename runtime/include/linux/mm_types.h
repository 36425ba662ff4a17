/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * struct page. Follows include/linux/mm_types.h of Linux 5.1: the members that memory hotplug touches.
 *
 * Who may write what: `flags` by atomic bit operations once the page is visible; `lru`, `page_type` and
 * `private` of a free page under the lock of its zone; `_refcount` atomically.
 */
#ifndef HOTWEAVE_LINUX_MM_TYPES_H
#define HOTWEAVE_LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

struct address_space;

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
};

#endif
