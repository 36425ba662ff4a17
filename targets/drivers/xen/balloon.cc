// SPDX-License-Identifier: GPL-2.0-only
/*
 * The balloon of a Xen guest, as far as it grows past its memory (drivers/xen/balloon.c of Linux 4.4 to 5.14): a worker
 * adds memory to reach its target; pages that go online are put into the balloon, and taken out again one by one.
 *
 * balloon_mutex is dropped around add_memory_resource(), because the onlining in it calls xen_online_page(), which takes
 * it. From 5.15 (8480ed9c2bbd) a kernel thread does what the worker does; here it is the worker in every profile.
 * Model: the hypervisor grants everything at once; the balloon does not shrink the guest. New memory lies in the section
 * that the driver was given; one section to a target.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "../../history/history.h"
#include "balloon.h"

enum bp_state {
	BP_DONE,
	BP_WAIT,
	BP_EAGAIN,
	BP_ECANCELED,
};

/* Protects what follows: the statistics and the list. */
static DEFINE_MUTEX(balloon_mutex);

static struct {
	unsigned long total_pages;  /* those the guest has, in the balloon or not */
	unsigned long target_pages;
	unsigned long balloon_low;  /* in the balloon */
} balloon_stats;

static LIST_HEAD(ballooned_pages);

/* The next range that may be added. */
static u64 next_start;

static void balloon_process(struct work_struct *work);
static DECLARE_DELAYED_WORK(balloon_worker, balloon_process);

/* ---- The balloon's pages: under balloon_mutex ----------------------------------------------------------- */

static void __balloon_append(struct page *page)
{
	list_add_tail(&page->lru, &ballooned_pages);
	balloon_stats.balloon_low++;
}

static struct page *balloon_retrieve(void)
{
	struct page *page;

	if (list_empty(&ballooned_pages))
		return NULL;
	page = list_entry(ballooned_pages.next, struct page, lru);
	list_del(&page->lru);
	balloon_stats.balloon_low--;
	return page;
}

static enum bp_state increase_reservation(void)
{
	struct page *page;

	while ((page = balloon_retrieve()))
		generic_online_page(page, 0);
	return BP_DONE;
}

/* ---- Memory hotplug ------------------------------------------------------------------------------------- */

static void xen_online_page(struct page *page, unsigned int order)
{
	mutex_lock(&balloon_mutex);
	for (unsigned long i = 0; i < 1UL << order; i++)
		__balloon_append(page + i);
	mutex_unlock(&balloon_mutex);
}

/* From 4.20 (8df1d0e4a265) add_memory_resource() wants device_hotplug_lock. */
static int add_resource(struct resource *resource)
{
	bool hold = fixed(FIX_8df1d0e4a265);
	int rc;

	if (hold)
		lock_device_hotplug();
	rc = add_memory_resource(memory_add_physaddr_to_nid(resource->start), resource);
	if (hold)
		unlock_device_hotplug();
	return rc;
}

static enum bp_state reserve_additional_memory(void)
{
	struct resource resource = { next_start, next_start + MIN_MEMORY_BLOCK_SIZE - 1, "System RAM" };
	bool keep = altered(ALT_xen_keeps_balloon_mutex);
	int rc;

	/* Enough was added: the rest is for whoever onlines it. */
	if (balloon_stats.target_pages <= balloon_stats.total_pages)
		return BP_WAIT;
	if (!keep)
		mutex_unlock(&balloon_mutex);
	rc = add_resource(&resource);
	if (!keep)
		mutex_lock(&balloon_mutex);
	if (rc)
		return BP_ECANCELED;
	balloon_stats.total_pages += PAGES_PER_SECTION;
	return BP_WAIT;
}

static void balloon_process(struct work_struct *work)
{
	enum bp_state state;

	(void)work;
	do {
		mutex_lock(&balloon_mutex);
		state = balloon_stats.balloon_low ? increase_reservation() : reserve_additional_memory();
		mutex_unlock(&balloon_mutex);
	} while (state == BP_DONE);
}

static int xen_memory_notifier(struct notifier_block *nb, unsigned long val, void *v)
{
	(void)nb;
	(void)v;
	if (val == MEM_ONLINE)
		schedule_delayed_work(&balloon_worker, 0);
	return NOTIFY_OK;
}

static struct notifier_block xen_memory_nb = { xen_memory_notifier, NULL, 0 };

/* ---- What a scenario calls -------------------------------------------------------------------------------- */

void xen_balloon_init(void)
{
	BUG_ON(set_online_page_callback(xen_online_page));
	BUG_ON(register_memory_notifier(&xen_memory_nb));
}

void balloon_set_new_target(u64 start)
{
	mutex_lock(&balloon_mutex);
	next_start = start;
	balloon_stats.target_pages += PAGES_PER_SECTION;
	mutex_unlock(&balloon_mutex);
	schedule_delayed_work(&balloon_worker, 0);
}

void xen_balloon_flush(void)
{
	flush_delayed_work(&balloon_worker);
}
