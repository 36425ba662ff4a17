// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel objects (lib/kobject.c, lib/kobject_uevent.c of Linux 6.1): a name, a directory, a reference count.
 *
 * Model: uevents reach nobody. What a listener in user space would do is a task of the target, and the point of
 * the event is where it may come in between.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#define NAME_SIZE 64

/* ---- Names ------------------------------------------------------------------------------------------ */

static int set_name_vargs(struct kobject *kobj, const char *fmt, va_list args)
{
	char text[NAME_SIZE];
	const char *name;

	if (kobj->name && !fmt)
		return 0;
	vsnprintf(text, sizeof(text), fmt, args);
	name = kstrdup(text, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	kfree(kobj->name);
	kobj->name = name;
	return 0;
}

int kobject_set_name(struct kobject *kobj, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = set_name_vargs(kobj, fmt, args);
	va_end(args);
	return ret;
}

/* ---- Life ------------------------------------------------------------------------------------------- */

void kobject_init(struct kobject *kobj, const struct kobj_type *ktype)
{
	WARN(kobj->state_initialized, "kobject: something tries to initialize an initialized object");
	kref_init(&kobj->kref);
	INIT_LIST_HEAD(&kobj->entry);
	kobj->state_in_sysfs = 0;
	kobj->state_add_uevent_sent = 0;
	kobj->state_remove_uevent_sent = 0;
	kobj->state_initialized = 1;
	kobj->ktype = ktype;
}

static void kset_join(struct kobject *kobj)
{
	if (!kobj->kset)
		return;
	kset_get(kobj->kset);
	spin_lock(&kobj->kset->list_lock);
	list_add_tail(&kobj->entry, &kobj->kset->list);
	spin_unlock(&kobj->kset->list_lock);
}

static void kset_leave(struct kobject *kobj)
{
	if (!kobj->kset)
		return;
	spin_lock(&kobj->kset->list_lock);
	list_del_init(&kobj->entry);
	spin_unlock(&kobj->kset->list_lock);
	kset_put(kobj->kset);
}

static int create_dir(struct kobject *kobj)
{
	const struct kobj_type *ktype = kobj->ktype;
	int error = sysfs_create_dir_ns(kobj, NULL);

	if (!error && ktype && ktype->default_groups) {
		error = sysfs_create_groups(kobj, ktype->default_groups);
		if (error)
			sysfs_remove_dir(kobj);
	}
	return error;
}

/* Source: kobject_add_internal(), 6.1. */
static int add_internal(struct kobject *kobj)
{
	struct kobject *parent = kobject_get(kobj->parent);
	int error;

	if (WARN(!kobj->name || !kobj->name[0], "kobject: attempted to be registered with empty name"))
		return -EINVAL;
	if (kobj->kset && !parent)
		parent = kobject_get(&kobj->kset->kobj);
	kset_join(kobj);
	kobj->parent = parent;
	error = create_dir(kobj);
	if (error) {
		kset_leave(kobj);
		kobject_put(parent);
		kobj->parent = NULL;
	} else {
		kobj->state_in_sysfs = 1;
	}
	return error;
}

static int add_varg(struct kobject *kobj, struct kobject *parent, const char *fmt, va_list args)
{
	int ret = set_name_vargs(kobj, fmt, args);

	if (ret)
		return ret;
	kobj->parent = parent;
	return add_internal(kobj);
}

int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...)
{
	va_list args;
	int ret;

	if (WARN(!kobj->state_initialized, "kobject: tried to add an uninitialized object"))
		return -EINVAL;
	va_start(args, fmt);
	ret = add_varg(kobj, parent, fmt, args);
	va_end(args);
	return ret;
}

int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype, struct kobject *parent, const char *fmt,
			 ...)
{
	va_list args;
	int ret;

	kobject_init(kobj, ktype);
	va_start(args, fmt);
	ret = add_varg(kobj, parent, fmt, args);
	va_end(args);
	return ret;
}

/* Source: __kobject_del(), 6.1. */
void kobject_del(struct kobject *kobj)
{
	struct kobject *parent;

	if (!kobj || !kobj->state_in_sysfs)
		return;
	parent = kobj->parent;
	if (kobj->ktype && kobj->ktype->default_groups)
		sysfs_remove_groups(kobj, kobj->ktype->default_groups);
	if (kobj->state_add_uevent_sent && !kobj->state_remove_uevent_sent)
		kobject_uevent(kobj, KOBJ_REMOVE);
	sysfs_remove_dir(kobj);
	kobj->state_in_sysfs = 0;
	kset_leave(kobj);
	kobj->parent = NULL;
	kobject_put(parent);
}

