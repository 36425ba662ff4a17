// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two blocks of a node without memory go online at once, by the file `online` and by `probe`. Each asks whether it
 * brings the first memory of the node, and the slab allocator gives each cache its structure for the node once it is told.
 */
#include <hotweave/target.h>

#include "memory.h"
#include "slab_user.h"

/* Both of node 1. */
#define OFFLINE 4UL
#define ADDED 5UL

HOTWEAVE_TARGET(online_node_twice, "two blocks of a node without memory go online at once, with a slab cache")
{
	hotweave_check_leaks();
	boot_memory(1UL << 0);
	boot_slab(false);
	run_online_and_probe(OFFLINE, ADDED);
}

HOTWEAVE_EXPECT(online_node_twice, "v4.12", "data-race invariant leak", "S1-C 1D");
HOTWEAVE_EXPECT(online_node_twice, "v5.6", "", "S1-G");
HOTWEAVE_EXPECT(online_node_twice, "v6.7", "", "S1-I");
