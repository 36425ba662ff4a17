// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of devices: they come and go, go online and offline, while users write to their files. */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "../support/tasks.h"

static struct bus_type bus;
static struct device *dev; /* under device_hotplug_lock */
static int alive;          /* under device_hotplug_lock */

static void release_device(struct device *d)
{
	kfree(d);
}

static int bus_change(struct device *d)
{
	device_lock_assert(d);
	return hotweave_choose(4) == 3 ? -EBUSY : 0;
}

static void add_device(void)
{
	dev = (struct device *)kzalloc(sizeof(*dev), GFP_KERNEL);
	dev->bus = &bus;
	dev->id = 1;
	dev->release = release_device;
	BUG_ON(device_register(dev));
	BUG_ON(alive++);
}

static void boot(void)
{
	bus.name = "demo";
	bus.dev_name = "demo";
	bus.online = bus.offline = bus_change;
	BUG_ON(subsys_system_register(&bus, NULL));
	lock_device_hotplug();
	add_device();
	unlock_device_hotplug();
}

static int come_and_go(void *)
{
	for (int i = 0; i < 2; i++) {
		lock_device_hotplug();
		if (dev) {
			device_unregister(dev);
			dev = NULL;
			BUG_ON(--alive);
		} else {
			add_device();
		}
		unlock_device_hotplug();
	}
	return 0;
}

static int write_online(void *)
{
	for (int i = 0; i < 2; i++) {
		ssize_t ret = hotweave_write_sysfs("devices/system/demo/demo1/online", hotweave_choose(2) ? "1" : "0");

		BUG_ON(ret != 1 && ret != -ENOENT && ret != -ENODEV && ret != -EBUSY);
	}
	return 0;
}

static int look_up(void *)
{
	struct device *found = subsys_find_device_by_id(&bus, 1, NULL);

	if (found) {
		lock_device_hotplug();
		device_online(found);
		unlock_device_hotplug();
		put_device(found);
	}
	return 0;
}

HOTWEAVE_TARGET(driver_core_torture, "a device comes and goes while users write to its file and look it up")
{
	boot();
	run_three(come_and_go, write_online, look_up);
}

/* ---- Mutants ---- */

static int look_up_careless(void *)
{
	struct device *found = READ_ONCE(dev);

	if (found) {
		lock_device_hotplug();
		device_online(found);
		unlock_device_hotplug();
	}
	return 0;
}

HOTWEAVE_TARGET(driver_core_torture_mutant_no_reference, "a device is used without a reference")
{
	boot();
	run_three(come_and_go, write_online, look_up_careless);
}
HOTWEAVE_EXPECT(driver_core_torture_mutant_no_reference, "", "data-race use-after-free", "");

static int go_without_lock(void *)
{
	device_offline(dev);
	return 0;
}

HOTWEAVE_TARGET(driver_core_torture_mutant_no_lock, "a device goes offline while it is being unregistered")
{
	boot();
	run_two(come_and_go, go_without_lock);
}
HOTWEAVE_EXPECT(driver_core_torture_mutant_no_lock, "", "data-race use-after-free null-deref", "");
