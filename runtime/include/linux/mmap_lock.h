/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The lock of an address space. Follows include/linux/mmap_lock.h of Linux 5.8, which gave mmap_sem the name mmap_lock
 * and these functions; up to 5.7 the same calls are down_read(&mm->mmap_sem) and so on.
 * Context and scheduling points: those of <linux/rwsem.h>.
 */
#ifndef HOTWEAVE_LINUX_MMAP_LOCK_H
#define HOTWEAVE_LINUX_MMAP_LOCK_H

#include <linux/mm_types.h>
#include <linux/rwsem.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline void mmap_read_lock(struct mm_struct *mm) { down_read(&mm->mmap_lock); }
static inline void mmap_read_unlock(struct mm_struct *mm) { up_read(&mm->mmap_lock); }
static inline void mmap_write_lock(struct mm_struct *mm) { down_write(&mm->mmap_lock); }
static inline void mmap_write_unlock(struct mm_struct *mm) { up_write(&mm->mmap_lock); }

#ifdef __cplusplus
}
#endif
#endif
