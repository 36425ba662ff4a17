// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor of a partition gives one memory block and takes another, while a user takes the second offline by its file
 * `online`; then the device tree is told that it is gone.
 */
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../arch/powerpc/platforms/pseries/hotplug-memory.h"
#include "memory.h"

#define TAKEN 1UL
#define GIVEN 2UL

static u64 address_of(unsigned long section)
{
	return PFN_PHYS(section_nr_to_pfn(section));
}

static int dlpar(void *arg)
{
	(void)arg;
	dlpar_memory(PSERIES_HP_ELOG_ACTION_ADD, address_of(GIVEN));
	if (!dlpar_memory(PSERIES_HP_ELOG_ACTION_REMOVE, address_of(TAKEN)))
		pseries_remove_memblock(address_of(TAKEN));
	return 0;
}

static int user(void *arg)
{
	(void)arg;
	hotweave_write_sysfs("devices/system/memory/memory1/online", "0");
	return 0;
}

HOTWEAVE_TARGET(dlpar_vs_sysfs, "DLPAR gives and takes memory while a user offlines a block")
{
	struct task_struct *hypervisor, *writer;

	boot_memory(1UL << 0 | 1UL << TAKEN | 1UL << 4);

	hypervisor = kthread_run(dlpar, NULL, "dlpar");
	writer = kthread_run(user, NULL, "user");
	hotweave_join(hypervisor);
	hotweave_join(writer);
}

HOTWEAVE_EXPECT(dlpar_vs_sysfs, "S1-D", "missing-lock", "S1-D 1F: lru_add_drain_all_cpuslocked() without the lock");
HOTWEAVE_EXPECT(dlpar_vs_sysfs, "S1-E", "", "all of it under device_hotplug_lock");
HOTWEAVE_EXPECT(dlpar_vs_sysfs, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(dlpar_vs_sysfs, "v6.7", "", "S1-I");
