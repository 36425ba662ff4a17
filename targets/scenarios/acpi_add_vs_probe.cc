// SPDX-License-Identifier: GPL-2.0-only
/*
 * Firmware adds memory by its kworker, which holds device_hotplug_lock, while a user writes an address to `probe`, which
 * tries for that lock.
 */
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>

#include <hotweave/target.h>

#include "../drivers/acpi/internal.h"
#include "memory.h"

#define OF_FIRMWARE 1UL
#define OF_USER 2UL

static struct acpi_device memory_device;

static int acpi(void *arg)
{
	(void)arg;
	acpi_hotplug_schedule(&memory_device, ACPI_NOTIFY_DEVICE_CHECK);
	if (hotweave_choose(2))
		acpi_hotplug_schedule(&memory_device, ACPI_NOTIFY_EJECT_REQUEST);
	acpi_hotplug_flush();
	return 0;
}

HOTWEAVE_TARGET(acpi_add_vs_probe, "firmware adds memory while another block is added by 'probe'")
{
	struct task_struct *firmware, *probe;

	boot_memory(1UL << 0);
	enable_auto_online();
	acpi_hotplug_init();
	acpi_memory_device_init(&memory_device, PFN_PHYS(section_nr_to_pfn(OF_FIRMWARE)), MIN_MEMORY_BLOCK_SIZE, false);

	firmware = kthread_run(acpi, NULL, "acpi");
	probe = kthread_run(probe_block, SECTION_ARG(OF_USER), "probe");
	hotweave_join(firmware);
	hotweave_join(probe);
}

HOTWEAVE_EXPECT(acpi_add_vs_probe, "S1-F", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(acpi_add_vs_probe, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(acpi_add_vs_probe, "v5.0", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(acpi_add_vs_probe, "v5.1", "", "S1-G");
HOTWEAVE_EXPECT(acpi_add_vs_probe, "v6.7", "", "S1-I");
