// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slab cache is created, firmware adds memory that is onlined at once into an empty zone, and a CPU is taken down past
 * device_hotplug_lock: whoever has cpu_hotplug_lock wants mem_hotplug_lock, and the other way round.
 */
#include <linux/cpu.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "memory.h"
#include "slab_user.h"

/* The first section of node 1, which has none: its zone is empty. */
#define ADDED 4UL

HOTWEAVE_TARGET(slab_create_vs_online_vs_cpu_down,
		"a slab cache is created while memory is added and onlined and a CPU goes down")
{
	struct task_struct *slab, *hotadd, *cpu;

	boot_memory(1UL << 0);
	boot_slab(false);
	boot_firmware_memory(ADDED);

	slab = kthread_run(create_and_destroy_cache, NULL, "slab");
	hotadd = kthread_run(firmware_adds_memory, NULL, "kacpi_hotplug");
	cpu = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	hotweave_join(slab);
	hotweave_join(hotadd);
	hotweave_join(cpu);
}

HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "S0-A", "", "R0.9: a writer who waits keeps no reader out");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "S0-B", "deadlock lock-order", "R0.1, R0.2");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "S0-C", "deadlock lock-order", "R0.3");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "S0-F", "", "R0.6: cpu_hotplug_lock before mem_hotplug_lock, everywhere");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "S0-G", "", "the machine is not stopped");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "S0-H", "", "draining takes no cpu_hotplug_lock");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "v4.12", "", "S0-A");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "v4.13", "", "S0-F");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "v4.14", "", "S0-G");
HOTWEAVE_EXPECT(slab_create_vs_online_vs_cpu_down, "v6.7", "", "S0-H, and slab takes neither lock");
