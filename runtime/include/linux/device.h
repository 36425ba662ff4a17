/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Devices and buses. Follows include/linux/device.h of Linux 5.1; the code behind it is
 * targets/drivers/base/core.cc.
 *
 * Locks: `mutex` (device_lock) protects what a driver or bus does with the device, and `offline`;
 * device_hotplug_lock serialises going online and offline of everything. A writer of a sysfs file must
 * not block on the latter: lock_device_hotplug_sysfs().
 * Model: no drivers, no classes, no children, no power management.
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

struct bus_type {
	const char *name;
	const char *dev_name; /* devices are called this and their id */
	int (*online)(struct device *dev);
	int (*offline)(struct device *dev);
	struct device *dev_root; /* directory of the bus under /sys/devices/system */
	/* kernel: struct subsys_private with a klist */
	spinlock_t klist_lock;
	struct list_head klist_devices;
};

#define BUS_TYPE_INIT(bus) \
	__SPIN_LOCK_UNLOCKED(bus.klist_lock), { &(bus).klist_devices, &(bus).klist_devices }

struct device {
	struct kobject kobj;
	u32 id;
	struct mutex mutex;
	struct bus_type *bus;
	struct list_head knode_bus; /* under bus->klist_lock */
	const struct attribute_group *const *groups; /* ended by NULL */
	void (*release)(struct device *dev);
	bool offline_disabled : 1;
	bool offline : 1;
};

struct device_attribute {
	struct attribute attr;
	ssize_t (*store)(struct device *dev, const struct device_attribute *attr, const char *buf,
			 size_t count);
};

#define kobj_to_dev(kobject) container_of(kobject, struct device, kobj)

/* ---- Registration: context: may sleep ------------------------------------------------------------- */

void device_initialize(struct device *dev);
/* Publishes the device: directory, files, list of its bus, uevent; only then, with device_lock, looks
 * for a driver: user space may be first. Returns 0. */
int device_add(struct device *dev);
int device_register(struct device *dev);
/* Waits until nobody is in a file of it. */
void device_unregister(struct device *dev);
struct device *get_device(struct device *dev);
void put_device(struct device *dev);
/* Boot: the directory /sys/devices/system/<bus>. */
int subsys_system_register(struct bus_type *subsys, const struct attribute_group *const *groups);
/* The device with a reference on it, or NULL. Any context. */
struct device *subsys_find_device_by_id(struct bus_type *subsys, unsigned int id);

/* ---- Locks ---------------------------------------------------------------------------------------- */

extern struct mutex device_hotplug_lock;

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

void lock_device_hotplug(void);
void unlock_device_hotplug(void);
/* 0 with the lock, or (after a short sleep) -ERESTARTNOINTR without it: return that to the caller. */
int lock_device_hotplug_sysfs(void);

/* ---- Online and offline --------------------------------------------------------------------------- */

/* 0, 1 if it already is, or what the bus said. Context: may sleep; device_hotplug_lock held (the rule
 * of 4.20; before, not everybody did). */
int device_online(struct device *dev);
int device_offline(struct device *dev);

#ifdef __cplusplus
}
#endif
#endif
