/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory of whole pages that need not lie together. Follows include/linux/vmalloc.h of Linux 6.1.
 * Model: memory of the heap (<linux/slab.h>), aligned to a page, of exactly `size` usable bytes; there are no page tables.
 * Context: may sleep (checked). Scheduling point. May fail as kmalloc() does.
 */
#ifndef HOTWEAVE_LINUX_VMALLOC_H
#define HOTWEAVE_LINUX_VMALLOC_H

#include <linux/gfp.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL for size 0. vzalloc(): of zeros. */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void *__vmalloc(unsigned long size, gfp_t gfp_mask);
void *vmalloc_array(size_t n, size_t size);
void *vcalloc(size_t n, size_t size);
static __always_inline void *vmalloc_user(unsigned long size) { return vzalloc(size); }
static __always_inline void *vmalloc_32(unsigned long size) { return vmalloc(size); }
static __always_inline void *vmalloc_huge(unsigned long size, gfp_t gfp_mask) { return __vmalloc(size, gfp_mask); }
static __always_inline void *vmalloc_node(unsigned long size, int node)
{
	(void)node;
	return vmalloc(size);
}
static __always_inline void *vzalloc_node(unsigned long size, int node)
{
	(void)node;
	return vzalloc(size);
}

/* NULL does nothing; memory that is not vmalloc()'s is a finding of kind bad-free. Context: may sleep, or an interrupt
 * (where the kernel frees later). */
void vfree(const void *addr);
/* The same in any context. */
void vfree_atomic(const void *addr);
bool is_vmalloc_addr(const void *x);

#ifdef __cplusplus
}
#endif
#endif
