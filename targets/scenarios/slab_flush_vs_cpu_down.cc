// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects of one cache are allocated and freed on all CPUs while the cache is shrunk and a CPU goes down: the slabs
 * of CPUs are taken by their own CPU, or by whoever takes a dead CPU apart.
 */
#include <linux/cpu.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "memory.h"
#include "slab_user.h"

HOTWEAVE_TARGET(slab_flush_vs_cpu_down, "a slab cache is used and shrunk while a CPU goes down")
{
	struct task_struct *user, *shrink, *cpu;

	boot_memory(1UL << 0);
	boot_slab(false);

	user = kthread_run(use_cache, NULL, "user");
	shrink = kthread_run(shrink_cache, NULL, "shrink");
	cpu = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	hotweave_join(user);
	hotweave_join(shrink);
	hotweave_join(cpu);
}

HOTWEAVE_EXPECT(slab_flush_vs_cpu_down, "v3.8", "", "story 0: cpu_hotplug_lock keeps CPUs while caches are shrunk");
HOTWEAVE_EXPECT(slab_flush_vs_cpu_down, "v4.12", "", "story 0: the same");
HOTWEAVE_EXPECT(slab_flush_vs_cpu_down, "v4.19", "", "story 0: the same");
HOTWEAVE_EXPECT(slab_flush_vs_cpu_down, "v6.1", "", "flush_all() takes cpu_hotplug_lock itself");
HOTWEAVE_EXPECT(slab_flush_vs_cpu_down, "v6.7", "", "flush_all() takes cpu_hotplug_lock itself");
