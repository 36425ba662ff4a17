// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices (drivers/base/core.c and dd.c of Linux 4.12 to 6.1): registration, online and offline, and
 * device_hotplug_lock.
 *
 * Model: there are no drivers, so device_add() looks for one in vain. From dee6da22efac on (a change of the
 * documentation) the written rule is an assertion: device_online() and device_offline() under device_hotplug_lock;
 * only in programs whose history table has that row.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "base.h"

/* ---- device_hotplug_lock ---------------------------------------------------------------------------- */

DEFINE_MUTEX(device_hotplug_lock);

void lock_device_hotplug(void)
{
	mutex_lock(&device_hotplug_lock);
}

void unlock_device_hotplug(void)
{
	mutex_unlock(&device_hotplug_lock);
}

void assert_held_device_hotplug_lock(void)
{
	lockdep_assert_held(&device_hotplug_lock);
}

int lock_device_hotplug_sysfs(void)
{
	if (mutex_trylock(&device_hotplug_lock))
		return 0;
	/* Not a busy loop, please: the holder may be waiting for the file that this task is in. */
	msleep(5);
	return restart_syscall();
}

/* ---- Online and offline ----------------------------------------------------------------------------- */

static bool rule_is_written_down(void)
{
	return hotweave_fixed_commit("dee6da22efac", HOTWEAVE_NEVER);
}

static bool device_supports_offline(struct device *dev)
{
	return dev->bus && dev->bus->offline && dev->bus->online;
}

int device_online(struct device *dev)
{
	int ret = 0;

	if (rule_is_written_down())
		assert_held_device_hotplug_lock();
	device_lock(dev);
	if (device_supports_offline(dev)) {
		if (dev->offline) {
			ret = dev->bus->online(dev);
			if (!ret) {
				kobject_uevent(&dev->kobj, KOBJ_ONLINE);
				dev->offline = false;
			}
		} else {
			ret = 1;
		}
	}
	device_unlock(dev);
	return ret;
}

static int device_check_offline(struct device *dev, void *data)
{
	int ret = device_for_each_child(dev, NULL, device_check_offline);

	(void)data;
	if (ret)
		return ret;
	return device_supports_offline(dev) && !dev->offline ? -EBUSY : 0;
}

int device_offline(struct device *dev)
{
	int ret;

	if (rule_is_written_down())
		assert_held_device_hotplug_lock();
	if (dev->offline_disabled)
		return -EPERM;
	ret = device_for_each_child(dev, NULL, device_check_offline);
	if (ret)
		return ret;
	device_lock(dev);
	if (device_supports_offline(dev)) {
		if (dev->offline) {
			ret = 1;
		} else {
			ret = dev->bus->offline(dev);
			if (!ret) {
				kobject_uevent(&dev->kobj, KOBJ_OFFLINE);
				dev->offline = true;
			}
		}
	}
	device_unlock(dev);
	return ret;
}

static ssize_t online_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	bool val;
	int ret;

	(void)attr;
	ret = kstrtobool(buf, &val);
	if (ret < 0)
		return ret;
	ret = lock_device_hotplug_sysfs();
	if (ret)
		return ret;
	ret = val ? device_online(dev) : device_offline(dev);
	unlock_device_hotplug();
	return ret < 0 ? ret : (ssize_t)count;
}

/* Source: online_show(), 6.1: under device_lock. */
static ssize_t online_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	bool val;

	(void)attr;
	device_lock(dev);
	val = !dev->offline;
	device_unlock(dev);
	return sysfs_emit(buf, "%u\n", val);
}

static DEVICE_ATTR_RW(online);

/* ---- References ------------------------------------------------------------------------------------- */

static ssize_t dev_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)
{
	struct device_attribute *dev_attr = container_of(attr, struct device_attribute, attr);

	return dev_attr->store ? dev_attr->store(kobj_to_dev(kobj), dev_attr, buf, count) : -EIO;
}

static ssize_t dev_attr_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct device_attribute *dev_attr = container_of(attr, struct device_attribute, attr);

	return dev_attr->show ? dev_attr->show(kobj_to_dev(kobj), dev_attr, buf) : -EIO;
}

static void device_release(struct kobject *kobj)
{
	struct device *dev = kobj_to_dev(kobj);

	if (dev->release)
		dev->release(dev);
	else if (dev->type && dev->type->release)
		dev->type->release(dev);
}

static const struct sysfs_ops dev_sysfs_ops = { dev_attr_show, dev_attr_store };
static const struct kobj_type device_ktype = { device_release, &dev_sysfs_ops, NULL };

struct device *get_device(struct device *dev)
{
	return dev ? kobj_to_dev(kobject_get(&dev->kobj)) : NULL;
}

void put_device(struct device *dev)
{
	if (dev)
		kobject_put(&dev->kobj);
}

/* ---- Registration ----------------------------------------------------------------------------------- */

void device_initialize(struct device *dev)
{
	kobject_init(&dev->kobj, &device_ktype);
	mutex_init(&dev->mutex);
	lockdep_set_novalidate_class(&dev->mutex);
	spin_lock_init(&dev->children_lock);
	INIT_LIST_HEAD(&dev->klist_children);
	INIT_LIST_HEAD(&dev->knode_bus);
	INIT_LIST_HEAD(&dev->knode_class);
	INIT_LIST_HEAD(&dev->knode_parent);
}

