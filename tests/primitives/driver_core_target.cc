// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of driver_core_test.cc: kernel objects, sysfs files and their removal, devices and their locks. */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../support/tasks.h"

static struct bus_type bus;
static struct device *dev;
static DEFINE_MUTEX(lock_a);
static int value, released, self_removals, onlines, offlines;

static void release_device(struct device *d)
{
	released++;
	kfree(d);
}

static int bus_online(struct device *) { onlines++; return 0; }
static int bus_offline(struct device *) { offlines++; return 0; }

static void make_bus(void)
{
	bus.name = "demo";
	bus.dev_name = "demo";
	bus.online = bus_online;
	bus.offline = bus_offline;
	BUG_ON(subsys_system_register(&bus, NULL));
}

static struct device *make_device(u32 id, struct device *parent, const struct attribute_group **groups)
{
	struct device *d = (struct device *)kzalloc(sizeof(*d), GFP_KERNEL);

	d->bus = &bus;
	d->id = id;
	d->parent = parent;
	d->groups = groups;
	d->release = release_device;
	BUG_ON(device_register(d));
	return d;
}

/* ---- Files ---- */

static ssize_t value_show(struct device *, struct device_attribute *, char *buf)
{
	int v;

	mutex_lock(&lock_a);
	v = value;
	mutex_unlock(&lock_a);
	return sysfs_emit(buf, "%d\n", v);
}

static ssize_t value_store(struct device *, struct device_attribute *, const char *buf, size_t count)
{
	int v;
	int ret = kstrtoint(buf, 0, &v);

	if (ret)
		return ret;
	mutex_lock(&lock_a);
	value = v;
	mutex_unlock(&lock_a);
	return (ssize_t)count;
}
static DEVICE_ATTR_RW(value);
static struct attribute *value_attrs[] = { &dev_attr_value.attr, NULL };
ATTRIBUTE_GROUPS(value);

static int write_value(void *)
{
	ssize_t ret = hotweave_write_sysfs("devices/system/demo/demo1/value", "7");

	BUG_ON(ret != 1 && ret != -ENOENT && ret != -ENODEV);
	return 0;
}

static int unregister(void *)
{
	device_unregister(dev);
	return 0;
}

HOTWEAVE_TARGET(sysfs_reads_what_was_written, "a value goes in through one file and comes out again")
{
	char text[4096];

	make_bus();
	dev = make_device(1, NULL, value_groups);
	BUG_ON(hotweave_write_sysfs("devices/system/demo/demo1/value", "41") != 2);
	BUG_ON(hotweave_read_sysfs("devices/system/demo/demo1/value", text) != 3);
	BUG_ON(strcmp(text, "41\n"));
	BUG_ON(hotweave_write_sysfs("devices/system/demo/demo1/value", "x") != -EINVAL);
	BUG_ON(hotweave_write_sysfs("devices/system/demo/demo1/nothing", "1") != -ENOENT);
	BUG_ON(hotweave_write_sysfs("devices/system/demo/demo1", "1") != -EACCES);
	device_unregister(dev);
	BUG_ON(released != 1);
	BUG_ON(hotweave_write_sysfs("devices/system/demo/demo1/value", "1") != -ENOENT);
}

HOTWEAVE_TARGET(sysfs_removal_waits, "a device goes away while a user is in its file")
{
	make_bus();
	dev = make_device(1, NULL, value_groups);
	run_three(write_value, unregister, write_value);
	BUG_ON(released != 1);
}

/* ---- What a store function may not do ---- */

static ssize_t greedy_store(struct device *, struct device_attribute *, const char *, size_t count)
{
	lock_device_hotplug();
	unlock_device_hotplug();
	return (ssize_t)count;
}
static DEVICE_ATTR_WO(greedy);
static struct attribute *greedy_attrs[] = { &dev_attr_greedy.attr, NULL };
ATTRIBUTE_GROUPS(greedy);

static ssize_t polite_store(struct device *, struct device_attribute *, const char *, size_t count)
{
	int ret = lock_device_hotplug_sysfs();

	if (ret)
		return ret;
	unlock_device_hotplug();
	return (ssize_t)count;
}
static DEVICE_ATTR_WO(polite);
static struct attribute *polite_attrs[] = { &dev_attr_polite.attr, NULL };
ATTRIBUTE_GROUPS(polite);

static int write_greedy(void *)
{
	hotweave_write_sysfs("devices/system/demo/demo1/greedy", "1");
	return 0;
}

static int write_polite(void *)
{
	hotweave_write_sysfs("devices/system/demo/demo1/polite", "1");
	return 0;
}

static int unregister_under_lock(void *)
{
	lock_device_hotplug();
	device_unregister(dev);
	unlock_device_hotplug();
	return 0;
}

HOTWEAVE_TARGET(sysfs_store_blocks, "a store function waits for a lock that the remover of its file holds")
{
	make_bus();
	dev = make_device(1, NULL, greedy_groups);
	run_two(write_greedy, unregister_under_lock);
}

HOTWEAVE_TARGET(sysfs_store_tries, "a store function tries the lock, and has the system call restarted")
{
	make_bus();
	dev = make_device(1, NULL, polite_groups);
	run_two(write_polite, unregister_under_lock);
}

/* ---- A file that removes itself ---- */

static ssize_t remove_store(struct device *d, struct device_attribute *attr, const char *, size_t count)
{
	if (device_remove_file_self(d, attr)) {
		mutex_lock(&lock_a);
		self_removals++;
		mutex_unlock(&lock_a);
	}
	return (ssize_t)count;
}
static DEVICE_ATTR_WO(remove);
static struct attribute *remove_attrs[] = { &dev_attr_remove.attr, NULL };
ATTRIBUTE_GROUPS(remove);

