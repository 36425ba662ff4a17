// SPDX-License-Identifier: GPL-2.0-only
/*
 * What slab_common.cc and slub*.cc share (mm/slab.h of Linux 4.12 to 6.1).
 */
#pragma once

#include <linux/rcupdate.h>
#include <linux/slub_def.h>

#include "../history/history.h"

extern struct mutex slab_mutex;
extern struct list_head slab_caches;

/* Boot: the subscriber of memory notifications, the state of CPUs, the queue of flushes. Caches work without. */
void kmem_cache_init(void);
/* Boot: /sys/kernel/slab; caches made from now on have a directory there. */
void slab_sysfs_init(void);

/*
 * Read without slab_mutex by whoever allocates or shrinks, while the structure of a node that goes online is put in: a node
 * without one has no slabs, and is passed over.
 * Model: published by a release, read by an address dependency; the kernel has plain accesses (docs/findings.md), which
 * slab_nodes_are_plain brings back.
 */
static inline struct kmem_cache_node *get_node(struct kmem_cache *s, int node)
{
	if (altered(ALT_slab_nodes_are_plain))
		return s->node[node];
	return rcu_dereference_raw(s->node[node]);
}

static inline void set_node(struct kmem_cache *s, int node, struct kmem_cache_node *n)
{
	if (altered(ALT_slab_nodes_are_plain))
		s->node[node] = n;
	else
		smp_store_release(&s->node[node], n);
}

/* Nodes that a new cache gets a kmem_cache_node for. Context: slab_mutex held. */
bool slab_node_is_set(int node);

/* slub.cc. __kmem_cache_create(): nodes and CPUs of a new cache; 0 or -ENOMEM. __kmem_cache_shutdown(): all slabs go; true if
 * objects are left. __kmem_cache_release(): undoes the first. */
int __kmem_cache_create(struct kmem_cache *s);
int __kmem_cache_shutdown(struct kmem_cache *s);
void __kmem_cache_release(struct kmem_cache *s);
/* Empty slabs of all nodes go back to the page allocator. _do_: without flushing CPUs first. */
int __kmem_cache_shrink(struct kmem_cache *s);
int __kmem_cache_do_shrink(struct kmem_cache *s);
struct kmem_cache_node *alloc_kmem_cache_node(int node);

/* slab_common.cc: the last reference was dropped. */
void slab_kmem_cache_release(struct kmem_cache *s);

/* slub_flush.cc: takes the slabs away from CPUs. flush_all(): of all CPUs; flush_all_cpus_locked() (from 5.15): the
 * caller holds cpu_hotplug_lock. __flush_cpu_slab(): that of one, which is this one (interrupts off) or dead. */
void flush_all(struct kmem_cache *s);
void flush_all_cpus_locked(struct kmem_cache *s);
void __flush_cpu_slab(struct kmem_cache *s, int cpu);
void slub_flush_init(void);
/* slub.cc: gives a CPU's slab back. Context: interrupts off, or the CPU is dead. */
void flush_slab(struct kmem_cache *s, struct kmem_cache_cpu *c);

/* slub_hotplug.cc: nodes and CPUs that come and go. */
void slub_hotplug_init(void);

/* slub_sysfs.cc. Context: add(): slab_mutex held. unlink(), which removes the directory now if this kernel does not do it
 * later: as the next says. */
bool sysfs_slab_unlinks_under_slab_mutex(void);
/* On failure the cache is gone. */
int sysfs_slab_add(struct kmem_cache *s);
void sysfs_slab_unlink(struct kmem_cache *s);
void sysfs_slab_release(struct kmem_cache *s);

/* I10: each cache has a kmem_cache_node for each node with normal memory. Reads plainly: at quiescence, or under
 * slab_mutex and get_online_mems(). */
bool caches_have_their_nodes(void);
