// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches when nodes and CPUs come and go (mm/slub.c of Linux 3.8 to 6.7).
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/memory.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>

#include "../history/history.h"
#include "slab.h"

/* From 5.12: nodes that have had normal memory since boot. Under slab_mutex. */
static unsigned long slab_nodes;

bool slab_node_is_set(int node)
{
	if (!fixed(FIX_7e1fa93deff4))
		return node_state(node, N_NORMAL_MEMORY);
	return slab_nodes >> node & 1;
}

/* ---- Nodes -------------------------------------------------------------------------------------------- */

/* Source: slab_mem_going_offline_callback(), 4.12, 6.1. */
static int slab_mem_going_offline_callback(void)
{
	struct kmem_cache *s;

	mutex_lock(&slab_mutex);
	list_for_each_entry(s, &slab_caches, list) {
		if (fixed(FIX_5a836bf6b09f) && !altered(ALT_slub_flush_all_takes_lock_again)) {
			flush_all_cpus_locked(s);
			__kmem_cache_do_shrink(s);
		} else {
			__kmem_cache_shrink(s);
		}
	}
	mutex_unlock(&slab_mutex);
	return 0;
}

/* Up to 5.11 the structures go with the memory. Context: slab_mutex held. */
static void free_nodes_of_caches(int node)
{
	struct kmem_cache *s;

	list_for_each_entry(s, &slab_caches, list) {
		struct kmem_cache_node *n = get_node(s, node);

		if (!n)
			continue;
		/* Slabs of the node would have kept its last memory from going offline. */
		BUG_ON(atomic_long_read(&n->nr_slabs));
		set_node(s, node, NULL);
		kfree(n);
	}
}

/* Source: slab_mem_offline_callback(), 4.12, 6.1. */
static void slab_mem_offline_callback(struct memory_notify *arg)
{
	int offline_node = arg->status_change_nid_normal;

	if (offline_node < 0)
		return;
	mutex_lock(&slab_mutex);
	if (fixed(FIX_7e1fa93deff4))
		slab_nodes &= ~(1UL << offline_node);
	else
		free_nodes_of_caches(offline_node);
	mutex_unlock(&slab_mutex);
}

/* Source: slab_mem_going_online_callback(), 4.12, 6.1. */
static int slab_mem_going_online_callback(struct memory_notify *arg)
{
	int nid = arg->status_change_nid_normal;
	struct kmem_cache *s;
	int ret = 0;

	if (nid < 0)
		return 0;
	mutex_lock(&slab_mutex);
	list_for_each_entry(s, &slab_caches, list) {
		struct kmem_cache_node *n;

		/* From 5.12 it may be there already: the node has been online before. */
		if (fixed(FIX_7e1fa93deff4) && get_node(s, nid))
			continue;
		n = alloc_kmem_cache_node(nid);
		if (!n) {
			ret = -ENOMEM;
			goto out;
		}
		set_node(s, nid, n);
	}
	slab_nodes |= 1UL << nid;
out:
	mutex_unlock(&slab_mutex);
	return ret;
}

/* Source: slab_memory_callback(), 4.12, 6.1. */
static int slab_memory_callback(struct notifier_block *self, unsigned long action, void *arg)
{
	int ret = 0;

	(void)self;
	switch (action) {
	case MEM_GOING_ONLINE:
		ret = slab_mem_going_online_callback((struct memory_notify *)arg);
		break;
	case MEM_GOING_OFFLINE:
		ret = slab_mem_going_offline_callback();
		break;
	case MEM_OFFLINE:
	case MEM_CANCEL_ONLINE:
		slab_mem_offline_callback((struct memory_notify *)arg);
		break;
	}
	return ret ? notifier_from_errno(ret) : NOTIFY_OK;
}

#define SLAB_CALLBACK_PRI 1

static struct notifier_block slab_memory_callback_nb = { slab_memory_callback, NULL, SLAB_CALLBACK_PRI };

/* ---- CPUs --------------------------------------------------------------------------------------------- */

/* Source: slub_cpu_dead(), 4.12, 6.1. */
static int slub_cpu_dead(unsigned int cpu)
{
	struct kmem_cache *s;
	unsigned long flags;

	mutex_lock(&slab_mutex);
	list_for_each_entry(s, &slab_caches, list) {
		local_irq_save(flags);
		__flush_cpu_slab(s, (int)cpu);
		local_irq_restore(flags);
	}
	mutex_unlock(&slab_mutex);
	return 0;
}

void slub_hotplug_init(void)
{
	int node;

	for_each_node_state(node, N_NORMAL_MEMORY)
		slab_nodes |= 1UL << node;
	BUG_ON(register_memory_notifier(&slab_memory_callback_nb));
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_SLUB_DEAD, "slub:dead", NULL, slub_cpu_dead));
}
