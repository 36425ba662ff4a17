// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classes and their devices (drivers/base/class.c, device_create() of core.c, Linux 4.14).
 *
 * Model: a class has no files; the directory of its devices is made with it.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/stdarg.h>

struct hotweave_class {
	struct kobject *dir;
	struct mutex mutex;
	struct list_head klist_devices;
};

struct hotweave_class *class_create(const char *name)
{
	struct hotweave_class *cls = (struct hotweave_class *)kzalloc(sizeof(*cls), GFP_KERNEL);

	if (!cls)
		return (struct hotweave_class *)ERR_PTR(-ENOMEM);
	cls->dir = kobject_create_and_add(name, NULL);
	if (!cls->dir) {
		kfree(cls);
		return (struct hotweave_class *)ERR_PTR(-ENOMEM);
	}
	mutex_init(&cls->mutex);
	INIT_LIST_HEAD(&cls->klist_devices);
	return cls;
}

void class_destroy(struct hotweave_class *cls)
{
	kobject_put(cls->dir);
	kfree(cls);
}

static void device_create_release(struct device *dev)
{
	kfree(dev);
}

static int add_to_class(struct hotweave_class *cls, struct device *dev)
{
	int ret = device_add(dev);

	if (ret)
		return ret;
	mutex_lock(&cls->mutex);
	list_add_tail(&dev->knode_class, &cls->klist_devices);
	mutex_unlock(&cls->mutex);
	return 0;
}

/* Names have a number at most. */
struct device *device_create(struct hotweave_class *cls, struct device *parent, u32 devt, void *drvdata, const char *fmt, ...)
{
	struct device *dev = (struct device *)kzalloc(sizeof(*dev), GFP_KERNEL);
	va_list args;
	int ret;

	if (!dev)
		return (struct device *)ERR_PTR(-ENOMEM);
	device_initialize(dev);
	dev->devt = devt;
	dev->parent = parent;
	dev->kobj.parent = cls->dir;
	dev->release = device_create_release;
	dev->driver_data = drvdata;
	va_start(args, fmt);
	ret = dev_set_name(dev, fmt, va_arg(args, int));
	va_end(args);
	if (!ret)
		ret = add_to_class(cls, dev);
	if (!ret)
		return dev;
	put_device(dev);
	return (struct device *)ERR_PTR(ret);
}

static struct device *take_from_class(struct hotweave_class *cls, u32 devt)
{
	struct device *dev, *found = NULL;

	mutex_lock(&cls->mutex);
	list_for_each_entry(dev, &cls->klist_devices, knode_class)
		if (dev->devt == devt)
			found = dev;
	if (found)
		list_del_init(&found->knode_class);
	mutex_unlock(&cls->mutex);
	return found;
}

void device_destroy(struct hotweave_class *cls, u32 devt)
{
	struct device *dev = take_from_class(cls, devt);

	if (dev)
		device_unregister(dev);
}
