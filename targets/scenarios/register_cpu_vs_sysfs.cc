// SPDX-License-Identifier: GPL-2.0-only
/*
 * A partition is given a CPU: a write to `rescan` makes a device of it under cpu_hotplug_lock, and user space brings it up
 * by its file `online` as soon as that is there.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../arch/s390/kernel/smp.h"
#include "../drivers/base/cpu.h"

static int rescan(void *arg)
{
	(void)arg;
	hotweave_write_sysfs("devices/system/cpu/rescan", "1");
	return 0;
}

static int udev(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3 && hotweave_write_sysfs("devices/system/cpu/cpu2/online", "1") == -ENOENT; i++)
		hotweave_yield("no uevent yet");
	return 0;
}

HOTWEAVE_TARGET(register_cpu_vs_sysfs, "a new CPU becomes a device while udev brings it up")
{
	struct task_struct *finder, *user;

	BUG_ON(cpu_down(2));
	cpu_dev_init(1UL << 0 | 1UL << 1);
	s390_smp_init();

	finder = kthread_run(rescan, NULL, "rescan");
	user = kthread_run(udev, NULL, "udev");
	hotweave_join(finder);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(register_cpu_vs_sysfs, "v4.9", "", "device_hotplug_lock keeps them apart");
HOTWEAVE_EXPECT(register_cpu_vs_sysfs, "v4.13", "", "device_hotplug_lock keeps them apart");
HOTWEAVE_EXPECT(register_cpu_vs_sysfs, "v6.7", "", "S1-I");
