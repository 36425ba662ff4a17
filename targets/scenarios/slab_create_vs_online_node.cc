// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first memory of a node goes online by the file `online` while a slab cache is created and used: the slab
 * allocator gives its caches their structures for the node, and a new cache must have them too.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"
#include "slab_user.h"

/* The first section of node 1. */
#define OFFLINE 4UL

HOTWEAVE_TARGET(slab_create_vs_online_node, "a slab cache is created while the first memory of a node goes online")
{
	struct task_struct *online, *slab;

	boot_memory(1UL << 0);
	boot_slab(false);
	add_offline_block(OFFLINE);

	online = kthread_run(online_block, SECTION_ARG(OFFLINE), "online");
	slab = kthread_run(create_cache, NULL, "slab");
	hotweave_join(online);
	hotweave_join(slab);
}

HOTWEAVE_EXPECT(slab_create_vs_online_node, "v4.9", "invariant", "S1-B 1E");
HOTWEAVE_EXPECT(slab_create_vs_online_node, "v4.12", "invariant", "S1-C 1E");
HOTWEAVE_EXPECT(slab_create_vs_online_node, "v4.19", "invariant", "S1-E 1E");
HOTWEAVE_EXPECT(slab_create_vs_online_node, "v4.20", "", "S1-F");
HOTWEAVE_EXPECT(slab_create_vs_online_node, "v5.1", "", "S1-G");
HOTWEAVE_EXPECT(slab_create_vs_online_node, "v6.7", "", "S1-I");
