/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs as devices (include/linux/cpu.h of Linux 6.1): /sys/devices/system/cpu/cpuN with its file `online`. */
#pragma once

#include <linux/cpu.h>
#include <linux/device.h>

struct cpu {
	int hotpluggable; /* has a file `online` */
	struct device dev;
};

extern struct bus_type cpu_subsys;

/*
 * Boot: the bus, and a device for every possible CPU of `cpus` (a bit each); CPU 0 cannot be taken offline. Once per
 * execution. Kernel: cpu_dev_init(), cpu_dev_register_generic().
 */
void cpu_dev_init(unsigned long cpus);
/* Makes CPU `num` a device. 0, or what registering said. Context: may sleep; takes device_lock. */
int register_cpu(struct cpu *cpu, int num);
/* Undoes it. Waits until nobody is in a file of it. Context: may sleep. */
void unregister_cpu(struct cpu *cpu);
/* The same with the memory for it, as an architecture does. */
int arch_register_cpu(int num);
/* The device of a CPU, or NULL. Any context. */
struct device *get_cpu_device(unsigned int cpu);
