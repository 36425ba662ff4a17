// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of kernel objects: the way of a write from the system call to a store function, and the removal
 * that waits for it (fs/kernfs/{dir,file}.c and fs/sysfs/ of Linux 4.12 to 5.1).
 *
 * A store function runs with the open file's mutex and an active reference on its file. Removing a file
 * deactivates it (no new references) and waits until the references are gone; so a store function must
 * not block on a lock that a remover holds. It tries, and restarts the system call: both are given back
 * before the next attempt.
 * Model: no reading, no mmap, no freezing of the file system (sb_writers); lookup is by walking the tree.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/wait.h>

#include "user.h"

#define KN_DEACTIVATED_BIAS (INT_MIN + 1)

struct kernfs_node {
	atomic_t count;
	atomic_t active; /* references of running operations; negative: being removed */
	const char *name;
	struct kernfs_node *parent;
	struct list_head sibling, children; /* under kernfs_mutex */
	struct kobject *kobj; /* of a directory */
	const struct attribute *attr; /* of a file */
};

/* An open file. */
struct kernfs_open_file {
	struct kernfs_node *kn;
	struct mutex mutex; /* one operation at a time */
};

/* The tree: who is whose child. */
static DEFINE_MUTEX(kernfs_mutex);
static LIST_HEAD(kernfs_root);
static DECLARE_WAIT_QUEUE_HEAD(deactivate_waitq);

/* ---- Nodes ------------------------------------------------------------------------------------------ */

static void kernfs_get(struct kernfs_node *kn)
{
	atomic_inc(&kn->count);
}

static void kernfs_put(struct kernfs_node *kn)
{
	if (atomic_dec_and_test(&kn->count))
		kfree(kn);
}

static bool kernfs_get_active(struct kernfs_node *kn)
{
	return atomic_inc_unless_negative(&kn->active);
}

static void kernfs_put_active(struct kernfs_node *kn)
{
	if (atomic_dec_return(&kn->active) == KN_DEACTIVATED_BIAS)
		wake_up_all(&deactivate_waitq);
}

static struct kernfs_node *kernfs_new_node(const char *name)
{
	struct kernfs_node *kn = (struct kernfs_node *)kzalloc(sizeof(*kn), GFP_KERNEL);

	if (!kn)
		return NULL;
	atomic_set(&kn->count, 1);
	kn->name = name;
	INIT_LIST_HEAD(&kn->children);
	return kn;
}

static void kernfs_add_one(struct kernfs_node *kn, struct kernfs_node *parent)
{
	mutex_lock(&kernfs_mutex);
	kn->parent = parent;
	list_add_tail(&kn->sibling, parent ? &parent->children : &kernfs_root);
	mutex_unlock(&kernfs_mutex);
}

int sysfs_create_dir(struct kobject *kobj)
{
	struct kernfs_node *kn = kernfs_new_node(kobj->name);

	if (!kn)
		return -ENOMEM;
	kn->kobj = kobj;
	kobj->sd = kn;
	kernfs_add_one(kn, kobj->parent ? kobj->parent->sd : NULL);
	return 0;
}

int sysfs_create_file(struct kobject *kobj, const struct attribute *attr)
{
	struct kernfs_node *kn = kernfs_new_node(attr->name);

	if (!kn)
		return -ENOMEM;
	kn->attr = attr;
	kernfs_add_one(kn, kobj->sd);
	return 0;
}

int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)
{
	for (const struct attribute *const *attr = grp->attrs; *attr; attr++) {
		int ret = sysfs_create_file(kobj, *attr);

		if (ret)
			return ret;
	}
	return 0;
}

/* ---- Removal ---------------------------------------------------------------------------------------- */

/*
 * Context: kernfs_mutex held; it is released while waiting. The kernel reads `active` relaxed here; what
 * the last user did has to come before the removal all the same, so the read says so.
 */
static void kernfs_drain(struct kernfs_node *kn)
{
	atomic_add(KN_DEACTIVATED_BIAS, &kn->active);
	mutex_unlock(&kernfs_mutex);
	wait_event(deactivate_waitq, atomic_read_acquire(&kn->active) == KN_DEACTIVATED_BIAS);
	mutex_lock(&kernfs_mutex);
}

static void kernfs_unlink(struct kernfs_node *kn)
{
	list_del(&kn->sibling);
	kernfs_put(kn);
}

void sysfs_remove_dir(struct kobject *kobj)
{
	struct kernfs_node *dir = kobj->sd;

	mutex_lock(&kernfs_mutex);
	while (!list_empty(&dir->children)) {
		struct kernfs_node *kn = list_first_entry(&dir->children, struct kernfs_node, sibling);

		kernfs_drain(kn);
		kernfs_unlink(kn);
	}
	kernfs_unlink(dir);
	mutex_unlock(&kernfs_mutex);
	kobj->sd = NULL;
}

/* ---- Writing ---------------------------------------------------------------------------------------- */

static struct kernfs_node *find_child(struct list_head *children, const char *name, size_t len)
{
	struct kernfs_node *kn;

	list_for_each_entry(kn, children, sibling)
		if (strlen(kn->name) == len && !memcmp(kn->name, name, len))
			return kn;
	return NULL;
}

/* The file of that path with a reference, or NULL. */
static struct kernfs_node *kernfs_walk_and_get(const char *path)
{
	struct list_head *children = &kernfs_root;
	struct kernfs_node *kn;

	mutex_lock(&kernfs_mutex);
	for (;;) {
		const char *slash = strchr(path, '/');

		kn = find_child(children, path, slash ? (size_t)(slash - path) : strlen(path));
		if (!kn || !slash)
			break;
		children = &kn->children;
		path = slash + 1;
	}
	if (kn)
		kernfs_get(kn);
	mutex_unlock(&kernfs_mutex);
	return kn;
}

static ssize_t sysfs_kf_write(struct kernfs_open_file *of, const char *buf, size_t count)
{
	struct kobject *kobj = of->kn->parent->kobj;

	return kobj->ktype->sysfs_ops->store(kobj, of->kn->attr, buf, count);
}

static ssize_t kernfs_fop_write(struct kernfs_open_file *of, const char *buf, size_t count)
{
	ssize_t len = -ENODEV;

	mutex_lock(&of->mutex);
	if (kernfs_get_active(of->kn)) {
		len = sysfs_kf_write(of, buf, count);
		kernfs_put_active(of->kn);
	}
	mutex_unlock(&of->mutex);
	return len;
}

static struct kernfs_open_file *kernfs_fop_open(struct kernfs_node *kn)
{
	struct kernfs_open_file *of = (struct kernfs_open_file *)kzalloc(sizeof(*of), GFP_KERNEL);

	if (!of)
		return NULL;
	of->kn = kn;
	mutex_init(&of->mutex);
	return of;
}

ssize_t write_sysfs(const char *path, const char *text)
{
	struct kernfs_node *kn = kernfs_walk_and_get(path);
	struct kernfs_open_file *of;
	ssize_t ret;

	if (!kn)
		return -ENOENT;
	ret = -EACCES;
	if (!kn->attr)
		goto out_put;
	ret = -ENOMEM;
	of = kernfs_fop_open(kn);
	if (!of)
		goto out_put;
	do
		ret = kernfs_fop_write(of, text, strlen(text));
	while (ret == -ERESTARTNOINTR);
	kfree(of);
out_put:
	kernfs_put(kn);
	return ret;
}

int restart_syscall(void)
{
	return -ERESTARTNOINTR;
}
