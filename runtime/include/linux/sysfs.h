/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files of kernel objects. Follows include/linux/sysfs.h of Linux 6.1. Lifetimes: <linux/kernfs.h>.
 *
 * A show or store function runs with the open file's mutex and an active reference of its file. Removing a file
 * waits for these, so such a function must not block on a lock that a remover holds: it tries, and returns
 * restart_syscall(); the user's call then unwinds everything and starts again.
 * Model: no binary attributes, no notification of pollers; PAGE_SIZE bytes per file.
 */
#ifndef HOTWEAVE_LINUX_SYSFS_H
#define HOTWEAVE_LINUX_SYSFS_H

#include <linux/kernfs.h>
#include <linux/lockdep.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kobject;

#ifndef S_IRUGO
#define S_IRUGO 0444
#define S_IWUGO 0222
#endif

struct attribute {
	const char *name;
	umode_t mode;
	struct lock_class_key *key;  /* kernel: with CONFIG_DEBUG_LOCK_ALLOC */
	struct lock_class_key skey;
};

/* Gives a dynamically allocated attribute a lockdep class of its own: the place of this call. */
#define sysfs_attr_init(attr)                            \
	do {                                             \
		static struct lock_class_key __key;      \
		(attr)->key = &__key;                    \
	} while (0)

struct attribute_group {
	const char *name;
	umode_t (*is_visible)(struct kobject *kobj, struct attribute *attr, int index);
	struct attribute **attrs; /* ended by NULL */
};

struct sysfs_ops {
	ssize_t (*show)(struct kobject *kobj, struct attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count);
};

#define HOTWEAVE_ATTR(name_, mode_) { name_, mode_, NULL, {} }
#define __ATTR(_name, _mode, _show, _store) { HOTWEAVE_ATTR(__stringify(_name), _mode), _show, _store }
#define __ATTR_RO(_name) __ATTR(_name, 0444, _name##_show, NULL)
#define __ATTR_WO(_name) __ATTR(_name, 0200, NULL, _name##_store)
#define __ATTR_RW(_name) __ATTR(_name, 0644, _name##_show, _name##_store)
#define __ATTR_NULL { HOTWEAVE_ATTR(NULL, 0), NULL, NULL }

#define __ATTRIBUTE_GROUPS(_name) \
	static const struct attribute_group *_name##_groups[] = { &_name##_group, NULL }
#define ATTRIBUTE_GROUPS(_name)                                                                      \
	static const struct attribute_group _name##_group = { NULL, NULL, _name##_attrs };           \
	__ATTRIBUTE_GROUPS(_name)

/* Directory of an object. Return 0, -ENOMEM, or -ENOENT (the parent is gone). Context of all: may sleep. */
int sysfs_create_dir_ns(struct kobject *kobj, const void *ns);
/* Removes the directory with all that is in it. Waits until every file in it is left. */
void sysfs_remove_dir(struct kobject *kobj);

int sysfs_create_file(struct kobject *kobj, const struct attribute *attr);
int sysfs_create_files(struct kobject *kobj, const struct attribute *const *attr);
/* Waits until nobody is in the file. */
void sysfs_remove_file(struct kobject *kobj, const struct attribute *attr);
void sysfs_remove_files(struct kobject *kobj, const struct attribute *const *attr);
/* From a function of this very file: true for the one caller who removed it. */
bool sysfs_remove_file_self(struct kobject *kobj, const struct attribute *attr);
/* From a function of this file: gives up the active reference, so that a removal need not wait for it. NULL if the
 * file is going already; else to be undone with what is returned. */
struct kernfs_node *sysfs_break_active_protection(struct kobject *kobj, const struct attribute *attr);
void sysfs_unbreak_active_protection(struct kernfs_node *kn);

int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp);
int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups);
void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp);
void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups);

/* Tells pollers. Scheduling point. */
void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr);

/* For show functions: at most PAGE_SIZE bytes. Any context. */
__attribute__((__format__(__printf__, 2, 3))) int sysfs_emit(char *buf, const char *fmt, ...);
__attribute__((__format__(__printf__, 3, 4))) int sysfs_emit_at(char *buf, int at, const char *fmt, ...);

/*
 * What a show or store function returns that could not get a lock without blocking on it: everything is unwound
 * and the system call starts again. Source: restart_syscall(), include/linux/sched/signal.h.
 */
int restart_syscall(void);

/*
 * A user's program: `echo text > /sys/PATH`. Opens the file, writes once, closes it. A write that the kernel wants
 * restarted (-ERESTARTNOINTR) starts again from the system call, with nothing held. Returns the number of bytes
 * written or a negative errno: -ENOENT (no such file), -ENODEV (the file goes away), -EIO (it cannot be written), or
 * what the attribute said. Context: a task that holds nothing.
 */
ssize_t hotweave_write_sysfs(const char *path, const char *text);
/* `cat /sys/PATH`: the same with the show function; `buf` has PAGE_SIZE (4096) bytes. Returns their number. */
ssize_t hotweave_read_sysfs(const char *path, char *buf);

#ifdef __cplusplus
}
#endif
#endif
