// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksmd empties all pagevecs at the start of a pass, under its mutex; memory goes offline, which wants that mutex; a CPU goes
 * down. While emptying them takes cpu_hotplug_lock (up to 4.15), which offlining holds from 4.13 on, three tasks wait for
 * each other.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "ksm.h"
#include "memory.h"

HOTWEAVE_TARGET(ksmd_vs_offline_vs_cpu_down, "ksmd scans while memory goes offline and a CPU goes down")
{
	struct task_struct *offliner, *hotplug;

	boot_ksm(2, 1);
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	start_ksmd();
	hotplug = kthread_run(take_cpu_down, CPU_ARG(2), "hotplug");
	hotweave_join(offliner);
	hotweave_join(hotplug);
}

HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "S0-F", "lock-order deadlock", "S0-F R0.7");
HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "S0-G", "lock-order deadlock", "S0-G R0.7");
HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "S0-H", "", "S0-H R0.7");
HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "v4.13", "lock-order deadlock", "S0-F R0.7");
HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "v4.14", "lock-order deadlock", "S0-G R0.7");
HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "v4.16", "", "S0-H");
HOTWEAVE_EXPECT(ksmd_vs_offline_vs_cpu_down, "v6.7", "", "S0-H");