int device_create_file(struct device *dev, const struct device_attribute *attr)
{
	if (!dev)
		return 0;
	WARN((attr->attr.mode & S_IWUGO) && !attr->store, "Attribute %s: write permission without 'store'", attr->attr.name);
	WARN((attr->attr.mode & S_IRUGO) && !attr->show, "Attribute %s: read permission without 'show'", attr->attr.name);
	return sysfs_create_file(&dev->kobj, &attr->attr);
}

void device_remove_file(struct device *dev, const struct device_attribute *attr)
{
	if (dev)
		sysfs_remove_file(&dev->kobj, &attr->attr);
}

bool device_remove_file_self(struct device *dev, const struct device_attribute *attr)
{
	return dev && sysfs_remove_file_self(&dev->kobj, &attr->attr);
}

static int device_add_attrs(struct device *dev)
{
	int ret = 0;

	if (dev->type)
		ret = sysfs_create_groups(&dev->kobj, dev->type->groups);
	if (!ret && dev->bus)
		ret = sysfs_create_groups(&dev->kobj, dev->bus->dev_groups);
	if (!ret)
		ret = sysfs_create_groups(&dev->kobj, dev->groups);
	if (!ret && device_supports_offline(dev) && !dev->offline_disabled)
		ret = device_create_file(dev, &dev_attr_online);
	return ret;
}

/* A device is named by whoever made it, by `init_name`, or by its bus and id. Source: device_add(), 6.1. */
static int name_device(struct device *dev)
{
	int ret = 0;

	if (dev->init_name) {
		ret = dev_set_name(dev, "%s", dev->init_name);
		dev->init_name = NULL;
	}
	if (!ret && !dev_name(dev) && dev->bus && dev->bus->dev_name)
		ret = dev_set_name(dev, "%s%u", dev->bus->dev_name, dev->id);
	return !ret && !dev_name(dev) ? -EINVAL : ret;
}

static struct kobject *directory_of(struct device *dev)
{
	if (dev->parent)
		return &dev->parent->kobj;
	if (dev->kobj.parent)
		return dev->kobj.parent;
	return dev->bus && dev->bus->dev_root ? &dev->bus->dev_root->kobj : NULL;
}

static void join_parent(struct device *dev)
{
	if (!dev->parent)
		return;
	get_device(dev->parent);
	spin_lock(&dev->parent->children_lock);
	list_add_tail(&dev->knode_parent, &dev->parent->klist_children);
	spin_unlock(&dev->parent->children_lock);
}

static void leave_parent(struct device *dev)
{
	if (!dev->parent || list_empty(&dev->knode_parent))
		return;
	spin_lock(&dev->parent->children_lock);
	list_del_init(&dev->knode_parent);
	spin_unlock(&dev->parent->children_lock);
	put_device(dev->parent);
}

/* drivers/base/devtmpfs.cc, where a program has it. */
extern "C" int devtmpfs_create_node(struct device *dev) __attribute__((weak));
extern "C" int devtmpfs_delete_node(struct device *dev) __attribute__((weak));

int device_add(struct device *dev)
{
	int ret = name_device(dev);

	if (ret)
		return ret;
	ret = kobject_add(&dev->kobj, directory_of(dev), "%s", dev_name(dev));
	if (ret)
		return ret;
	ret = device_add_attrs(dev);
	if (ret) {
		kobject_del(&dev->kobj);
		return ret;
	}
	bus_add_device(dev);
	if (dev->devt && devtmpfs_create_node)
		devtmpfs_create_node(dev);
	kobject_uevent(&dev->kobj, KOBJ_ADD);
	bus_probe_device(dev);
	join_parent(dev);
	return 0;
}

int device_register(struct device *dev)
{
	device_initialize(dev);
	return device_add(dev);
}

void device_del(struct device *dev)
{
	leave_parent(dev);
	if (dev->devt && devtmpfs_delete_node)
		devtmpfs_delete_node(dev);
	bus_remove_device(dev);
	kobject_uevent(&dev->kobj, KOBJ_REMOVE);
	kobject_del(&dev->kobj);
}

void device_unregister(struct device *dev)
{
	device_del(dev);
	put_device(dev);
}

/* ---- Children --------------------------------------------------------------------------------------- */

struct device *next_pinned(spinlock_t *lock, struct list_head *head, struct list_head *prev,
			   struct device *(*device_of)(struct list_head *knode))
{
	struct device *next = NULL;

	spin_lock(lock);
	/* Taken off the list meanwhile: the walk ends, as there is no way back into it. */
	if (!prev)
		prev = head;
	else if (list_empty(prev))
		head = prev;
	if (prev->next != head)
		next = get_device(device_of(prev->next));
	spin_unlock(lock);
	return next;
}

static struct device *child_of_knode(struct list_head *knode)
{
	return list_entry(knode, struct device, knode_parent);
}

/* The child after `prev` with a reference; `prev` loses its own. */
static struct device *next_child(struct device *parent, struct device *prev)
{
	struct device *next = next_pinned(&parent->children_lock, &parent->klist_children,
					  prev ? &prev->knode_parent : NULL, child_of_knode);

	put_device(prev);
	return next;
}

int device_for_each_child(struct device *parent, void *data, int (*fn)(struct device *dev, void *data))
{
	struct device *child;
	int error;

	for (child = next_child(parent, NULL); child; child = next_child(parent, child)) {
		error = fn(child, data);
		if (error) {
			put_device(child);
			return error;
		}
	}
	return 0;
}
