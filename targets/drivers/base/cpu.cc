// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs as devices (drivers/base/cpu.c of Linux 4.9 to 6.7): their file `online` is the device core's and ends in cpu_up()
 * and cpu_down() under device_hotplug_lock and device_lock.
 *
 * Model: all CPUs are on node 0 and stay there; the files of the directory and of crash notes are left out. Up to 3.10 `online` was
 * a file of this subsystem, under cpu_hotplug_driver_lock(); here it is as later.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "cpu.h"

static DEFINE_PER_CPU(struct device *, cpu_sys_devices);
static DEFINE_PER_CPU(struct cpu, cpu_devices);

/* The bus's online and offline, called under device_lock. */
static int cpu_subsys_online(struct device *dev)
{
	return cpu_up(dev->id);
}

static int cpu_subsys_offline(struct device *dev)
{
	return cpu_down(dev->id);
}

struct bus_type cpu_subsys = {
	"cpu", "cpu", NULL, NULL, cpu_subsys_online, cpu_subsys_offline, NULL,
};

/* The memory is per-CPU and stays. */
static void cpu_device_release(struct device *dev)
{
	(void)dev;
}

int register_cpu(struct cpu *cpu, int num)
{
	int error;

	memset(&cpu->dev, 0, sizeof(cpu->dev));
	cpu->dev.id = (u32)num;
	cpu->dev.bus = &cpu_subsys;
	cpu->dev.release = cpu_device_release;
	cpu->dev.offline_disabled = !cpu->hotpluggable;
	cpu->dev.offline = !cpu_online((unsigned int)num);
	error = device_register(&cpu->dev);
	if (error) {
		put_device(&cpu->dev);
		return error;
	}
	per_cpu(cpu_sys_devices, num) = &cpu->dev;
	return 0;
}

void unregister_cpu(struct cpu *cpu)
{
	int logical_cpu = (int)cpu->dev.id;

	device_unregister(&cpu->dev);
	per_cpu(cpu_sys_devices, logical_cpu) = NULL;
}

struct device *get_cpu_device(unsigned int cpu)
{
	return cpu < nr_cpu_ids && cpu_possible(cpu) ? per_cpu(cpu_sys_devices, cpu) : NULL;
}

/* arch_register_cpu() of an architecture whose CPU 0 must stay. */
int arch_register_cpu(int num)
{
	struct cpu *c = &per_cpu(cpu_devices, num);

	c->hotpluggable = num != 0;
	return register_cpu(c, num);
}

void cpu_dev_init(unsigned long cpus)
{
	unsigned int cpu;

	BUG_ON(subsys_system_register(&cpu_subsys, NULL));
	for_each_possible_cpu(cpu)
		if (cpus & (1UL << cpu))
			BUG_ON(arch_register_cpu((int)cpu));
}
