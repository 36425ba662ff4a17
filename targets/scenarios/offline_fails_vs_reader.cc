// SPDX-License-Identifier: GPL-2.0-only
/*
 * Offlining that fails on each of its ways out (a range that is not aligned, of two zones, with pages that cannot move),
 * against a reader of mem_hotplug_lock: whatever failed, the lock must be free again.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../mm/internal.h"
#include "../mm/memory_hotplug.h"
#include "memory.h"

#define NORMAL 1UL
#define MOVABLE 2UL

/* As the callers of the kernel that is played: under device_hotplug_lock, and mem_hotplug_lock where it is theirs to take. */
static void offline_in_vain(unsigned long start_pfn, unsigned long nr_pages)
{
	bool outside = !memory_hotplug_locks_inside();

	lock_device_hotplug();
	if (outside)
		mem_hotplug_begin();
	WARN_ON(!offline_pages(start_pfn, nr_pages));
	if (outside)
		mem_hotplug_done();
	unlock_device_hotplug();
}

static int offline(void *arg)
{
	(void)arg;
	switch (hotweave_choose(3)) {
	case 0: /* the kernel image is in it */
		offline_in_vain(0, PAGES_PER_SECTION);
		break;
	case 1:
		offline_in_vain(section_nr_to_pfn(NORMAL), 2 * PAGES_PER_SECTION);
		break;
	case 2:
		offline_in_vain(section_nr_to_pfn(NORMAL) + 1, PAGES_PER_SECTION);
		break;
	}
	return 0;
}

static int scan(void *arg)
{
	(void)arg;
	kmemleak_scan();
	return 0;
}

HOTWEAVE_TARGET(offline_fails_vs_reader, "offlining fails on each way out while a reader waits")
{
	struct task_struct *failing, *reader;

	boot_memory(1UL << 0 | 1UL << NORMAL | 1UL << 4);
	add_offline_block(MOVABLE);
	hotweave_write_sysfs("devices/system/memory/memory2/state", "online_movable");

	failing = kthread_run(offline, NULL, "offline");
	reader = kthread_run(scan, NULL, "scan");
	hotweave_join(failing);
	hotweave_join(reader);
}

HOTWEAVE_EXPECT(offline_fails_vs_reader, "S1-C", "", "S1-C");
HOTWEAVE_EXPECT(offline_fails_vs_reader, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(offline_fails_vs_reader, "v6.7", "", "S1-I");
