/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel heap. Follows include/linux/slab.h of Linux 6.1.
 *
 * Memory comes from the arena of the execution. Freed memory is not reused within an execution (but in
 * SLAB_TYPESAFE_BY_RCU caches), so every use after free is seen; bytes beyond the requested size are out of
 * bounds. Memory holds 0xa5 until written. Alignment 16 bytes, or the size if that is a power of two up to a page.
 *
 * An allocation fails if the size overflows or is above KMALLOC_MAX_SIZE, and by a choice of the input if the task
 * asked for that: hotweave_fail_allocations() of <hotweave/target.h>. Freeing is a write to the whole: it races with
 * unordered accesses. Freeing twice, something else, or memory that holds a lock in use, a timer that is armed
 * or a work that is queued is a finding.
 * Model: an exhausted arena ends the execution as out-of-budget. No CPU caches, no merging of caches.
 * Context: allocating with __GFP_DIRECT_RECLAIM (GFP_KERNEL) may sleep (checked), with GFP_ATOMIC or GFP_NOWAIT any.
 * Freeing: any. Each is a scheduling point.
 */
#ifndef HOTWEAVE_LINUX_SLAB_H
#define HOTWEAVE_LINUX_SLAB_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_KMALLOC_MINALIGN 16
#define ARCH_SLAB_MINALIGN 16
#define KMALLOC_SHIFT_HIGH (PAGE_SHIFT + 1)
#define KMALLOC_SHIFT_MAX 22
#define KMALLOC_MAX_SIZE (1UL << KMALLOC_SHIFT_MAX)
#define KMALLOC_MAX_CACHE_SIZE (1UL << KMALLOC_SHIFT_HIGH)

/* What kmalloc(0) returns: may be freed, not accessed. */
#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(x) ((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

/* ---- kmalloc() -------------------------------------------------------------------------------------- */

void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
/* n elements; NULL if n * size overflows. kcalloc(): of zeros. */
void *kcalloc(size_t n, size_t size, gfp_t flags);
void *kmalloc_array(size_t n, size_t size, gfp_t flags);

/*
 * Grows or shrinks: the same memory if it does not grow, else other memory with the same contents. NULL, and
 * p stays as it is, if it fails. p NULL: kmalloc(). new_size 0: kfree(), ZERO_SIZE_PTR.
 */
void *krealloc(const void *p, size_t new_size, gfp_t flags);
void *krealloc_array(void *p, size_t new_n, size_t new_size, gfp_t flags);

/* NULL and ZERO_SIZE_PTR: nothing. Takes what kmem_cache_alloc() returned, too. */
void kfree(const void *objp);
/* Clears it first. */
void kfree_sensitive(const void *objp);
/* Bytes requested when `objp` was allocated; 0 for NULL and ZERO_SIZE_PTR. */
size_t ksize(const void *objp);
#define __ksize(objp) ksize(objp)

/* All nodes have memory here. */
static __always_inline void *kmalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kmalloc(size, flags);
}
static __always_inline void *kzalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kzalloc(size, flags);
}
static __always_inline void *kmalloc_array_node(size_t n, size_t size, gfp_t flags, int node)
{
	(void)node;
	return kmalloc_array(n, size, flags);
}
static __always_inline void *kcalloc_node(size_t n, size_t size, gfp_t flags, int node)
{
	(void)node;
	return kcalloc(n, size, flags);
}
static __always_inline void *__kmalloc(size_t size, gfp_t flags) { return kmalloc(size, flags); }
static __always_inline void *__kmalloc_node(size_t size, gfp_t flags, int node)
{
	return kmalloc_node(size, flags, node);
}

/* Named in reports after `caller` (a code address) instead of the function that calls. */
void *__kmalloc_track_caller(size_t size, gfp_t flags, unsigned long caller);
#define kmalloc_track_caller(size, flags) \
	__kmalloc_track_caller((size), (flags), (unsigned long)__builtin_return_address(0))
#define kmalloc_node_track_caller(size, flags, node) kmalloc_track_caller((size), (flags))

/* Several at once; NULL entries are skipped. */
void kfree_bulk(size_t size, void **p);

/* ---- Caches of objects ------------------------------------------------------------------------------- */