struct kobject *kobject_get(struct kobject *kobj)
{
	if (kobj)
		kref_get(&kobj->kref);
	return kobj;
}

struct kobject *kobject_get_unless_zero(struct kobject *kobj)
{
	return kobj && kref_get_unless_zero(&kobj->kref) ? kobj : NULL;
}

/* Source: kobject_cleanup(), 6.1. */
static void kobject_release(struct kref *kref)
{
	struct kobject *kobj = container_of(kref, struct kobject, kref);
	const char *name = kobj->name;

	kobject_del(kobj);
	if (kobj->ktype && kobj->ktype->release)
		kobj->ktype->release(kobj);
	kfree(name);
}

void kobject_put(struct kobject *kobj)
{
	if (!kobj)
		return;
	WARN(!hotweave_missing_annotation(kobj->state_initialized, "only its neighbours in the word change"), "kobject: is not initialized, yet kobject_put() is being called");
	kref_put(&kobj->kref, kobject_release);
}

int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char *envp[])
{
	static const char *const actions[] = { "uevent add",	"uevent remove", "uevent change", "uevent move",
					       "uevent online", "uevent offline", "uevent bind",   "uevent unbind" };

	(void)envp;
	if (action == KOBJ_REMOVE)
		kobj->state_remove_uevent_sent = 1;
	if (kobj->uevent_suppress)
		return 0;
	if (action == KOBJ_ADD)
		kobj->state_add_uevent_sent = 1;
	hotweave_yield(actions[action]);
	return 0;
}

int kobject_uevent(struct kobject *kobj, enum kobject_action action)
{
	return kobject_uevent_env(kobj, action, NULL);
}

/* ---- Objects with files made by kobj_attribute ------------------------------------------------------- */

static ssize_t kobj_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct kobj_attribute *kattr = container_of(attr, struct kobj_attribute, attr);

	return kattr->show ? kattr->show(kobj, kattr, buf) : -EIO;
}

static ssize_t kobj_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)
{
	struct kobj_attribute *kattr = container_of(attr, struct kobj_attribute, attr);

	return kattr->store ? kattr->store(kobj, kattr, buf, count) : -EIO;
}

const struct sysfs_ops kobj_sysfs_ops = { kobj_attr_show, kobj_attr_store };

static void dynamic_kobj_release(struct kobject *kobj)
{
	kfree(kobj);
}

static const struct kobj_type dynamic_kobj_ktype = { dynamic_kobj_release, &kobj_sysfs_ops, NULL };

struct kobject *kobject_create_and_add(const char *name, struct kobject *parent)
{
	struct kobject *kobj = (struct kobject *)kzalloc(sizeof(*kobj), GFP_KERNEL);

	if (!kobj)
		return NULL;
	kobject_init(kobj, &dynamic_kobj_ktype);
	if (kobject_add(kobj, parent, "%s", name)) {
		kobject_put(kobj);
		return NULL;
	}
	return kobj;
}

/* ---- Sets -------------------------------------------------------------------------------------------- */

void kset_init(struct kset *k)
{
	kobject_init(&k->kobj, k->kobj.ktype);
	INIT_LIST_HEAD(&k->list);
	spin_lock_init(&k->list_lock);
}

int kset_register(struct kset *k)
{
	int err;

	kset_init(k);
	err = add_internal(&k->kobj);
	if (!err)
		kobject_uevent(&k->kobj, KOBJ_ADD);
	return err;
}

void kset_unregister(struct kset *k)
{
	if (!k)
		return;
	kobject_del(&k->kobj);
	kobject_put(&k->kobj);
}

static void kset_release(struct kobject *kobj)
{
	kfree(to_kset(kobj));
}

static const struct kobj_type kset_ktype = { kset_release, &kobj_sysfs_ops, NULL };

struct kset *kset_create_and_add(const char *name, const void *uevent_ops, struct kobject *parent_kobj)
{
	struct kset *k = (struct kset *)kzalloc(sizeof(*k), GFP_KERNEL);

	(void)uevent_ops;
	if (!k)
		return NULL;
	k->kobj.ktype = &kset_ktype;
	k->kobj.parent = parent_kobj;
	if (kobject_set_name(&k->kobj, "%s", name) || kset_register(k)) {
		kfree(k->kobj.name);
		kfree(k);
		return NULL;
	}
	return k;
}

struct kobject *kset_find_obj(struct kset *kset, const char *name)
{
	struct kobject *ret = NULL;
	struct kobject *k;

	spin_lock(&kset->list_lock);
	list_for_each_entry(k, &kset->list, entry)
		if (kobject_name(k) && !strcmp(kobject_name(k), name)) {
			ret = kobject_get_unless_zero(k);
			break;
		}
	spin_unlock(&kset->list_lock);
	return ret;
}