static int write_remove(void *)
{
	hotweave_write_sysfs("devices/system/demo/demo1/remove", "1");
	return 0;
}

HOTWEAVE_TARGET(sysfs_removes_itself, "two users write to a file that removes itself: one of them does it")
{
	make_bus();
	dev = make_device(1, NULL, remove_groups);
	run_two(write_remove, write_remove);
	BUG_ON(self_removals != 1);
}

static ssize_t suicide_store(struct device *d, struct device_attribute *attr, const char *, size_t count)
{
	device_remove_file(d, attr);
	return (ssize_t)count;
}
static DEVICE_ATTR_WO(suicide);
static struct attribute *suicide_attrs[] = { &dev_attr_suicide.attr, NULL };
ATTRIBUTE_GROUPS(suicide);

HOTWEAVE_TARGET(sysfs_waits_for_itself, "a store function removes its own file as if it were not in it")
{
	make_bus();
	dev = make_device(1, NULL, suicide_groups);
	hotweave_write_sysfs("devices/system/demo/demo1/suicide", "1");
}

/* ---- Devices ---- */

HOTWEAVE_TARGET(device_goes_offline_and_online, "the bus is asked once for each change")
{
	make_bus();
	dev = make_device(1, NULL, NULL);
	lock_device_hotplug();
	BUG_ON(device_online(dev) != 1);
	BUG_ON(device_offline(dev) != 0 || device_offline(dev) != 1);
	BUG_ON(device_online(dev) != 0);
	unlock_device_hotplug();
	BUG_ON(onlines != 1 || offlines != 1);
	BUG_ON(hotweave_write_sysfs("devices/system/demo/demo1/online", "0") != 1);
	BUG_ON(!dev->offline);
	dev->offline_disabled = true;
	BUG_ON(device_offline(dev) != -EPERM);
}

HOTWEAVE_TARGET(device_with_an_online_child, "a parent stays online as long as a child is")
{
	struct device *child;

	make_bus();
	dev = make_device(1, NULL, NULL);
	child = make_device(2, dev, NULL);
	BUG_ON(device_offline(dev) != -EBUSY);
	BUG_ON(device_offline(child));
	BUG_ON(device_offline(dev));
	device_unregister(child);
	device_unregister(dev);
	BUG_ON(released != 2);
}

static int find_and_put(void *)
{
	struct device *found = subsys_find_device_by_id(&bus, 1, NULL);

	if (found) {
		BUG_ON(found->id != 1);
		put_device(found);
	}
	return 0;
}

HOTWEAVE_TARGET(device_found_while_it_goes, "a device is looked up while it is unregistered")
{
	make_bus();
	dev = make_device(1, NULL, NULL);
	run_three(find_and_put, unregister, find_and_put);
	BUG_ON(released != 1);
}

static int use_after_put(void *)
{
	struct device *found = subsys_find_device_by_id(&bus, 1, NULL);

	if (found) {
		put_device(found);
		BUG_ON(found->id != 1);
	}
	return 0;
}

HOTWEAVE_TARGET(device_used_after_put, "a device is looked at after its reference was dropped")
{
	make_bus();
	dev = make_device(1, NULL, NULL);
	run_two(use_after_put, unregister);
}

static int a_then_device(void *)
{
	mutex_lock(&lock_a);
	device_lock(dev);
	device_unlock(dev);
	mutex_unlock(&lock_a);
	return 0;
}

static int device_then_a(void *)
{
	device_lock(dev);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	device_unlock(dev);
	return 0;
}

HOTWEAVE_TARGET(device_lock_inversion, "device_lock and a mutex in both orders: lockdep is blind to it")
{
	make_bus();
	dev = make_device(1, NULL, NULL);
	run_two(a_then_device, device_then_a);
}

/* ---- Kernel objects ---- */

static void release_object(struct kobject *kobj)
{
	released++;
	kfree(kobj);
}
static const struct kobj_type object_type = { release_object, NULL, NULL };

static struct kobject *make_object(void)
{
	struct kobject *kobj = (struct kobject *)kzalloc(sizeof(*kobj), GFP_KERNEL);

	BUG_ON(kobject_init_and_add(kobj, &object_type, NULL, "object%d", 1));
	return kobj;
}

static struct kobject *object;

static int get_and_put(void *)
{
	kobject_put(kobject_get(object));
	kobject_put(object);
	return 0;
}

HOTWEAVE_TARGET(kobject_lives_as_long_as_needed, "the last of three references releases the object")
{
	object = make_object();
	kobject_get(object);
	run_two(get_and_put, get_and_put);
	BUG_ON(released != 1);
}

static int put_once_too_often(void *)
{
	kobject_put(object);
	return 0;
}

HOTWEAVE_TARGET(kobject_put_too_often, "three threads drop two references")
{
	object = make_object();
	kobject_get(object);
	run_three(put_once_too_often, put_once_too_often, put_once_too_often);
}

HOTWEAVE_TARGET(kobject_initialised_twice, "kobject_init() of a live object")
{
	object = make_object();
	kobject_init(object, &object_type);
}

HOTWEAVE_TARGET(kset_finds_its_members, "an object of a set is found by its name until it is gone")
{
	struct kset *set = kset_create_and_add("set", NULL, NULL);
	struct kobject *kobj = (struct kobject *)kzalloc(sizeof(*kobj), GFP_KERNEL);
	struct kobject *found;

	kobj->kset = set;
	BUG_ON(kobject_init_and_add(kobj, &object_type, NULL, "member"));
	found = kset_find_obj(set, "member");
	BUG_ON(found != kobj || kset_find_obj(set, "other"));
	kobject_put(found);
	kobject_put(kobj);
	BUG_ON(released != 1 || kset_find_obj(set, "member"));
	kset_unregister(set);
}
