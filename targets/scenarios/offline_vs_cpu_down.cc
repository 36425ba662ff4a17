// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user takes a memory block offline by its file `state`, and a CPU is taken down past device_hotplug_lock: offlining
 * empties the pagevecs of all CPUs, for which some kernels took cpu_hotplug_lock again.
 */
#include <linux/cpu.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "memory.h"

#define BLOCK 1UL

HOTWEAVE_TARGET(offline_vs_cpu_down, "sysfs 'state' takes a memory block offline while a CPU goes down")
{
	struct task_struct *offline, *cpu;

	boot_memory(1UL << 0 | 1UL << BLOCK);

	offline = kthread_run(state_offline, SECTION_ARG(BLOCK), "offline");
	cpu = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	hotweave_join(offline);
	hotweave_join(cpu);
}

HOTWEAVE_EXPECT(offline_vs_cpu_down, "S0-D", "deadlock recursive-lock", "story 0, R0.4");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "S0-A", "", "both locks are recursive for readers");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "S0-F", "", "lru_add_drain_all_cpuslocked()");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "S0-H", "", "lru_add_drain_all() takes no cpu_hotplug_lock");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "v3.8", "", "mem_hotplug_mutex");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "v4.12", "", "S0-A");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "v4.13", "", "S0-F");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "v4.19", "", "S0-H");
HOTWEAVE_EXPECT(offline_vs_cpu_down, "v6.7", "", "S0-H");
