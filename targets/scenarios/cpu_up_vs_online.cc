// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU comes up while a memory block is onlined. cpu_up() first sees to the CPU's node, under mem_hotplug_lock, and only
 * then takes its own locks: inside them it would wait for itself.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "memory.h"

#define BLOCK 1UL

HOTWEAVE_TARGET(cpu_up_vs_online, "a CPU comes up while a memory block is onlined by sysfs 'state'")
{
	struct task_struct *cpu, *online;

	boot_memory(1UL << 0);
	add_offline_block(BLOCK);
	BUG_ON(cpu_down(2));

	cpu = kthread_run(bring_cpu_up, CPU_ARG(2), "cpu_up");
	online = kthread_run(state_online, SECTION_ARG(BLOCK), "online");
	hotweave_join(cpu);
	hotweave_join(online);
}

HOTWEAVE_EXPECT(cpu_up_vs_online, "v4.13", "", "the same");
HOTWEAVE_EXPECT(cpu_up_vs_online, "v4.19", "", "mem_hotplug_lock before the locks of CPU hotplug");
HOTWEAVE_EXPECT(cpu_up_vs_online, "v6.1", "", "the same");
HOTWEAVE_EXPECT(cpu_up_vs_online, "v6.7", "", "the same");
