/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the slab allocator is made of. Follows include/linux/slub_def.h and mm/slab.h of Linux 4.12 to 6.1; the code
 * behind struct kmem_cache is targets/mm. A program without it has caches that are the memory of objects alone.
 */
#ifndef HOTWEAVE_LINUX_SLUB_DEF_H
#define HOTWEAVE_LINUX_SLUB_DEF_H

#include <linux/atomic.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Memory of objects ------------------------------------------------------------------------------- */

/*
 * No part of the kernel: memory for the objects of one cache, with the checks that <linux/slab.h> promises (use after
 * free, twice freed, of another cache, not freed at all). Which slab an object belongs to is the owner's business: it notes
 * that in the tag, where the kernel computes it from the address (virt_to_head_page()). `caller` names the allocating
 * function in reports. Context: as the functions of <linux/slab.h>; each but the last three is a scheduling point.
 */
struct hotweave_objects;
struct hotweave_objects *hotweave_objects_create(struct kmem_cache *owner, const char *name, unsigned int size,
						 unsigned int align, slab_flags_t flags, void (*ctor)(void *),
						 unsigned long caller);
void hotweave_objects_destroy(struct hotweave_objects *objects);
void *hotweave_objects_alloc(struct hotweave_objects *objects, gfp_t flags, unsigned long caller);
void *hotweave_objects_zalloc(struct hotweave_objects *objects, gfp_t flags, unsigned long caller);
void hotweave_objects_free(struct hotweave_objects *objects, void *object);
struct kmem_cache *hotweave_objects_owner(struct hotweave_objects *objects);
void hotweave_object_set_tag(const void *object, unsigned long tag);
unsigned long hotweave_object_tag(const void *object);

/* ---- Caches ------------------------------------------------------------------------------------------ */

/*
 * The slab that a CPU takes objects from. Written by its CPU alone with interrupts off, or for a CPU that is dead.
 * tid_freelist: its free objects (the low byte), and a number that changes with every change and differs between
 * CPUs, so that a task that moved notices.
 */
struct kmem_cache_cpu {
	unsigned long tid_freelist;
	struct page *page; /* NULL: none */
};

/* Slabs of one node. */
struct kmem_cache_node {
	spinlock_t list_lock;     /* protects the next two */
	unsigned long nr_partial;
	struct list_head partial; /* slabs with free objects that no CPU has, by page->lru */
	atomic_long_t nr_slabs;
};

struct kmem_cache {
	struct kmem_cache_cpu __percpu *cpu_slab;
	slab_flags_t flags;
	unsigned long min_partial;
	unsigned int size;
	int refcount;
	const char *name;
	struct list_head list; /* slab_caches, under slab_mutex */
	struct kobject kobj;   /* /sys/kernel/slab/NAME, if slab_sysfs_init() was called */
	struct work_struct kobj_remove_work;
	struct kmem_cache_node *node[MAX_NUMNODES]; /* under slab_mutex; NULL: no memory there when it was made */
	struct hotweave_objects *objects;
};

#ifdef __cplusplus
}
#endif
#endif
