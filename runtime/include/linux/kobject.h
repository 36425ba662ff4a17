/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel objects: a name in sysfs and a reference count. Follows include/linux/kobject.h, lib/kobject.c and
 * lib/kobject_uevent.c of Linux 6.1.
 * Model: a uevent is a scheduling point and nothing else: user space is a task of the target, not somebody who
 * listens. No namespaces, no ownership, no symbolic links.
 */
#ifndef HOTWEAVE_LINUX_KOBJECT_H
#define HOTWEAVE_LINUX_KOBJECT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kset;

struct kobj_type {
	void (*release)(struct kobject *kobj);
	const struct sysfs_ops *sysfs_ops;
	const struct attribute_group **default_groups;
};

struct kobject {
	const char *name;
	struct list_head entry; /* under kset->list_lock */
	struct kobject *parent; /* NULL: directly under /sys */
	struct kset *kset;
	const struct kobj_type *ktype;
	struct kernfs_node *sd; /* its directory */
	struct kref kref;
	unsigned int state_initialized : 1;
	unsigned int state_in_sysfs : 1;
	unsigned int state_add_uevent_sent : 1;
	unsigned int state_remove_uevent_sent : 1;
	unsigned int uevent_suppress : 1;
};

struct kset {
	struct list_head list;
	spinlock_t list_lock;
	struct kobject kobj;
};

struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count);
};

extern const struct sysfs_ops kobj_sysfs_ops;

enum kobject_action {
	KOBJ_ADD,
	KOBJ_REMOVE,
	KOBJ_CHANGE,
	KOBJ_MOVE,
	KOBJ_ONLINE,
	KOBJ_OFFLINE,
	KOBJ_BIND,
	KOBJ_UNBIND,
};

static inline const char *kobject_name(const struct kobject *kobj)
{
	return kobj->name;
}

/* The name; may be set again only before kobject_add(). 0 or -ENOMEM. Context: may sleep. */
__attribute__((__format__(__printf__, 2, 3))) int kobject_set_name(struct kobject *kobj, const char *name, ...);

/* One reference, not in sysfs. A second call on a live object is a finding. Any context. */
void kobject_init(struct kobject *kobj, const struct kobj_type *ktype);
/* Makes its directory and default files under the parent (NULL: the kset's object, or /sys). 0 or a negative errno;
 * either way kobject_put() is what ends it. Context: may sleep. */
__attribute__((__format__(__printf__, 3, 4))) int kobject_add(struct kobject *kobj, struct kobject *parent,
							       const char *fmt, ...);
__attribute__((__format__(__printf__, 4, 5))) int kobject_init_and_add(struct kobject *kobj,
									const struct kobj_type *ktype,
									struct kobject *parent, const char *fmt, ...);
/* Removes its directory; waits until nobody is in a file of it. Context: may sleep. */
void kobject_del(struct kobject *kobj);

/* A new object with files made by kobj_attribute, already added; NULL on failure. Context: may sleep. */
struct kobject *kobject_create_and_add(const char *name, struct kobject *parent);

/* Any context. kobject_get(NULL) is NULL. kobject_get_unless_zero(): NULL if the last reference is gone. */
struct kobject *kobject_get(struct kobject *kobj);
struct kobject *kobject_get_unless_zero(struct kobject *kobj);
/* The last reference removes it from sysfs if that has not been done, and calls ktype->release. Context: that of
 * release; may sleep if the object is still in sysfs. */
void kobject_put(struct kobject *kobj);

/* Tells user space. Context: may sleep. Scheduling point. Returns 0. */
int kobject_uevent(struct kobject *kobj, enum kobject_action action);
int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char *envp[]);

/* Sets of objects. Context: may sleep. */
void kset_init(struct kset *kset);
int kset_register(struct kset *kset);
void kset_unregister(struct kset *kset);
struct kset *kset_create_and_add(const char *name, const void *uevent_ops, struct kobject *parent_kobj);
/* The member of that name with a reference, or NULL. Any context. */
struct kobject *kset_find_obj(struct kset *kset, const char *name);

static inline struct kset *to_kset(struct kobject *kobj)
{
	return kobj ? container_of(kobj, struct kset, kobj) : NULL;
}
static inline struct kset *kset_get(struct kset *k)
{
	return k ? to_kset(kobject_get(&k->kobj)) : NULL;
}
static inline void kset_put(struct kset *k)
{
	kobject_put(&k->kobj);
}

#ifdef __cplusplus
}
#endif
#endif
