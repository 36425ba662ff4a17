// SPDX-License-Identifier: GPL-2.0-only
/*
 * A user creates a BPF map of per-CPU arrays when memory is used up, while a CPU comes up: the map needs pages behind its
 * per-CPU memory, the CPU needs per-CPU memory.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/pfn.h>

#include <hotweave/target.h>

#include "../kernel/bpf/arraymap.h"
#include "cpus.h"
#include "pages.h"

/* What is left of the first chunk does not hold one value. */
#define VALUE_SIZE (4 * PAGE_SIZE)

static int bpf_map_create(void *arg)
{
	struct bpf_array *map = array_map_alloc(1, VALUE_SIZE);

	(void)arg;
	if (!IS_ERR(map))
		array_map_free(map);
	return 0;
}

HOTWEAVE_TARGET(pcpu_alloc_vs_cpu_up, "a BPF map with per-CPU values is created, memory being short, while a CPU comes up")
{
	struct task_struct *bpf, *up;

	boot_pages(1UL << 0);
	BUG_ON(cpu_down(2));
	leave_page_on(1, 0);
	take_all_pages();

	bpf = kthread_run(bpf_map_create, NULL, "bpf");
	up = kthread_run(bring_cpu_up, CPU_ARG(2), "cpu_up");
	hotweave_join(bpf);
	hotweave_join(up);
}

HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "S4-A", "", "S4-A");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "S4-C", "lock-order deadlock", "S4-C 4a");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "S4-E", "", "S4-E");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "S4-F", "", "S4-F");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "S4-G", "", "S4-G");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "v4.10", "", "S4-A");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "v4.11", "", "S4-F");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "v4.14", "", "S4-G");
HOTWEAVE_EXPECT(pcpu_alloc_vs_cpu_up, "v6.7", "", "lists are drained remotely");
