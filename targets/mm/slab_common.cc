// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slab caches come and go (mm/slab_common.c of Linux 3.8 to 6.7).
 *
 * What creating, destroying and shrinking hold besides slab_mutex:
 *   up to 3.15   cpu_hotplug_lock
 *   3.16 to 5.11 cpu_hotplug_lock, then mem_hotplug_lock (03afc0e25f7f)
 *   5.12 on      neither: a node that was seen once keeps its structures (7e1fa93deff4, 59450bbc12be)
 *   5.15 on      destroying takes cpu_hotplug_lock again, because it flushes by works (5a836bf6b09f)
 *
 * Model: no memory cgroups, no merging of caches, no aliases. The structures of caches and nodes are kmalloc() memory.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>

#include <hotweave/target.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "slab.h"

DEFINE_MUTEX(slab_mutex);
LIST_HEAD(slab_caches);

/* ---- Locks around ------------------------------------------------------------------------------------- */

/* What keeps CPUs and nodes as they are while caches are created, destroyed or shrunk. */
static void hold_cpus_and_nodes(void)
{
	if (!fixed(FIX_59450bbc12be))
		get_online_cpus();
	if (fixed(FIX_03afc0e25f7f) && !fixed(FIX_7e1fa93deff4))
		get_online_mems();
}

static void release_cpus_and_nodes(void)
{
	if (fixed(FIX_03afc0e25f7f) && !fixed(FIX_7e1fa93deff4))
		put_online_mems();
	if (!fixed(FIX_59450bbc12be))
		put_online_cpus();
}

/* ---- Creating ----------------------------------------------------------------------------------------- */

/* Source: create_cache(), 4.12, 6.1. Context: slab_mutex held. */
static struct kmem_cache *create_cache(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				       void (*ctor)(void *), unsigned long caller)
{
	struct kmem_cache *s = (struct kmem_cache *)kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->name = name;
	s->size = size;
	s->flags = flags;
	s->objects = hotweave_objects_create(s, name, size, align, flags, ctor, caller);
	if (!s->objects)
		goto out_free_cache;
	if (__kmem_cache_create(s))
		goto out_free_objects;
	if (sysfs_slab_add(s))
		return NULL;
	s->refcount = 1;
	list_add(&s->list, &slab_caches);
	return s;

out_free_objects:
	hotweave_objects_destroy(s->objects);
out_free_cache:
	kfree(s);
	return NULL;
}

/* Source: kmem_cache_create(), 3.8, 4.12, 6.1. */
struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size, unsigned int align,
					      slab_flags_t flags, unsigned int useroffset, unsigned int usersize,
					      void (*ctor)(void *))
{
	struct kmem_cache *s;

	(void)useroffset;
	(void)usersize;
	unrelated_mutex();
	hold_cpus_and_nodes();
	mutex_lock(&slab_mutex);
	s = create_cache(name, size, align, flags, ctor, (unsigned long)__builtin_return_address(0));
	mutex_unlock(&slab_mutex);
	release_cpus_and_nodes();
	BUG_ON(!s && (flags & SLAB_PANIC));
	return s;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *))
{
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 0, ctor);
}

/* ---- Destroying --------------------------------------------------------------------------------------- */

/* Nobody has a reference any more. Source: slab_kmem_cache_release(), 4.12, 6.1. */
void slab_kmem_cache_release(struct kmem_cache *s)
{
	__kmem_cache_release(s);
	hotweave_objects_destroy(s->objects);
	kfree(s);
}

/* Source: shutdown_cache(), 4.12, 6.1. Context: slab_mutex held. */
static int shutdown_cache(struct kmem_cache *s)
{
	if (__kmem_cache_shutdown(s))
		return -EBUSY;
	list_del(&s->list);
	if (sysfs_slab_unlinks_under_slab_mutex())
		sysfs_slab_unlink(s);
	return 0;
}

/* Source: kmem_cache_destroy(), 4.12, 6.1. */
void kmem_cache_destroy(struct kmem_cache *s)
{
	bool cpus = fixed(FIX_59450bbc12be) && fixed(FIX_5a836bf6b09f);
	bool gone = false;

	if (!s)
		return;
	hold_cpus_and_nodes();
	if (cpus)
		cpus_read_lock();
	mutex_lock(&slab_mutex);
	if (!--s->refcount) {
		gone = !shutdown_cache(s);
		WARN(!gone, "kmem_cache_destroy %s: slab cache still has objects", s->name);
	}
	mutex_unlock(&slab_mutex);
	if (cpus)
		cpus_read_unlock();
	release_cpus_and_nodes();
	if (!gone)
		return;
	if (!sysfs_slab_unlinks_under_slab_mutex())
		sysfs_slab_unlink(s);
	sysfs_slab_release(s);
}

/* Source: kmem_cache_shrink(), 4.12, 6.1. */
int kmem_cache_shrink(struct kmem_cache *s)
{
	int ret;

	hold_cpus_and_nodes();
	ret = __kmem_cache_shrink(s);
	release_cpus_and_nodes();
	return ret;
}

unsigned int kmem_cache_size(struct kmem_cache *s)
{
	return s->size;
}

/* ---- Boot, and what must hold ------------------------------------------------------------------------- */

void kmem_cache_init(void)
{
	slub_flush_init();
	slub_hotplug_init();
	hotweave_invariant("each slab cache has a kmem_cache_node for each node with normal memory", caches_have_their_nodes,
			   HOTWEAVE_AT_QUIESCENCE);
}

bool caches_have_their_nodes(void)
{
	struct kmem_cache *s;
	int node;

	list_for_each_entry(s, &slab_caches, list)
		for_each_node_state(node, N_NORMAL_MEMORY)
			if (!get_node(s, node))
				return false;
	return true;
}
