// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two writers of mem_hotplug_lock: a block goes online by its file `state`, and a driver asks for the struct pages of its
 * device's memory. A balloon driver is told of the first and registers for the pages: as a reader of the lock that its own
 * task holds for write, which up to 4.12 is allowed, as long as the lock knows its writer.
 */
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/notifier.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../history/history.h"
#include "memory.h"

#define BLOCK 1UL
#define DEVICE_MEMORY 6UL

/* ---- A balloon driver ----------------------------------------------------------------------------------- */

static void balloon_page(struct page *page, unsigned int order)
{
	generic_online_page(page, order);
}

static int prepare(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb;
	(void)data;
	if (action == MEM_GOING_ONLINE)
		set_online_page_callback(balloon_page);
	return NOTIFY_OK;
}

static struct notifier_block balloon_nb = { prepare, NULL, 0 };

/* Where a writer may not read, a driver registers when it is loaded. */
static void load_balloon_driver(void)
{
	if (fixed(FIX_3f906ba23689))
		set_online_page_callback(balloon_page);
	else
		register_memory_notifier(&balloon_nb);
}

/* ---- Tasks ------------------------------------------------------------------------------------------------ */

static int online(void *arg)
{
	(void)arg;
	hotweave_write_sysfs("devices/system/memory/memory1/state", "online");
	return 0;
}

static int devm(void *arg)
{
	u64 start = PFN_PHYS(section_nr_to_pfn(DEVICE_MEMORY));

	(void)arg;
	if (!devm_memremap_pages(start, MIN_MEMORY_BLOCK_SIZE))
		devm_memunmap_pages(start, MIN_MEMORY_BLOCK_SIZE);
	return 0;
}

HOTWEAVE_TARGET(online_vs_devm_memremap, "a block goes online while a device's memory gets struct pages")
{
	struct task_struct *writer, *driver;

	boot_memory(1UL << 0 | 1UL << 4);
	add_offline_block(BLOCK);
	load_balloon_driver();

	writer = kthread_run(online, NULL, "online");
	driver = kthread_run(devm, NULL, "devm");
	hotweave_join(writer);
	hotweave_join(driver);
}

HOTWEAVE_EXPECT(online_vs_devm_memremap, "v4.9", "", "devm_memremap_pages() takes no lock yet");
HOTWEAVE_EXPECT(online_vs_devm_memremap, "v4.10", "data-race recursive-lock", "S1-B 1G");
HOTWEAVE_EXPECT(online_vs_devm_memremap, "S1-B", "data-race recursive-lock", "S1-B 1G");
HOTWEAVE_EXPECT(online_vs_devm_memremap, "S1-C", "", "memory_add_remove_lock");
HOTWEAVE_EXPECT(online_vs_devm_memremap, "v4.12", "", "memory_add_remove_lock");
HOTWEAVE_EXPECT(online_vs_devm_memremap, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(online_vs_devm_memremap, "v6.7", "", "S1-I");
