// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kworker, as that of ACPI, takes a block offline, all of whose pages are free, one of them on the list of another CPU.
 */
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/workqueue.h>

#include <hotweave/target.h>

#include "memory.h"
#include "pages.h"

#define BLOCK 1UL

static int result;

/* Source: acpi_bus_offline() of acpi_hotplug_work_fn(), 4.12. */
static void offline_block_workfn(struct work_struct *work)
{
	struct memory_block *mem = find_memory_block(__nr_to_section(BLOCK));

	(void)work;
	lock_device_hotplug();
	result = device_offline(&mem->dev);
	unlock_device_hotplug();
	put_device(&mem->dev);
}

static DECLARE_WORK(eject_work, offline_block_workfn);

static int eject(void *arg)
{
	(void)arg;
	schedule_work(&eject_work);
	flush_work(&eject_work);
	return 0;
}

HOTWEAVE_TARGET(kworker_offline_pcp, "a kworker takes a block offline, of which a CPU has a free page on its list")
{
	struct task_struct *task;

	boot_pages(1UL << 0 | 1UL << BLOCK);
	leave_page_of_section_on(2, BLOCK);

	task = kthread_run(eject, NULL, "eject");
	hotweave_join(task);
	/* Every page of it is free. */
	WARN_ON(result && !somebody_refused());
}

/* From 5.0 the loop of offline_pages() does not end before the pages are there: S4-F, which has it, is not asked. */
HOTWEAVE_EXPECT(kworker_offline_pcp, "S4-A", "", "S4-A");
HOTWEAVE_EXPECT(kworker_offline_pcp, "S4-G", "", "S4-G");
HOTWEAVE_EXPECT(kworker_offline_pcp, "v4.10", "", "S4-A");
HOTWEAVE_EXPECT(kworker_offline_pcp, "v4.11", "assertion", "S4-F 4f");
HOTWEAVE_EXPECT(kworker_offline_pcp, "v4.12", "assertion", "S4-F 4f");
HOTWEAVE_EXPECT(kworker_offline_pcp, "v4.16", "", "S4-G");
HOTWEAVE_EXPECT(kworker_offline_pcp, "v6.7", "", "lists are drained remotely");
