/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel objects: a name in sysfs and a reference count. Follows include/linux/kobject.h of Linux 5.1.
 * Model: a uevent is a point where another task may run, and nothing else: user space is a task of the
 * scenario, not somebody who listens.
 */
#ifndef HOTWEAVE_LINUX_KOBJECT_H
#define HOTWEAVE_LINUX_KOBJECT_H

#include <linux/atomic.h>
#include <linux/sysfs.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kobject;
struct kernfs_node;

struct kobj_type {
	void (*release)(struct kobject *kobj);
	const struct sysfs_ops *sysfs_ops;
};

struct kobject {
	char name[24];
	struct kobject *parent; /* NULL: directly under /sys */
	const struct kobj_type *ktype;
	struct kernfs_node *sd; /* its directory */
	atomic_t refcount; /* kernel: struct kref */
};

enum kobject_action {
	KOBJ_ADD,
	KOBJ_REMOVE,
	KOBJ_CHANGE,
	KOBJ_ONLINE,
	KOBJ_OFFLINE,
};

/* One reference, no name, not in sysfs. */
void kobject_init(struct kobject *kobj, const struct kobj_type *ktype);
/* Makes its directory; the name is `prefix` followed by `number` if that is not negative. Context: may
 * sleep. Returns 0. */
int kobject_add(struct kobject *kobj, struct kobject *parent, const char *prefix, int number);
/* Removes its directory; waits until nobody is in a file of it. */
void kobject_del(struct kobject *kobj);
struct kobject *kobject_get(struct kobject *kobj);
/* Calls ktype->release when the last reference is gone. */
void kobject_put(struct kobject *kobj);
/* Tells user space. Context: may sleep. Scheduling point. Returns 0. */
int kobject_uevent(struct kobject *kobj, enum kobject_action action);

#ifdef __cplusplus
}
#endif
#endif
