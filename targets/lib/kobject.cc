// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel objects (lib/kobject.c, lib/kobject_uevent.c of Linux 5.1): a name, a directory, a reference count.
 *
 * Model: names are a prefix and one number; uevents reach nobody. What a listener in user space would do
 * is a task of the scenario, and the point of the event is where it may come in between.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

void kobject_init(struct kobject *kobj, const struct kobj_type *ktype)
{
	kobj->ktype = ktype;
	atomic_set(&kobj->refcount, 1);
}

static void set_name(struct kobject *kobj, const char *prefix, int number)
{
	char digits[12];
	unsigned int nr = 0, at = 0;

	while (prefix[at] && at < sizeof(kobj->name) - sizeof(digits)) {
		kobj->name[at] = prefix[at];
		at++;
	}
	if (number >= 0) {
		do
			digits[nr++] = (char)('0' + number % 10);
		while ((number /= 10));
		while (nr)
			kobj->name[at++] = digits[--nr];
	}
	kobj->name[at] = '\0';
}

int kobject_add(struct kobject *kobj, struct kobject *parent, const char *prefix, int number)
{
	set_name(kobj, prefix, number);
	kobj->parent = parent ? kobject_get(parent) : NULL;
	return sysfs_create_dir(kobj);
}

void kobject_del(struct kobject *kobj)
{
	sysfs_remove_dir(kobj);
	if (kobj->parent)
		kobject_put(kobj->parent);
	kobj->parent = NULL;
}

struct kobject *kobject_get(struct kobject *kobj)
{
	WARN_ON(atomic_inc_return(&kobj->refcount) <= 1);
	return kobj;
}

void kobject_put(struct kobject *kobj)
{
	if (atomic_dec_and_test(&kobj->refcount) && kobj->ktype->release)
		kobj->ktype->release(kobj);
}

int kobject_uevent(struct kobject *kobj, enum kobject_action action)
{
	static const char *const actions[] = { "uevent add", "uevent remove", "uevent change",
					       "uevent online", "uevent offline" };

	(void)kobj;
	hotweave_yield(actions[action]);
	return 0;
}
