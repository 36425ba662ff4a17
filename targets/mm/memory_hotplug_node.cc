// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes that come online with their first memory or CPU, and go with the last (try_online_node(),
 * hotadd_new_pgdat(), try_offline_node(), mm/memory_hotplug.c of Linux 3.9 to 6.1).
 *
 * Model: pgdats are static and were initialised at boot, as from 5.19 on; CPUs are all on node 0, so node 1 is online as
 * long as it has sections; nodes have no devices.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "../history/history.h"
#include "internal.h"
#include "memory_hotplug.h"

/* The pgdat of a node that comes: its zones are empty, its zonelists name its neighbours' zones. */
static void hotadd_new_pgdat(int nid)
{
	if (!fixed(FIX_b93e0f329e24))
		mutex_lock(&zonelists_mutex);
	build_all_zonelists(NODE_DATA(nid), NULL);
	if (!fixed(FIX_b93e0f329e24))
		mutex_unlock(&zonelists_mutex);
}

/* From 4.19 (b9ff036082cd) both who adds memory and who brings a CPU up come through here. */
int __try_online_node(int nid, bool online)
{
	if (node_online(nid))
		return 0;
	hotadd_new_pgdat(nid);
	if (online)
		node_set_online(nid);
	return 1;
}

/* 3.9 to 4.18: after the node's lists, those of all, if its own came out empty. */
static void build_lists_of_empty_node(int nid)
{
	if (zonelist_zone(node_zonelist(nid)->_zonerefs))
		return;
	if (!fixed(FIX_b93e0f329e24))
		mutex_lock(&zonelists_mutex);
	build_all_zonelists(NULL, NULL);
	if (!fixed(FIX_b93e0f329e24))
		mutex_unlock(&zonelists_mutex);
}

/*
 * Called by cpu_up() for the node of the CPU, before cpu_add_remove_lock. Up to 4.18 a node that is online is left
 * alone without the lock.
 */
int try_online_node(int nid)
{
	if (!fixed(FIX_b9ff036082cd) && node_online(nid))
		return 0;
	mem_hotplug_begin();
	if (__try_online_node(nid, true) && !fixed(FIX_b9ff036082cd))
		build_lists_of_empty_node(nid);
	mem_hotplug_done();
	return 0;
}

static bool node_has_sections(int nid)
{
	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++)
		if (present_section_nr(nr) && memory_add_physaddr_to_nid(PFN_PHYS(section_nr_to_pfn(nr))) == nid)
			return true;
	return false;
}

void try_offline_node(int nid)
{
	/* check_cpu_on_node() */
	if (nid == 0 || node_has_sections(nid))
		return;
	node_set_offline(nid);
}
