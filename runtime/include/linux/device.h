/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Devices and buses. Follows include/linux/device.h, include/linux/device/bus.h, drivers/base/core.c and
 * drivers/base/bus.c of Linux 6.1.
 *
 * Locks: `mutex` (device_lock) protects what a driver or bus does with the device, and `offline`. Its lockdep class
 * is novalidate: lockdep never sees it in an order; the deadlock detector and the feasible level do.
 * device_hotplug_lock serialises going online and offline of everything. A writer of a sysfs file must not block on
 * it, because a remover waits for that file while it holds the lock: lock_device_hotplug_sysfs() tries, sleeps 5 ms
 * and restarts the system call.
 * Model: no drivers, classes, links or power management; device_add() takes device_lock to look for a driver in vain.
 */
#ifndef HOTWEAVE_LINUX_DEVICE_H
#define HOTWEAVE_LINUX_DEVICE_H

#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;
struct device_attribute;
struct device_driver;
struct subsys_private; /* drivers/base/base.h: the devices of a bus */

struct bus_type {
	const char *name;
	const char *dev_name;     /* devices without a name are called this and their id */
	struct device *dev_root;  /* directory of the bus under /sys/devices/system */
	const struct attribute_group **dev_groups; /* of every device of the bus */
	int (*online)(struct device *dev);
	int (*offline)(struct device *dev);
	struct subsys_private *p;
};

struct device_type {
	const char *name;
	const struct attribute_group **groups;
	void (*release)(struct device *dev);
};

struct device {
	struct kobject kobj;
	struct device *parent;
	const char *init_name;
	const struct device_type *type;
	struct bus_type *bus;
	void *driver_data;
	struct mutex mutex;
	u32 id;
	u32 devt; /* device number, <linux/kdev_t.h>; not 0: the device has a node in devtmpfs */
	struct list_head knode_class; /* under the lock of the class: drivers/base/class.cc */
	struct list_head knode_bus;    /* under the lock of the bus */
	struct list_head knode_parent; /* under the lock of the parent's list of children */
	struct list_head klist_children;
	spinlock_t children_lock;
	const struct attribute_group **groups; /* ended by NULL */
	void (*release)(struct device *dev);
	bool offline_disabled : 1;
	bool offline : 1;
};

struct device_attribute {
	struct attribute attr;
	ssize_t (*show)(struct device *dev, struct device_attribute *attr, char *buf);
	ssize_t (*store)(struct device *dev, struct device_attribute *attr, const char *buf, size_t count);
};

#define DEVICE_ATTR(_name, _mode, _show, _store) \
	struct device_attribute dev_attr_##_name = __ATTR(_name, _mode, _show, _store)
#define DEVICE_ATTR_RW(_name) struct device_attribute dev_attr_##_name = __ATTR_RW(_name)
#define DEVICE_ATTR_RO(_name) struct device_attribute dev_attr_##_name = __ATTR_RO(_name)
#define DEVICE_ATTR_WO(_name) struct device_attribute dev_attr_##_name = __ATTR_WO(_name)

#define kobj_to_dev(kobject) container_of(kobject, struct device, kobj)

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ? dev->init_name : kobject_name(&dev->kobj);
}
static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}
static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}
#define dev_set_name(dev, ...) kobject_set_name(&(dev)->kobj, __VA_ARGS__)

/* ---- Registration: context: may sleep ------------------------------------------------------------- */

void device_initialize(struct device *dev);
/* Publishes the device: directory, files, list of its bus and of its parent, uevent; only then, with device_lock,
 * looks for a driver: user space may be first. Returns 0 or a negative errno; put_device() either way. */
int device_add(struct device *dev);
int device_register(struct device *dev);
/* Takes it out of sysfs and of all lists; waits until nobody is in a file of it. The reference stays. */
void device_del(struct device *dev);
/* The same, and drops the reference of device_initialize(). */
void device_unregister(struct device *dev);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
int device_create_file(struct device *device, const struct device_attribute *entry);
void device_remove_file(struct device *dev, const struct device_attribute *attr);
bool device_remove_file_self(struct device *dev, const struct device_attribute *attr);

/*
 * Classes: devices that user space opens by number. Model: named by pointer; a device joins its class when device_add()
 * has returned. device_create(): a registered device of its own, or ERR_PTR(); device_destroy(): that of the number.
 */
struct hotweave_class; /* struct class, a keyword of C++ */
struct hotweave_class *class_create(const char *name);
void class_destroy(struct hotweave_class *cls);
__attribute__((__format__(__printf__, 5, 6))) struct device *device_create(struct hotweave_class *cls, struct device *parent,
									    u32 devt, void *drvdata, const char *fmt, ...);
void device_destroy(struct hotweave_class *cls, u32 devt);

/* Calls fn for each child with a reference held, until one returns something else than 0; returns that. */
int device_for_each_child(struct device *dev, void *data, int (*fn)(struct device *dev, void *data));

/* Buses. */
int bus_register(struct bus_type *bus);
void bus_unregister(struct bus_type *bus);
/* Boot: a bus with the directory /sys/devices/system/<name>. */
int subsys_system_register(struct bus_type *subsys, const struct attribute_group **groups);
/* The device with a reference on it, or NULL. A device that is being unregistered may still be found. Any context.
 * `hint`: where to begin; NULL. */
struct device *subsys_find_device_by_id(struct bus_type *subsys, unsigned int id, struct device *hint);
struct device *bus_find_device(struct bus_type *bus, struct device *start, const void *data,
			       int (*match)(struct device *dev, const void *data));
int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
		     int (*fn)(struct device *dev, void *data));

/* ---- Locks ---------------------------------------------------------------------------------------- */

extern struct mutex device_hotplug_lock; /* kernel: static in drivers/base/core.c */

static inline void device_lock(struct device *dev)
{
	mutex_lock(&dev->mutex);
}

static inline int device_trylock(struct device *dev)
{
	return mutex_trylock(&dev->mutex);
}

static inline void device_unlock(struct device *dev)
{
	mutex_unlock(&dev->mutex);
}

static inline void device_lock_assert(struct device *dev)
{
	lockdep_assert_held(&dev->mutex);
}

void lock_device_hotplug(void);
void unlock_device_hotplug(void);
void assert_held_device_hotplug_lock(void);
/* 0 with the lock, or (after a short sleep) restart_syscall() without it: return that to the caller. */
int lock_device_hotplug_sysfs(void);

/* ---- Online and offline --------------------------------------------------------------------------- */

/* 0, 1 if it already is, or what the bus said; device_offline(): -EPERM if it must not, -EBUSY if a child is
 * online. Context: may sleep; under device_hotplug_lock (the rule of 4.20; before, not everybody did). */
int device_online(struct device *dev);
int device_offline(struct device *dev);

#ifdef __cplusplus
}
#endif
#endif
