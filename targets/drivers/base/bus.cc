// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buses and their devices (drivers/base/bus.c of Linux 4.12 to 6.1).
 *
 * Model: no drivers; the list of devices is walked under its lock step by step, the device of a step pinned.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/slab.h>

#include "base.h"

void bus_add_device(struct device *dev)
{
	if (!dev->bus || !dev->bus->p)
		return;
	get_device(dev);
	spin_lock(&dev->bus->p->lock);
	list_add_tail(&dev->knode_bus, &dev->bus->p->klist_devices);
	spin_unlock(&dev->bus->p->lock);
}

void bus_remove_device(struct device *dev)
{
	if (!dev->bus || !dev->bus->p)
		return;
	spin_lock(&dev->bus->p->lock);
	list_del_init(&dev->knode_bus);
	spin_unlock(&dev->bus->p->lock);
	put_device(dev);
}

void bus_probe_device(struct device *dev)
{
	device_lock(dev);
	device_unlock(dev);
}

/* ---- Registration ----------------------------------------------------------------------------------- */

int bus_register(struct bus_type *bus)
{
	struct subsys_private *p = (struct subsys_private *)kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	spin_lock_init(&p->lock);
	INIT_LIST_HEAD(&p->klist_devices);
	bus->p = p;
	return 0;
}

void bus_unregister(struct bus_type *bus)
{
	struct subsys_private *p = bus->p;

	if (!p)
		return;
	WARN_ON(!list_empty(&p->klist_devices));
	if (bus->dev_root) {
		device_del(bus->dev_root);
		put_device(bus->dev_root);
		bus->dev_root = NULL;
	}
	bus->p = NULL;
	kfree(p);
}

/* /sys/devices/system, made with the first bus. */
static struct kobject *system_kobj;

static void root_release(struct device *dev)
{
	kfree(dev);
}

int subsys_system_register(struct bus_type *subsys, const struct attribute_group **groups)
{
	struct device *root;
	int err = bus_register(subsys);

	if (err)
		return err;
	if (!system_kobj)
		system_kobj = kobject_create_and_add("system", kobject_create_and_add("devices", NULL));
	root = (struct device *)kzalloc(sizeof(*root), GFP_KERNEL);
	if (!root || !system_kobj)
		return -ENOMEM;
	device_initialize(root);
	root->release = root_release;
	root->groups = groups;
	root->kobj.parent = system_kobj;
	err = dev_set_name(root, "%s", subsys->name);
	if (!err)
		err = device_add(root);
	if (err)
		put_device(root);
	else
		subsys->dev_root = root;
	return err;
}

/* ---- Walks ------------------------------------------------------------------------------------------ */

static struct device *device_of_knode(struct list_head *knode)
{
	return list_entry(knode, struct device, knode_bus);
}

/* The device after `prev` (NULL: the first) with a reference; `prev` loses its own. */
static struct device *next_device(struct bus_type *bus, struct device *prev)
{
	struct device *next = next_pinned(&bus->p->lock, &bus->p->klist_devices, prev ? &prev->knode_bus : NULL,
					  device_of_knode);

	put_device(prev);
	return next;
}

struct device *bus_find_device(struct bus_type *bus, struct device *start, const void *data,
			       int (*match)(struct device *dev, const void *data))
{
	struct device *dev;

	if (!bus || !bus->p)
		return NULL;
	for (dev = next_device(bus, get_device(start)); dev; dev = next_device(bus, dev))
		if (match(dev, data))
			return dev;
	return NULL;
}

int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data))
{
	struct device *dev;
	int error;

	if (!bus || !bus->p)
		return -EINVAL;
	for (dev = next_device(bus, get_device(start)); dev; dev = next_device(bus, dev)) {
		error = fn(dev, data);
		if (error) {
			put_device(dev);
			return error;
		}
	}
	return 0;
}

/* Under the lock in one go: the ids do not change, and no callback runs. */
struct device *subsys_find_device_by_id(struct bus_type *subsys, unsigned int id, struct device *hint)
{
	struct device *found = NULL;
	struct device *dev;

	(void)hint;
	if (!subsys || !subsys->p)
		return NULL;
	spin_lock(&subsys->p->lock);
	list_for_each_entry(dev, &subsys->p->klist_devices, knode_bus)
		if (dev->id == id) {
			found = get_device(dev);
			break;
		}
	spin_unlock(&subsys->p->lock);
	return found;
}
