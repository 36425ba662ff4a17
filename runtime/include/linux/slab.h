/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel heap. Follows include/linux/slab.h of Linux 6.1.
 *
 * Memory comes from the arena of the execution. Freed memory is not reused within an execution, so
 * every use after free is seen; bytes beyond the requested size are out of bounds. kmalloc() memory
 * holds 0xa5 until written. Alignment 16 bytes.
 * Model: no allocation fails, but for a size that overflows (kmalloc_array(), kcalloc()); an exhausted
 * arena ends the execution as out-of-budget.
 * Context: with GFP_KERNEL may sleep (checked), with GFP_ATOMIC/GFP_NOWAIT any. Scheduling point.
 */
#ifndef HOTWEAVE_LINUX_SLAB_H
#define HOTWEAVE_LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_KMALLOC_MINALIGN 16

void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags);
void *kmalloc_array(size_t n, size_t size, gfp_t flags);
char *kstrdup(const char *s, gfp_t gfp);
/* kfree(NULL) does nothing; a second free, or one of something not allocated, is a finding. */
void kfree(const void *objp);
/* Bytes requested when `objp` was allocated; 0 for NULL. */
size_t ksize(const void *objp);

#ifdef __cplusplus
}
#endif
#endif
