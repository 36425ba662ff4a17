/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory reclaim as lockdep sees it, and scopes that restrict allocations. Follows include/linux/sched/mm.h and
 * mm/page_alloc.c of Linux 6.1.
 *
 * An allocation that may reclaim memory through filesystems (__GFP_DIRECT_RECLAIM and __GFP_FS) counts as if it took the
 * lock map `fs_reclaim`; code that runs in reclaim (a shrinker, writeback) holds it. So a lock that is taken in
 * reclaim, and under which memory is allocated, is a finding of kind lock-order, though memory never runs out here.
 * kmalloc(), caches, vmalloc() and whole pages call might_alloc() themselves.
 *
 * Context: any, for everything in this file; might_alloc() may sleep if the flags say so (checked). Scheduling
 * points: none.
 * Model: nothing is reclaimed. From 4.14 (d92a8cfcb37e) on; the marks of earlier kernels are not there. The map of
 * MMU notifiers (5.10) is not there. might_alloc() reports a sleep that is forbidden before a wrong order.
 */
#ifndef HOTWEAVE_LINUX_SCHED_MM_H
#define HOTWEAVE_LINUX_SCHED_MM_H

#include <linux/gfp.h>
#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Is the current task in reclaim from here on? A no-op if an allocation with these flags could not be, the scopes of the task
 * considered. Code that reclaims calls it with GFP_KERNEL. */
void fs_reclaim_acquire(gfp_t gfp_mask);
void fs_reclaim_release(gfp_t gfp_mask);
/* The map itself, whatever the flags. `ip` is ignored. */
void __fs_reclaim_acquire(unsigned long ip);
void __fs_reclaim_release(unsigned long ip);

/* This place may allocate with these flags, even if it does not now. */
void might_alloc(gfp_t gfp_mask);

/* What is left of the flags in the task's scopes: without __GFP_FS in NOFS, without __GFP_IO either in NOIO. */
static inline gfp_t current_gfp_context(gfp_t flags)
{
	unsigned int scopes = hotweave_current()->flags;

	if (scopes & PF_MEMALLOC_NOIO)
		return flags & ~(__GFP_IO | __GFP_FS);
	return scopes & PF_MEMALLOC_NOFS ? flags & ~__GFP_FS : flags;
}

/* ---- Lifetime of address spaces (targets/kernel/fork.cc) -------------------------------------------------- */

#define MMF_VM_MERGEABLE 16 /* KSM may be looking at it */

struct mm_struct;

/* An empty address space with one user; NULL if there is no memory. Context: may sleep. */
struct mm_struct *mm_alloc(void);
/* One reference to the structure more, one less; the last frees it. Any context. */
void mmgrab(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);
/* One user less: the last takes the address space apart. Context: may sleep. */
void mmput(struct mm_struct *mm);

/*
 * Scopes of the current task. _save() begins one and returns what _restore() needs to end it; they nest.
 * nofs, noio: allocations count as GFP_NOFS, GFP_NOIO. noreclaim: they may use the last of memory and never reclaim
 * (PF_MEMALLOC): for code that reclaims itself.
 */
static inline unsigned int hotweave_memalloc_save(unsigned int flag)
{
	unsigned int old = hotweave_current()->flags & flag;

	hotweave_current()->flags |= flag;
	return old;
}
static inline void hotweave_memalloc_restore(unsigned int flag, unsigned int old)
{
	hotweave_current()->flags = (hotweave_current()->flags & ~flag) | old;
}
static inline unsigned int memalloc_nofs_save(void) { return hotweave_memalloc_save(PF_MEMALLOC_NOFS); }
static inline void memalloc_nofs_restore(unsigned int flags) { hotweave_memalloc_restore(PF_MEMALLOC_NOFS, flags); }
static inline unsigned int memalloc_noio_save(void) { return hotweave_memalloc_save(PF_MEMALLOC_NOIO); }
static inline void memalloc_noio_restore(unsigned int flags) { hotweave_memalloc_restore(PF_MEMALLOC_NOIO, flags); }
static inline unsigned int memalloc_noreclaim_save(void) { return hotweave_memalloc_save(PF_MEMALLOC); }
static inline void memalloc_noreclaim_restore(unsigned int flags) { hotweave_memalloc_restore(PF_MEMALLOC, flags); }

#ifdef __cplusplus
}
#endif
#endif
