// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * chase.h as target code. The first task links the list, a second one walks it: as in a real target, the
 * memory was last written by somebody else. On the heap: globals are restored before each execution of
 * every target of a program, and these would be megabytes. Depends on <linux/...>, hotweave/target.h and chase.h.
 */
#include <linux/kthread.h>
#include <linux/slab.h>
#include <hotweave/target.h>

#include "chase.h"

struct walk {
	struct chase_node *list;
	uint32_t nodes;
	int write;
};

static int walker(void *data)
{
	struct walk *walk = static_cast<struct walk *>(data);

	chase_walk(walk->list, walk->nodes, walk->write);
	return 0;
}

/* Choice 1: which length; choice 2: 1 to write. */
HOTWEAVE_TARGET(chase, "one task walks a list that another one built")
{
	struct walk walk;
	uint32_t *order;

	walk.nodes = chase_nodes[hotweave_choose(CHASE_SIZES)];
	walk.write = (int)hotweave_choose(2);
	walk.list = static_cast<struct chase_node *>(kvmalloc(walk.nodes * sizeof(*walk.list), GFP_KERNEL));
	order = static_cast<uint32_t *>(kvmalloc(walk.nodes * sizeof(*order), GFP_KERNEL));
	chase_link(walk.list, order, walk.nodes);
	hotweave_join(kthread_run(walker, &walk, "walker"));
	kvfree(order);
	kvfree(walk.list);
}
