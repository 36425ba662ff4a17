// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device /dev/msrN of each CPU (arch/x86/kernel/msr.c of Linux 4.10 to 6.1): made and removed by callbacks of CPU
 * hotplug, on the CPU itself.
 *
 * Model: nobody reads registers. Up to 4.9 it was a notifier of CPU hotplug; here it is a state in every profile.
 */
#include <linux/cpuhotplug.h>
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/err.h>

#include "msr.h"

#define MSR_MAJOR 202U

static struct hotweave_class *msr_class;
static enum cpuhp_state cpuhp_msr_state;

static int msr_device_create(unsigned int cpu)
{
	struct device *dev = device_create(msr_class, NULL, MKDEV(MSR_MAJOR, cpu), NULL, "msr%d", (int)cpu);

	return PTR_ERR_OR_ZERO(dev);
}

static int msr_device_destroy(unsigned int cpu)
{
	device_destroy(msr_class, MKDEV(MSR_MAJOR, cpu));
	return 0;
}

int msr_init(void)
{
	int err;

	msr_class = class_create("msr");
	if (IS_ERR(msr_class))
		return (int)PTR_ERR(msr_class);
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "x86/msr:online", msr_device_create, msr_device_destroy);
	if (err < 0) {
		class_destroy(msr_class);
		return err;
	}
	cpuhp_msr_state = (enum cpuhp_state)err;
	return 0;
}

void msr_exit(void)
{
	cpuhp_remove_state(cpuhp_msr_state);
	class_destroy(msr_class);
}
