// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel (kernel/ksysfs.c of Linux 4.12). Depends on lib/kobject.cc.
 */
#include <linux/bug.h>
#include <linux/kobject.h>

#include "ksysfs.h"

struct kobject *kernel_kobj;

void ksysfs_init(void)
{
	if (kernel_kobj)
		return;
	kernel_kobj = kobject_create_and_add("kernel", NULL);
	BUG_ON(!kernel_kobj);
}
