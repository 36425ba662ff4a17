// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices (drivers/base/core.c, bus.c and dd.c of Linux 4.12 to 5.1): registration, online and offline,
 * and device_hotplug_lock.
 *
 * Model: the klist of a bus is a list under its lock, walked in one go (the kernel takes the lock once
 * per step and pins the node in between); there are no drivers, so device_add() looks for one in vain.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "../../history/history.h"

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

int lock_device_hotplug_sysfs(void)
{
	if (mutex_trylock(&device_hotplug_lock))
		return 0;
	/* Not a busy loop, please: the holder may be waiting for the file that this task is in. */
	msleep(5);
	return restart_syscall();
}

/* ---- Online and offline ----------------------------------------------------------------------------- */

static bool device_supports_offline(struct device *dev)
{
	return dev->bus && dev->bus->offline && dev->bus->online;
}

int device_online(struct device *dev)
{
	int ret = 0;

	if (fixed(FIX_dee6da22efac))
		lockdep_assert_held(&device_hotplug_lock);
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

int device_offline(struct device *dev)
{
	int ret = 0;

	if (fixed(FIX_dee6da22efac))
		lockdep_assert_held(&device_hotplug_lock);
	if (dev->offline_disabled)
		return -EPERM;
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

static ssize_t online_store(struct device *dev, const struct device_attribute *attr, const char *buf,
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

static const struct device_attribute dev_attr_online = { { "online" }, online_store };

/* ---- References ------------------------------------------------------------------------------------- */

static ssize_t dev_attr_store(struct kobject *kobj, const struct attribute *attr, const char *buf,
			      size_t count)
{
	const struct device_attribute *dev_attr = container_of(attr, struct device_attribute, attr);

	return dev_attr->store(kobj_to_dev(kobj), dev_attr, buf, count);
}

static void device_release(struct kobject *kobj)
{
	struct device *dev = kobj_to_dev(kobj);

	if (dev->release)
		dev->release(dev);
}

static const struct sysfs_ops dev_sysfs_ops = { dev_attr_store };
static const struct kobj_type device_ktype = { device_release, &dev_sysfs_ops };

struct device *get_device(struct device *dev)
{
	kobject_get(&dev->kobj);
	return dev;
}

void put_device(struct device *dev)
{
	kobject_put(&dev->kobj);
}

/* ---- Registration ----------------------------------------------------------------------------------- */

void device_initialize(struct device *dev)
{
	kobject_init(&dev->kobj, &device_ktype);
	mutex_init(&dev->mutex);
	lockdep_set_novalidate_class(&dev->mutex);
	INIT_LIST_HEAD(&dev->knode_bus);
}

static int device_add_attrs(struct device *dev)
{
	int ret = 0;

	for (const struct attribute_group *const *grp = dev->groups; grp && *grp && !ret; grp++)
		ret = sysfs_create_group(&dev->kobj, *grp);
	if (!ret && device_supports_offline(dev) && !dev->offline_disabled)
		ret = sysfs_create_file(&dev->kobj, &dev_attr_online.attr);
	return ret;
}

static void bus_add_device(struct device *dev)
{
	get_device(dev);
	spin_lock(&dev->bus->klist_lock);
	list_add_tail(&dev->knode_bus, &dev->bus->klist_devices);
	spin_unlock(&dev->bus->klist_lock);
}

static void bus_remove_device(struct device *dev)
{
	spin_lock(&dev->bus->klist_lock);
	list_del_init(&dev->knode_bus);
	spin_unlock(&dev->bus->klist_lock);
	put_device(dev);
}

/* Looks for a driver. There is none, but the lock is taken all the same. */
static void bus_probe_device(struct device *dev)
{
	device_lock(dev);
	device_unlock(dev);
}

int device_add(struct device *dev)
{
	struct kobject *parent = dev->bus && dev->bus->dev_root ? &dev->bus->dev_root->kobj : NULL;
	int ret;

	if (!dev->bus)
		return -EINVAL;
	ret = kobject_add(&dev->kobj, parent, dev->bus->dev_name, (int)dev->id);
	if (!ret)
		ret = device_add_attrs(dev);
	if (ret)
		return ret;
	bus_add_device(dev);
	kobject_uevent(&dev->kobj, KOBJ_ADD);
	bus_probe_device(dev);
	return 0;
}

int device_register(struct device *dev)
{
	device_initialize(dev);
	return device_add(dev);
}

void device_unregister(struct device *dev)
{
	bus_remove_device(dev);
	kobject_del(&dev->kobj);
	kobject_uevent(&dev->kobj, KOBJ_REMOVE);
	put_device(dev);
}

/* ---- Buses ------------------------------------------------------------------------------------------ */

/* /sys/devices/system, made with the first bus. */
static struct kobject *system_kobj;

static struct kobject *directory(const char *name, struct kobject *parent)
{
	static const struct kobj_type plain = {};
	struct kobject *kobj = (struct kobject *)kzalloc(sizeof(*kobj), GFP_KERNEL);

	BUG_ON(!kobj);
	kobject_init(kobj, &plain);
	BUG_ON(kobject_add(kobj, parent, name, -1));
	return kobj;
}

int subsys_system_register(struct bus_type *subsys, const struct attribute_group *const *groups)
{
	struct device *root = (struct device *)kzalloc(sizeof(*root), GFP_KERNEL);

	if (!root)
		return -ENOMEM;
	if (!system_kobj)
		system_kobj = directory("system", directory("devices", NULL));
	device_initialize(root);
	root->groups = groups;
	BUG_ON(kobject_add(&root->kobj, system_kobj, subsys->name, -1));
	subsys->dev_root = root;
	return device_add_attrs(root);
}

struct device *subsys_find_device_by_id(struct bus_type *subsys, unsigned int id)
{
	struct device *found = NULL;
	struct device *dev;

	spin_lock(&subsys->klist_lock);
	list_for_each_entry(dev, &subsys->klist_devices, knode_bus)
		if (dev->id == id) {
			found = get_device(dev);
			break;
		}
	spin_unlock(&subsys->klist_lock);
	return found;
}
