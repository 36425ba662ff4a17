// SPDX-License-Identifier: GPL-2.0-only
/*
 * An administrator writes to /proc/sys/vm/numa_zonelist_order, which up to 4.13 rebuilds all zonelists, while a slab
 * cache is created, memory is added and onlined into an empty zone, and a CPU is taken down.
 */
#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/mmzone.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "memory.h"
#include "slab_user.h"

/* The first section of node 1, which has none: its zone is empty. */
#define ADDED 4UL

static int write_order(void *arg)
{
	(void)arg;
	numa_zonelist_order_handler("zone");
	numa_zonelist_order_handler("default");
	return 0;
}

HOTWEAVE_TARGET(zonelist_order, "numa_zonelist_order is written while memory is added, a CPU goes and slab caches come")
{
	struct task_struct *order, *slab, *hotadd, *cpu;

	boot_memory(1UL << 0);
	boot_slab(false);
	boot_firmware_memory(ADDED);

	order = kthread_run(write_order, NULL, "zonelist_order");
	slab = kthread_run(create_and_destroy_cache, NULL, "slab");
	hotadd = kthread_run(firmware_adds_memory, NULL, "kacpi_hotplug");
	cpu = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	hotweave_join(order);
	hotweave_join(slab);
	hotweave_join(hotadd);
	hotweave_join(cpu);
}

HOTWEAVE_EXPECT(zonelist_order, "S0-E", "missing-lock", "story 0, R0.5: the lists are rebuilt without cpu_hotplug_lock");
HOTWEAVE_EXPECT(zonelist_order, "S0-F", "", "R0.6");
HOTWEAVE_EXPECT(zonelist_order, "S0-G", "", "nothing is rebuilt");
HOTWEAVE_EXPECT(zonelist_order, "v4.12", "", "S0-A, R0.9");
HOTWEAVE_EXPECT(zonelist_order, "v4.13", "", "S0-F");
HOTWEAVE_EXPECT(zonelist_order, "v4.14", "", "S0-G");
HOTWEAVE_EXPECT(zonelist_order, "v6.7", "", "S0-H");
