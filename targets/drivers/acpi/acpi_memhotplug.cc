// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory devices of firmware (drivers/acpi/acpi_memhotplug.c and glue.c of Linux 3.19 to 6.7): adding the memory and
 * binding its blocks to the device; unbinding and removing.
 *
 * Model: a device has one range of at most four blocks.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include "../../history/history.h"
#include "../../unrelated_edit.h"
#include "internal.h"

/* ---- Binding: a reference on each block's device -------------------------------------------------------- */

static int acpi_bind_one(struct device *dev, struct acpi_device *adev)
{
	int ret = -ENOSPC;

	get_device(dev);
	mutex_lock(&adev->physical_node_lock);
	for (int i = 0; i < ACPI_MAX_PHYSICAL_NODES && ret; i++) {
		if (adev->physical_nodes[i].dev)
			continue;
		adev->physical_nodes[i].dev = dev;
		adev->physical_nodes[i].put_online = false;
		ret = 0;
	}
	mutex_unlock(&adev->physical_node_lock);
	if (ret)
		put_device(dev);
	return ret;
}

static int acpi_bind_memblk(struct memory_block *mem, void *arg)
{
	return acpi_bind_one(&mem->dev, (struct acpi_device *)arg);
}

static int acpi_bind_memory_blocks(struct acpi_device *adev)
{
	return walk_memory_range(PFN_DOWN(adev->start_addr), PFN_UP(adev->start_addr + adev->length), adev,
				 acpi_bind_memblk);
}

static void acpi_unbind_memory_blocks(struct acpi_device *adev)
{
	for (int i = 0; i < ACPI_MAX_PHYSICAL_NODES; i++) {
		struct device *dev;

		mutex_lock(&adev->physical_node_lock);
		dev = adev->physical_nodes[i].dev;
		adev->physical_nodes[i].dev = NULL;
		mutex_unlock(&adev->physical_node_lock);
		put_device(dev);
	}
}

/* ---- Adding, removing --------------------------------------------------------------------------------- */

/* acpi_memory_enable_device(): the caller holds device_hotplug_lock, so it is __add_memory() from 8df1d0e4a265 on. */
int acpi_memory_device_add(struct acpi_device *adev)
{
	int node = memory_add_physaddr_to_nid(adev->start_addr);
	int result;

	unrelated_spinlock();
	if (fixed(FIX_8df1d0e4a265) && !altered(ALT_acpi_calls_add_memory))
		result = __add_memory(node, adev->start_addr, adev->length);
	else
		result = add_memory(node, adev->start_addr, adev->length);
	/* Memory that is there already was found by boot: it is this device's all the same. */
	if (result && result != -EEXIST)
		return result;
	result = acpi_bind_memory_blocks(adev);
	if (result) {
		acpi_unbind_memory_blocks(adev);
		return -ENODEV;
	}
	adev->enabled = true;
	return 0;
}

/* acpi_memory_remove_memory() */
void acpi_memory_device_remove(struct acpi_device *adev)
{
	int nid = memory_add_physaddr_to_nid(adev->start_addr);

	acpi_unbind_memory_blocks(adev);
	if (fixed(FIX_d15e59260f62))
		__remove_memory(nid, adev->start_addr, adev->length);
	else
		remove_memory(nid, adev->start_addr, adev->length);
	adev->enabled = false;
}

void acpi_memory_device_init(struct acpi_device *adev, u64 start, u64 length, bool enabled)
{
	adev->start_addr = start;
	adev->length = length;
	adev->enabled = enabled;
	mutex_init(&adev->physical_node_lock);
	if (enabled)
		BUG_ON(acpi_bind_memory_blocks(adev));
}
