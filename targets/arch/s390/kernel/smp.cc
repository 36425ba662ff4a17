// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that a logical partition is given while it runs (arch/s390/kernel/smp.c of Linux 4.12 to 6.7): a write to
 * /sys/devices/system/cpu/rescan makes devices of them.
 *
 * Registering happens under cpu_hotplug_lock for read and takes device_lock, while `online` of a CPU takes device_lock
 * first: device_hotplug_lock keeps the two apart. The alteration rescan_without_device_hotplug_lock is the kernel before
 * that was seen.
 * Model: the CPUs that are found are those that are possible and have no device yet; polarization and cores are left out.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

#include "../../../drivers/base/cpu.h"
#include "../../../history/history.h"
#include "smp.h"

static DEFINE_MUTEX(smp_cpu_state_mutex);

/* Context: cpu_hotplug_lock for read, smp_cpu_state_mutex. */
static int __smp_rescan_cpus(void)
{
	unsigned int cpu;
	int rc = 0;

	for_each_possible_cpu(cpu)
		if (!rc && !get_cpu_device(cpu))
			rc = arch_register_cpu((int)cpu);
	return rc;
}

int smp_rescan_cpus(void)
{
	int rc;

	get_online_cpus();
	mutex_lock(&smp_cpu_state_mutex);
	rc = __smp_rescan_cpus();
	mutex_unlock(&smp_cpu_state_mutex);
	put_online_cpus();
	return rc;
}

static ssize_t rescan_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	bool locked = !altered(ALT_rescan_without_device_hotplug_lock);
	int rc;

	(void)dev;
	(void)attr;
	(void)buf;
	if (locked) {
		rc = lock_device_hotplug_sysfs();
		if (rc)
			return rc;
	}
	rc = smp_rescan_cpus();
	if (locked)
		unlock_device_hotplug();
	return rc ? rc : (ssize_t)count;
}

static DEVICE_ATTR_WO(rescan);

void s390_smp_init(void)
{
	BUG_ON(device_create_file(cpu_subsys.dev_root, &dev_attr_rescan));
}
