// SPDX-License-Identifier: GPL-2.0-only
/*
 * The three of story 0 with a gate: memory is onlined by its file `state`, the CPU goes by the file `target` of its own,
 * and both files take device_hotplug_lock. So whoever waits for cpu_hotplug_lock for write does it while no memory is
 * onlined, and the orders of locks that differ never meet.
 */
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"
#include "slab_user.h"

/* The first section of node 1, which has none: its zone is empty. */
#define BLOCK 4UL

/* A write to /sys/devices/system/cpu/cpu2/hotplug/target; the file is written again when it was busy. */
static int write_cpu_target(void *arg)
{
	(void)arg;
	while (hotweave_cpu_target(2, CPUHP_OFFLINE) == -ERESTARTNOINTR)
		hotweave_yield("the system call restarts");
	return 0;
}

HOTWEAVE_TARGET(online_vs_cpu_sysfs, "sysfs 'state' of memory, sysfs 'target' of a CPU, and a slab cache")
{
	struct task_struct *slab, *online, *cpu;

	boot_memory(1UL << 0);
	boot_slab(false);
	add_offline_block(BLOCK);

	slab = kthread_run(create_and_destroy_cache, NULL, "slab");
	online = kthread_run(state_online, SECTION_ARG(BLOCK), "online");
	cpu = kthread_run(write_cpu_target, NULL, "cpu_target");
	hotweave_join(slab);
	hotweave_join(online);
	hotweave_join(cpu);
}

HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "v3.8", "data-race use-after-free", "03afc0e25f7f (3.16): kmem_cache_shrink() walks nodes that come and go");
HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "S0-A", "", "R0.9 with the gate");
HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "S0-B", "lock-order", "R0.8: the kernel's lockdep does not see the gate; not feasible");
HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "S0-F", "", "one order");
HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "v4.12", "", "S0-A");
HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "v4.13", "", "S0-F");
HOTWEAVE_EXPECT(online_vs_cpu_sysfs, "v6.7", "", "S0-H");
