/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory devices as firmware describes them: what scan.cc and acpi_memhotplug.cc share, and what a scenario calls in
 * firmware's place. Depends on <linux/device.h>.
 */
#pragma once

#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#define ACPI_MAX_PHYSICAL_NODES 4

/* A device of Linux that this device of firmware stands for. */
struct acpi_device_physical_node {
	struct device *dev; /* NULL: free */
	bool put_online;    /* this eject took it offline */
};

/* One range of memory, as firmware's _CRS has it. */
struct acpi_device {
	u64 start_addr;
	u64 length;
	bool enabled; /* its memory was added */
	struct mutex physical_node_lock;
	struct acpi_device_physical_node physical_nodes[ACPI_MAX_PHYSICAL_NODES];
};

enum acpi_hotplug_event {
	ACPI_NOTIFY_DEVICE_CHECK,
	ACPI_NOTIFY_EJECT_REQUEST,
};

/* Boot: the ordered workqueue kacpi_hotplug. Once per execution. */
void acpi_hotplug_init(void);
/* Declares a range of memory; `enabled`: it is there, and its block is bound to the device. Before the tasks start. */
void acpi_memory_device_init(struct acpi_device *adev, u64 start, u64 length, bool enabled);

/*
 * Firmware's notification: the work is queued and handled by a kworker. acpi_hotplug_flush() waits until all that were
 * queued are done. Context: acpi_hotplug_schedule(): any; flush: may sleep.
 */
int acpi_hotplug_schedule(struct acpi_device *adev, enum acpi_hotplug_event src);
void acpi_hotplug_flush(void);
/* What the work does. Returns 0 or a negative errno. Context: may sleep; holds no lock. */
int acpi_device_hotplug(struct acpi_device *adev, enum acpi_hotplug_event src);

/* Adds the device's memory and binds its blocks; 0 or a negative errno. Context: device_hotplug_lock, acpi_scan_lock. */
int acpi_memory_device_add(struct acpi_device *adev);
/* Unbinds and removes it: its blocks are offline. Context: the same. */
void acpi_memory_device_remove(struct acpi_device *adev);
