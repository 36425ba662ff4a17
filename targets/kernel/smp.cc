// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a CPU needs before it can call functions on others (kernel/smp.c of Linux 4.10 to 6.1): per-CPU memory, allocated
 * when the CPU is about to come up, by the task that brings it up and holds cpu_hotplug_lock for write. Depends on the
 * page allocator.
 *
 * Model: the calls themselves are the runtime's and do not use it. The mask is kmalloc memory, as with CPUMASK_OFFSTACK.
 */
#include <linux/bug.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "smp.h"

struct call_function_data {
	call_single_data_t __percpu *csd;
	struct cpumask *cpumask;
};

static DEFINE_PER_CPU(struct call_function_data, cfd_data);

/* Source: smpcfd_prepare_cpu(), 4.10, 6.1. */
static int smpcfd_prepare_cpu(unsigned int cpu)
{
	struct call_function_data *cfd = per_cpu_ptr(&cfd_data, cpu);

	cfd->cpumask = (struct cpumask *)kzalloc(sizeof(struct cpumask), GFP_KERNEL);
	if (!cfd->cpumask)
		return -ENOMEM;
	cfd->csd = alloc_percpu(call_single_data_t);
	if (!cfd->csd) {
		kfree(cfd->cpumask);
		cfd->cpumask = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* Source: smpcfd_dead_cpu(), 4.10, 6.1. */
static int smpcfd_dead_cpu(unsigned int cpu)
{
	struct call_function_data *cfd = per_cpu_ptr(&cfd_data, cpu);

	kfree(cfd->cpumask);
	free_percpu(cfd->csd);
	return 0;
}

void call_function_init(void)
{
	int cpu;

	for_each_online_cpu(cpu)
		BUG_ON(smpcfd_prepare_cpu(cpu));
	BUG_ON(cpuhp_setup_state_nocalls(CPUHP_SMPCFD_PREPARE, "smpcfd:prepare", smpcfd_prepare_cpu, smpcfd_dead_cpu));
}
