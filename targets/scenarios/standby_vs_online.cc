// SPDX-License-Identifier: GPL-2.0-only
/*
 * s390 finds standby memory and adds it while a user onlines standby memory that was found before: storage is assigned from the
 * memory notifier.
 */
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../drivers/s390/char/sclp_cmd.h"
#include "memory.h"

#define FOUND_FIRST 1UL
#define FOUND_NOW 2UL

static int detect(void *arg)
{
	(void)arg;
	sclp_add_standby_memory(PFN_PHYS(section_nr_to_pfn(FOUND_NOW)));
	return 0;
}

static int user(void *arg)
{
	(void)arg;
	hotweave_write_sysfs("devices/system/memory/memory1/online", "1");
	hotweave_write_sysfs("devices/system/memory/memory1/online", "0");
	return 0;
}

HOTWEAVE_TARGET(standby_vs_online, "standby memory is added while other standby memory goes online and offline")
{
	struct task_struct *machine, *writer;

	boot_memory(1UL << 0 | 1UL << 4);
	enable_auto_online();
	sclp_mem_init();
	memhp_auto_online = false;
	BUG_ON(sclp_add_standby_memory(PFN_PHYS(section_nr_to_pfn(FOUND_FIRST))));
	memhp_auto_online = true;

	machine = kthread_run(detect, NULL, "detect");
	writer = kthread_run(user, NULL, "user");
	hotweave_join(machine);
	hotweave_join(writer);
}

HOTWEAVE_EXPECT(standby_vs_online, "S1-C", "data-race lost-update", "S1-C 1B");
HOTWEAVE_EXPECT(standby_vs_online, "S1-E", "data-race lost-update", "S1-E 1B");
HOTWEAVE_EXPECT(standby_vs_online, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(standby_vs_online, "v6.7", "", "S1-I");
