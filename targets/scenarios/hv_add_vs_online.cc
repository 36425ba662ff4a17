// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host of a Hyper-V guest adds memory, and user space onlines it as soon as it sees the new block, which is before
 * the adder has finished: the uevent is out before device_lock is taken to look for a driver.
 */
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../drivers/hv/hv_balloon.h"
#include "memory.h"

#define ADDED 1UL

static int hv(void *arg)
{
	(void)arg;
	hv_mem_hot_add(PFN_PHYS(section_nr_to_pfn(ADDED)));
	return 0;
}

/* udev: the event brings it here; before the block is there it has nothing to do. */
static int udev(void *arg)
{
	const char *file = hotweave_choose(2) ? "devices/system/memory/memory1/state" : "devices/system/memory/memory1/online";

	(void)arg;
	for (int i = 0; i < 3 && hotweave_write_sysfs(file, file[30] == 's' ? "online" : "1") == -ENOENT; i++)
		hotweave_yield("no uevent yet");
	return 0;
}

HOTWEAVE_TARGET(hv_add_vs_online, "hv_balloon adds memory while udev onlines the block that appears")
{
	struct task_struct *adder, *user;

	boot_memory(1UL << 0);
	hv_balloon_init();

	adder = kthread_run(hv, NULL, "hv");
	user = kthread_run(udev, NULL, "udev");
	hotweave_join(adder);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(hv_add_vs_online, "v3.19", "deadlock data-race lock-order", "S1-A 1A");
HOTWEAVE_EXPECT(hv_add_vs_online, "S1-A", "deadlock data-race lock-order", "S1-A 1A");
HOTWEAVE_EXPECT(hv_add_vs_online, "S1-C", "data-race null-deref", "S1-C: the block is not on its bus yet");
HOTWEAVE_EXPECT(hv_add_vs_online, "S1-E", "data-race null-deref", "S1-E: the block is not on its bus yet");
HOTWEAVE_EXPECT(hv_add_vs_online, "v4.14", "data-race", "S1-D");
HOTWEAVE_EXPECT(hv_add_vs_online, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(hv_add_vs_online, "v6.7", "", "S1-I");
