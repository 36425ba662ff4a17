// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a Hyper-V host adds to its guest (drivers/hv/hv_balloon.c of Linux 3.19 to 6.7): a work adds it, then waits
 * up to five seconds for somebody to online it, so as not to add faster than that.
 *
 * Up to 5.6 a flag ha_waiting says whether anybody waits; the worker sets it and the notifier clears it, neither under a
 * lock: the notifier of another block can race with it (bc58ebd506c3 removed it).
 * Model: one range of one section to a request; pages are handed to the page allocator (hv_page_online_one() with
 * everything backed); ballooning and status messages are left out.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../../history/history.h"
#include "hv_balloon.h"

static struct {
	struct work_struct ha_wrk;
	u64 ha_page_range;
	/* Protects num_pages_onlined and the range. */
	spinlock_t ha_lock;
	bool ha_region_covered;
	struct completion ol_waitevent;
	bool ha_waiting; /* up to 5.6 */
	unsigned long num_pages_onlined;
} dm_device;

/* ---- Onlining ------------------------------------------------------------------------------------------- */

static void hv_online_page(struct page *page, unsigned int order)
{
	unsigned long flags;

	spin_lock_irqsave(&dm_device.ha_lock, flags);
	generic_online_page(page, order);
	dm_device.num_pages_onlined += 1UL << order;
	spin_unlock_irqrestore(&dm_device.ha_lock, flags);
}

static void wake_waiter(void)
{
	if (fixed(FIX_bc58ebd506c3)) {
		complete(&dm_device.ol_waitevent);
		return;
	}
	if (dm_device.ha_waiting) {
		dm_device.ha_waiting = false;
		complete(&dm_device.ol_waitevent);
	}
}

static int hv_memory_notifier(struct notifier_block *nb, unsigned long val, void *v)
{
	struct memory_notify *mem = (struct memory_notify *)v;
	unsigned long flags;

	(void)nb;
	switch (val) {
	case MEM_ONLINE:
	case MEM_CANCEL_ONLINE:
		wake_waiter();
		break;
	case MEM_OFFLINE:
		spin_lock_irqsave(&dm_device.ha_lock, flags);
		dm_device.num_pages_onlined -= mem->nr_pages;
		spin_unlock_irqrestore(&dm_device.ha_lock, flags);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block hv_memory_nb = { hv_memory_notifier, NULL, 0 };

/* ---- Adding --------------------------------------------------------------------------------------------- */

static void cover_region(bool covered)
{
	unsigned long flags;

	spin_lock_irqsave(&dm_device.ha_lock, flags);
	dm_device.ha_region_covered = covered;
	spin_unlock_irqrestore(&dm_device.ha_lock, flags);
}

/* Without device_hotplug_lock up to 4.19; add_memory() takes it from 4.20 on. */
void hv_mem_hot_add(u64 start)
{
	bool flag = !fixed(FIX_bc58ebd506c3);
	bool wait = true;

	cover_region(true);
	reinit_completion(&dm_device.ol_waitevent);
	if (flag) {
		wait = !hotweave_missing_annotation(memhp_auto_online, "one word, and no lock");
		dm_device.ha_waiting = wait;
	}
	if (add_memory(memory_add_physaddr_to_nid(start), start, MIN_MEMORY_BLOCK_SIZE)) {
		cover_region(false);
		return;
	}
	if (wait)
		wait_for_completion_timeout(&dm_device.ol_waitevent, 5 * HZ);
}

static void hot_add_req(struct work_struct *work)
{
	(void)work;
	hv_mem_hot_add(dm_device.ha_page_range);
}

/* ---- What a scenario calls -------------------------------------------------------------------------------- */

void hv_balloon_init(void)
{
	spin_lock_init(&dm_device.ha_lock);
	init_completion(&dm_device.ol_waitevent);
	INIT_WORK(&dm_device.ha_wrk, hot_add_req);
	BUG_ON(set_online_page_callback(hv_online_page));
	BUG_ON(register_memory_notifier(&hv_memory_nb));
}

void hv_hot_add_request(u64 start)
{
	dm_device.ha_page_range = start;
	schedule_work(&dm_device.ha_wrk);
}

void hv_balloon_flush(void)
{
	flush_work(&dm_device.ha_wrk);
}