/* Make a difference here: PANIC (creation does not fail), TYPESAFE_BY_RCU, HWCACHE_ALIGN. */
#define SLAB_CONSISTENCY_CHECKS ((slab_flags_t)0x00000100U)
#define SLAB_RED_ZONE ((slab_flags_t)0x00000400U)
#define SLAB_POISON ((slab_flags_t)0x00000800U)
#define SLAB_KMALLOC ((slab_flags_t)0x00001000U)
#define SLAB_HWCACHE_ALIGN ((slab_flags_t)0x00002000U)
#define SLAB_CACHE_DMA ((slab_flags_t)0x00004000U)
#define SLAB_CACHE_DMA32 ((slab_flags_t)0x00008000U)
#define SLAB_STORE_USER ((slab_flags_t)0x00010000U)
#define SLAB_RECLAIM_ACCOUNT ((slab_flags_t)0x00020000U)
#define SLAB_TEMPORARY SLAB_RECLAIM_ACCOUNT
#define SLAB_PANIC ((slab_flags_t)0x00040000U)
/*
 * A freed object may be accessed until a grace period has passed, and may be another one meanwhile: the next
 * allocation takes the object freed last, without constructing it again. Freeing is no write here.
 * Model: it stays accessible until the cache is destroyed.
 */
#define SLAB_TYPESAFE_BY_RCU ((slab_flags_t)0x00080000U)
#define SLAB_MEM_SPREAD ((slab_flags_t)0x00100000U)
#define SLAB_TRACE ((slab_flags_t)0x00200000U)
#define SLAB_DEBUG_OBJECTS ((slab_flags_t)0x00400000U)
#define SLAB_NOLEAKTRACE ((slab_flags_t)0x00800000U)
#define SLAB_FAILSLAB ((slab_flags_t)0x02000000U)
#define SLAB_ACCOUNT ((slab_flags_t)0x04000000U)
#define SLAB_KASAN ((slab_flags_t)0x08000000U)
#define SLAB_NO_USER_FLAGS ((slab_flags_t)0x10000000U)

struct kmem_cache;
struct list_lru;

/*
 * A cache of objects of `size` bytes. `ctor` (or NULL) is called on each new object, on the task that allocates it,
 * and must not sleep. NULL if there is no memory. `name` must live as long as the cache.
 * Context: may sleep. Scheduling point.
 */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *));
/* useroffset, usersize: the part that user space may copy; not checked. */
struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size, unsigned int align,
					      slab_flags_t flags, unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *));
/* NULL does nothing. With objects that were not freed: a finding of kind leak, named after the cache. May sleep. */
void kmem_cache_destroy(struct kmem_cache *s);
/* Gives empty slabs back: there are none. 0. May sleep. */
int kmem_cache_shrink(struct kmem_cache *s);

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags);
void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t flags);
/* `objp` must come from this cache: anything else is a finding of kind bad-free. */
void kmem_cache_free(struct kmem_cache *s, void *objp);
/* All `size` of them, or none: their number, or 0. */
int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p);
/* s may be NULL. */
void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p);
unsigned int kmem_cache_size(struct kmem_cache *s);

static __always_inline void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t flags, int node)
{
	(void)node;
	return kmem_cache_alloc(s, flags);
}
static __always_inline void *kmem_cache_alloc_lru(struct kmem_cache *s, struct list_lru *lru, gfp_t flags)
{
	(void)lru;
	return kmem_cache_alloc(s, flags);
}

#define KMEM_CACHE(__struct, __flags) \
	kmem_cache_create(#__struct, sizeof(struct __struct), __alignof__(struct __struct), (__flags), NULL)
#define KMEM_CACHE_USERCOPY(__struct, __flags, __field)                                                    \
	kmem_cache_create_usercopy(#__struct, sizeof(struct __struct), __alignof__(struct __struct), (__flags), \
				   offsetof(struct __struct, __field), sizeof(((struct __struct *)0)->__field), NULL)

static inline bool slab_is_available(void) { return true; }

/* ---- kmalloc() that falls back to vmalloc() ---------------------------------------------------------- */

/* Up to KMALLOC_MAX_SIZE as kmalloc(), above as vmalloc(). Free with kvfree(). Context: may sleep. */
void *kvmalloc(size_t size, gfp_t flags);
void *kvzalloc(size_t size, gfp_t flags);
void *kvmalloc_array(size_t n, size_t size, gfp_t flags);
void *kvcalloc(size_t n, size_t size, gfp_t flags);
static __always_inline void *kvmalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kvmalloc(size, flags);
}
static __always_inline void *kvzalloc_node(size_t size, gfp_t flags, int node)
{
	(void)node;
	return kvzalloc(size, flags);
}
/* p itself if it does not grow; NULL, and p stays, if it fails. */
void *kvrealloc(const void *p, size_t oldsize, size_t newsize, gfp_t flags);
/* What kvmalloc(), kmalloc() or vmalloc() returned. Context: may sleep, but not in interrupts. */
void kvfree(const void *addr);
void kvfree_sensitive(const void *addr, size_t len);

#ifdef __cplusplus
}
#endif
#endif
