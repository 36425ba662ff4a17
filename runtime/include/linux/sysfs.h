/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files of kernel objects. Follows include/linux/sysfs.h of Linux 5.1; the code behind it (with the part
 * of kernfs that writes and removals go through) is targets/drivers/base/sysfs.cc.
 */
#ifndef HOTWEAVE_LINUX_SYSFS_H
#define HOTWEAVE_LINUX_SYSFS_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kobject;

struct attribute {
	const char *name;
};

struct attribute_group {
	const struct attribute *const *attrs; /* ended by NULL */
};

struct sysfs_ops {
	ssize_t (*store)(struct kobject *kobj, const struct attribute *attr, const char *buf, size_t count);
};

/* Directory and files of an object. Context: may sleep. Return 0. */
int sysfs_create_dir(struct kobject *kobj);
int sysfs_create_file(struct kobject *kobj, const struct attribute *attr);
int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp);
/* Removes the directory with all that is in it. Waits until every file in it is left (active references),
 * so a caller must hold nothing that a store function takes and does not try only. */
void sysfs_remove_dir(struct kobject *kobj);

/*
 * What a store function returns that could not get a lock without blocking on it: everything is unwound
 * and the system call starts again. Context: a store function, nothing held but what its caller holds.
 */
int restart_syscall(void);

#ifdef __cplusplus
}
#endif
#endif
