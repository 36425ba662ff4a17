// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that go and come, as thread functions: past device_hotplug_lock, as the kernel itself does it for suspend and for
 * hypervisors. Nothing here knows which bug a scenario may find.
 */
#pragma once

#include <linux/types.h>

/* cpu_down() and cpu_up() of CPU `arg`, which must succeed: nobody else takes CPUs in these scenarios. */
int take_cpu_down(void *arg);
int bring_cpu_up(void *arg);

#define CPU_ARG(cpu) ((void *)(uintptr_t)(cpu))
