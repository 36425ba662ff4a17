// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dynamic logical partitioning of memory (arch/powerpc/platforms/pseries/hotplug-memory.c of Linux 4.9 to 6.7): the
 * hypervisor gives and takes logical memory blocks; everything happens under device_hotplug_lock.
 *
 * Up to 4.19 it is add_memory() and remove_memory() under that lock; from 4.20 (d15e59260f62, 8df1d0e4a265), when those
 * take the lock themselves, __add_memory() and __remove_memory().
 * Model: one logical memory block is one memory block; the device tree, associativity and the count-based requests are
 * left out. dlpar_memory() came in 4.1 (5f97b2a0d176); here it is in every profile.
 */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include "../../../../history/history.h"
#include "hotplug-memory.h"

static int add_block(int nid, u64 start)
{
	if (fixed(FIX_8df1d0e4a265) && !altered(ALT_pseries_calls_add_memory))
		return __add_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
	return add_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
}

static void remove_block(int nid, u64 start)
{
	if (fixed(FIX_d15e59260f62))
		__remove_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
	else
		remove_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
}

static int dlpar_change_lmb_state(u64 base_addr, bool online)
{
	struct memory_block *mem_block = find_memory_block(__pfn_to_section(PFN_DOWN(base_addr)));
	int rc = 0;

	if (!mem_block)
		return -EINVAL;
	if (online && mem_block->dev.offline)
		rc = device_online(&mem_block->dev);
	else if (!online && !mem_block->dev.offline)
		rc = device_offline(&mem_block->dev);
	put_device(&mem_block->dev);
	return rc;
}

static int dlpar_add_lmb(u64 base_addr)
{
	int nid = memory_add_physaddr_to_nid(base_addr);
	int rc = add_block(nid, base_addr);

	if (rc)
		return rc;
	rc = dlpar_change_lmb_state(base_addr, true);
	if (rc)
		remove_block(nid, base_addr);
	return rc;
}

static int dlpar_remove_lmb(u64 base_addr)
{
	int rc = dlpar_change_lmb_state(base_addr, false);

	if (rc)
		return rc;
	remove_block(memory_add_physaddr_to_nid(base_addr), base_addr);
	return 0;
}

int dlpar_memory(enum pseries_hp_elog_action action, u64 base_addr)
{
	int rc;

	lock_device_hotplug();
	rc = action == PSERIES_HP_ELOG_ACTION_ADD ? dlpar_add_lmb(base_addr) : dlpar_remove_lmb(base_addr);
	unlock_device_hotplug();
	return rc;
}

int pseries_remove_memblock(u64 base)
{
	lock_device_hotplug();
	if (pfn_valid(PFN_DOWN(base)))
		remove_block(memory_add_physaddr_to_nid(base), base);
	unlock_device_hotplug();
	return 0;
}
