// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hotplug of what firmware describes (drivers/acpi/scan.c and osl.c of Linux 3.19 to 6.7): a kworker that adds a device's
 * memory, or takes its blocks offline in two passes and removes them.
 *
 * Model: a namespace is one memory device, so a walk over it visits one device. _EJ0, _OST and status are left out. Up to
 * 3.10, before there was device_hotplug_lock, acpi_scan_lock (from 3.9) is the only lock here, too.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/slab.h>

#include "../../history/history.h"
#include "internal.h"

static DEFINE_MUTEX(acpi_scan_lock);

static struct workqueue_struct *kacpi_hotplug_wq;

/* ---- Offline and online of what is bound ---------------------------------------------------------------- */

/* Up to 3.10 the block itself was asked. */
static int take_offline(struct device *dev)
{
	return fixed(FIX_4f3549d72d1b) ? device_offline(dev) : offline_memory_block(to_memory_block(dev));
}

/* Under device_offline() of one node: false if that failed and the walk is to stop. */
static bool offline_node(struct acpi_device_physical_node *pn, bool second_pass, struct device **errdev)
{
	int ret;

	if (second_pass) {
		if (pn->put_online)
			return true;
	} else {
		pn->put_online = false;
	}
	ret = take_offline(pn->dev);
	if (ret >= 0) {
		pn->put_online = !ret;
		return true;
	}
	*errdev = pn->dev;
	return !second_pass;
}

static void acpi_bus_offline(struct acpi_device *device, bool second_pass, struct device **errdev)
{
	mutex_lock(&device->physical_node_lock);
	for (int i = 0; i < ACPI_MAX_PHYSICAL_NODES; i++)
		if (device->physical_nodes[i].dev && !offline_node(&device->physical_nodes[i], second_pass, errdev))
			break;
	mutex_unlock(&device->physical_node_lock);
}

static void acpi_bus_online(struct acpi_device *device)
{
	mutex_lock(&device->physical_node_lock);
	for (int i = 0; i < ACPI_MAX_PHYSICAL_NODES; i++) {
		struct acpi_device_physical_node *pn = &device->physical_nodes[i];

		if (!pn->dev || !pn->put_online)
			continue;
		device_online(pn->dev);
		pn->put_online = false;
	}
	mutex_unlock(&device->physical_node_lock);
}

/*
 * Two passes: one block may hold what others depend on, and it is not known which; so errors of the first pass do not
 * count, and what it took offline is skipped by the second.
 */
static int acpi_scan_try_to_offline(struct acpi_device *device)
{
	struct device *errdev = NULL;

	acpi_bus_offline(device, false, &errdev);
	if (!errdev)
		return 0;
	errdev = NULL;
	acpi_bus_offline(device, true, &errdev);
	if (!errdev)
		return 0;
	acpi_bus_online(device);
	return -EBUSY;
}

/* ---- Events ------------------------------------------------------------------------------------------ */

static int acpi_scan_hot_remove(struct acpi_device *device)
{
	int error;

	if (!device->enabled)
		return -EINVAL;
	error = acpi_scan_try_to_offline(device);
	if (error)
		return error;
	acpi_memory_device_remove(device);
	return 0;
}

static int acpi_generic_hotplug_event(struct acpi_device *adev, enum acpi_hotplug_event src)
{
	if (src == ACPI_NOTIFY_EJECT_REQUEST)
		return acpi_scan_hot_remove(adev);
	/* A device check of a device that is there: nothing to do. */
	return adev->enabled ? 0 : acpi_memory_device_add(adev);
}

int acpi_device_hotplug(struct acpi_device *adev, enum acpi_hotplug_event src)
{
	bool hotplug_lock = fixed(FIX_4f3549d72d1b);
	int error;

	if (hotplug_lock)
		lock_device_hotplug();
	mutex_lock(&acpi_scan_lock);
	error = acpi_generic_hotplug_event(adev, src);
	mutex_unlock(&acpi_scan_lock);
	if (hotplug_lock)
		unlock_device_hotplug();
	return error;
}

/* ---- From the notification to the kworker ---------------------------------------------------------------- */

struct acpi_hp_work {
	struct work_struct work;
	struct acpi_device *adev;
	enum acpi_hotplug_event src;
};

static void acpi_hotplug_work_fn(struct work_struct *work)
{
	struct acpi_hp_work *hpw = container_of(work, struct acpi_hp_work, work);

	acpi_device_hotplug(hpw->adev, hpw->src);
	kfree(hpw);
}

int acpi_hotplug_schedule(struct acpi_device *adev, enum acpi_hotplug_event src)
{
	struct acpi_hp_work *hpw = (struct acpi_hp_work *)kmalloc(sizeof(*hpw), GFP_ATOMIC);

	if (!hpw)
		return -ENOMEM;
	INIT_WORK(&hpw->work, acpi_hotplug_work_fn);
	hpw->adev = adev;
	hpw->src = src;
	queue_work(kacpi_hotplug_wq, &hpw->work);
	return 0;
}

void acpi_hotplug_flush(void)
{
	flush_workqueue(kacpi_hotplug_wq);
}

void acpi_hotplug_init(void)
{
	kacpi_hotplug_wq = alloc_ordered_workqueue("kacpi_hotplug", 0);
	BUG_ON(!kacpi_hotplug_wq);
}
