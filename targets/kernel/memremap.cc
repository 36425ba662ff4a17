// SPDX-License-Identifier: GPL-2.0-only
/*
 * Struct pages for the memory of a device (kernel/memremap.c of Linux 4.9 to 5.1): what pmem and HMM ask for.
 *
 * From 4.10 (f931ab479dd2) it is a writer of mem_hotplug_lock like memory hotplug itself, but takes no lock around that:
 * before memory_add_remove_lock (4.11) nothing keeps the two writers apart. It never takes device_hotplug_lock; there is no
 * memory block, so no device_lock either.
 * Model: there is no ZONE_DEVICE: the pages stay reserved and are counted in no zone. dev_pagemap is a range; the driver
 * core's releasing of resources is a call of the scenario.
 */
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/mm.h>

#include "../history/history.h"
#include "../unrelated_edit.h"

static void begin(void)
{
	if (fixed(FIX_f931ab479dd2))
		mem_hotplug_begin();
}

static void done(void)
{
	if (fixed(FIX_f931ab479dd2))
		mem_hotplug_done();
}

int devm_memremap_pages(u64 start, u64 size)
{
	int error;

	unrelated_mutex();
	begin();
	error = arch_add_memory(memory_add_physaddr_to_nid(start), start, size, false);
	done();
	return error;
}

void devm_memunmap_pages(u64 start, u64 size)
{
	begin();
	arch_remove_memory(memory_add_physaddr_to_nid(start), start, size);
	done();
}
