// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ways into memory hotplug as functions: see entry_points.h.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../arch/powerpc/platforms/powernv/memtrace.h"
#include "../arch/powerpc/platforms/pseries/hotplug-memory.h"
#include "../drivers/acpi/internal.h"
#include "../drivers/hv/hv_balloon.h"
#include "../drivers/s390/char/sclp_cmd.h"
#include "../drivers/xen/balloon.h"
#include "../history/history.h"
#include "../mm/internal.h"
#include "entry_points.h"
#include "memory.h"
#include "slab_user.h"

#define PRESENT 1UL /* online at boot */
#define ABSENT 2UL
#define OFFLINE 3UL
#define FAR_ABSENT 5UL /* of node 1 */
#define DEVICE_MEMORY 6UL /* and 7: nobody else's */

static u64 address_of(unsigned long section)
{
	return PFN_PHYS(section_nr_to_pfn(section));
}

static int write_file(const char *path, const char *text)
{
	ssize_t ret = hotweave_write_sysfs(path, text);

	return ret < 0 ? (int)ret : 0;
}

static int write_block_file(unsigned long section, const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "devices/system/memory/memory%lu/%s", section, file);
	return write_file(path, text);
}

/* ---- sysfs ------------------------------------------------------------------------------------------ */

int entry_probe(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)address_of(hotweave_choose(4) == 3 ? FAR_ABSENT : ABSENT));
	return write_file("devices/system/memory/probe", text);
}

int entry_state(void)
{
	switch (hotweave_choose(4)) {
	case 1:
		return write_block_file(PRESENT, "state", "offline");
	case 2:
		return write_block_file(OFFLINE, "state", "online_movable");
	case 3:
		return write_block_file(OFFLINE, "state", "offline");
	}
	return write_block_file(OFFLINE, "state", "online");
}

int entry_online(void)
{
	switch (hotweave_choose(4)) {
	case 1:
		return write_block_file(PRESENT, "online", "0");
	case 2:
		return write_block_file(OFFLINE, "online", "0");
	case 3:
		return write_block_file(PRESENT, "online", "1");
	}
	return write_block_file(OFFLINE, "online", "1");
}

/* ---- Firmware, hypervisors ---------------------------------------------------------------------------- */

static struct acpi_device offline_memory, absent_memory;

static void init_acpi(void)
{
	acpi_hotplug_init();
	acpi_memory_device_init(&offline_memory, address_of(OFFLINE), MIN_MEMORY_BLOCK_SIZE, true);
	acpi_memory_device_init(&absent_memory, address_of(ABSENT), MIN_MEMORY_BLOCK_SIZE, false);
}

int entry_acpi(void)
{
	unsigned int what = hotweave_choose(3);
	int ret;

	if (what == 2)
		ret = acpi_hotplug_schedule(&offline_memory, ACPI_NOTIFY_EJECT_REQUEST);
	else
		ret = acpi_hotplug_schedule(&absent_memory, ACPI_NOTIFY_DEVICE_CHECK);
	if (what == 1)
		ret = acpi_hotplug_schedule(&absent_memory, ACPI_NOTIFY_EJECT_REQUEST);
	acpi_hotplug_flush();
	return ret;
}

int entry_xen(void)
{
	balloon_set_new_target(address_of(ABSENT));
	xen_balloon_flush();
	return 0;
}

int entry_hv(void)
{
	hv_hot_add_request(address_of(ABSENT));
	hv_balloon_flush();
	return 0;
}

int entry_memtrace(void)
{
	if (!memtrace_enable(address_of(PRESENT), MIN_MEMORY_BLOCK_SIZE))
		return -EAGAIN;
	if (hotweave_choose(2))
		return memtrace_enable(address_of(PRESENT), 0) ? 0 : -EAGAIN;
	return 0;
}

int entry_dlpar(void)
{
	if (hotweave_choose(2))
		return dlpar_memory(PSERIES_HP_ELOG_ACTION_REMOVE, address_of(PRESENT));
	return dlpar_memory(PSERIES_HP_ELOG_ACTION_ADD, address_of(ABSENT));
}

int entry_standby(void)
{
	return sclp_add_standby_memory(address_of(ABSENT));
}

/* ---- Inside the kernel ---------------------------------------------------------------------------------- */

int entry_devm(void)
{
	u64 start = address_of(DEVICE_MEMORY + hotweave_choose(2));
	int ret = devm_memremap_pages(start, MIN_MEMORY_BLOCK_SIZE);

	if (!ret)
		devm_memunmap_pages(start, MIN_MEMORY_BLOCK_SIZE);
	return ret;
}

/* As offline_and_remove_memory() of 5.8; before, drivers wrote it out. Context: device_hotplug_lock held. */
static int offline_and_remove(u64 start)
{
	struct memory_block *mem = find_memory_block(__pfn_to_section(PFN_DOWN(start)));
	int nid = memory_add_physaddr_to_nid(start);
	int ret;

	if (!mem)
		return -ENODEV;
	ret = device_offline(&mem->dev);
	put_device(&mem->dev);
	if (ret < 0)
		return ret;
	if (fixed(FIX_d15e59260f62))
		__remove_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
	else
		remove_memory(nid, start, MIN_MEMORY_BLOCK_SIZE);
	return 0;
}

int entry_remove(void)
{
	int ret;

	lock_device_hotplug();
	ret = offline_and_remove(address_of(hotweave_choose(2) ? OFFLINE : PRESENT));
	unlock_device_hotplug();
	return ret;
}

int entry_kmemleak(void)
{
	kmemleak_scan();
	return 0;
}

static void init_slab(void)
{
	boot_slab(false);
}

int entry_slab(void)
{
	return create_and_destroy_cache(NULL);
}

/* ---- As tasks ------------------------------------------------------------------------------------------- */

const struct entry_point entry_point_probe = { "probe", entry_probe, NULL };
const struct entry_point entry_point_state = { "state", entry_state, NULL };
const struct entry_point entry_point_online = { "online", entry_online, NULL };
const struct entry_point entry_point_acpi = { "acpi", entry_acpi, init_acpi };
const struct entry_point entry_point_xen = { "xen", entry_xen, xen_balloon_init };
const struct entry_point entry_point_hv = { "hv", entry_hv, hv_balloon_init };
const struct entry_point entry_point_memtrace = { "memtrace", entry_memtrace, NULL };
const struct entry_point entry_point_dlpar = { "dlpar", entry_dlpar, NULL };
const struct entry_point entry_point_devm = { "devm", entry_devm, NULL };
const struct entry_point entry_point_remove = { "remove", entry_remove, NULL };
const struct entry_point entry_point_kmemleak = { "kmemleak", entry_kmemleak, NULL };
const struct entry_point entry_point_slab = { "slab", entry_slab, init_slab };
const struct entry_point entry_point_standby = { "standby", entry_standby, sclp_mem_init };

static int entry_task(void *arg)
{
	((const struct entry_point *)arg)->run();
	return 0;
}

static struct task_struct *start_entry_point(const struct entry_point *entry)
{
	return kthread_run(entry_task, (void *)entry, "%s", entry->name);
}

void boot_entry_points(void)
{
	boot_memory(1UL << 0 | 1UL << PRESENT | 1UL << 4);
	add_offline_block(OFFLINE);
	if (!hotweave_choose(2))
		enable_auto_online();
}

void run_entry_points(const struct entry_point *a, const struct entry_point *b)
{
	struct task_struct *first, *second;

	if (a->init)
		a->init();
	if (b->init && b != a)
		b->init();
	first = start_entry_point(a);
	second = start_entry_point(b);
	hotweave_join(first);
	hotweave_join(second);
}
