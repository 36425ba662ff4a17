// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel, under which subsystems have their directories.
 */
#pragma once

struct kobject;

/* NULL before ksysfs_init(). */
extern struct kobject *kernel_kobj;

/* Boot, by whoever needs it first; again does nothing. */
void ksysfs_init(void);
