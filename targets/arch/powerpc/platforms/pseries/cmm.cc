// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collaborative memory (arch/powerpc/platforms/pseries/cmm.c of Linux 3.8 to 5.5): the one user of the isolate chain.
 * Pages that are lent are in use and cannot move; cmm says under zone->lock how many of a pageblock it has, so that the
 * pageblock may be isolated all the same, and takes them back when memory is about to go offline.
 *
 * Model: pages are lent before the tasks start. From 5.6 the kernel lends pages that can move; here they cannot, and their
 * block does not go offline.
 */
#include <linux/gfp.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>

#include "../../../../history/history.h"
#include "cmm.h"

#define CMM_MAX_PAGES 4

static struct page *cmm_pages[CMM_MAX_PAGES];
static int nr_cmm_pages;
/* Protects both. */
static DEFINE_SPINLOCK(cmm_lock);
/* A mutant takes it in its place. */
static DEFINE_MUTEX(cmm_mutex);

/* ---- Asked under zone->lock: cmm_count_pages(), 4.9 ------------------------------------------------------ */

static unsigned int pages_between(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned int found = 0;

	for (int i = 0; i < nr_cmm_pages; i++)
		found += page_to_pfn(cmm_pages[i]) >= start_pfn && page_to_pfn(cmm_pages[i]) < end_pfn;
	return found;
}

static int cmm_memory_isolate_cb(struct notifier_block *self, unsigned long action, void *data)
{
	struct memory_isolate_notify *arg = (struct memory_isolate_notify *)data;

	(void)self;
	if (action != MEM_ISOLATE_COUNT)
		return NOTIFY_OK;
	if (altered(ALT_isolate_notifier_sleeps)) {
		mutex_lock(&cmm_mutex);
		mutex_unlock(&cmm_mutex);
	}
	spin_lock(&cmm_lock);
	arg->pages_found += pages_between(arg->start_pfn, arg->start_pfn + arg->nr_pages);
	spin_unlock(&cmm_lock);
	return NOTIFY_OK;
}

/* ---- Taking back: cmm_mem_going_offline(), cmm_free_pages(), 4.9 ------------------------------------------- */

/* A page of the range, which is no longer lent; or NULL. */
static struct page *take_one(unsigned long start_pfn, unsigned long end_pfn)
{
	struct page *page = NULL;

	spin_lock(&cmm_lock);
	for (int i = 0; i < nr_cmm_pages && !page; i++) {
		if (page_to_pfn(cmm_pages[i]) < start_pfn || page_to_pfn(cmm_pages[i]) >= end_pfn)
			continue;
		page = cmm_pages[i];
		cmm_pages[i] = cmm_pages[--nr_cmm_pages];
	}
	spin_unlock(&cmm_lock);
	return page;
}

static int cmm_memory_cb(struct notifier_block *self, unsigned long action, void *data)
{
	struct memory_notify *arg = (struct memory_notify *)data;
	struct page *page;

	(void)self;
	if (action != MEM_GOING_OFFLINE)
		return NOTIFY_OK;
	while ((page = take_one(arg->start_pfn, arg->start_pfn + arg->nr_pages)))
		__free_page(page);
	return NOTIFY_OK;
}

void cmm_free_page(void)
{
	struct page *page = take_one(0, MAX_PFN);

	if (page)
		__free_page(page);
}

/* ---- Boot ------------------------------------------------------------------------------------------------- */

static struct notifier_block cmm_isolate_nb = { cmm_memory_isolate_cb, NULL, 0 };
static struct notifier_block cmm_mem_nb = { cmm_memory_cb, NULL, 0 };

void cmm_init(void)
{
	register_memory_notifier(&cmm_mem_nb);
	register_memory_isolate_notifier(&cmm_isolate_nb);
}

int cmm_lend_pages(unsigned long start_pfn, unsigned long end_pfn, int nr)
{
	struct page *others[MAX_PFN];
	int nr_others = 0;

	while (nr_cmm_pages < nr && nr_others < (int)MAX_PFN) {
		struct page *page = alloc_pages(GFP_NOWAIT, 0);

		if (!page)
			break;
		if (page_to_pfn(page) >= start_pfn && page_to_pfn(page) < end_pfn)
			cmm_pages[nr_cmm_pages++] = page;
		else
			others[nr_others++] = page;
	}
	while (nr_others)
		__free_page(others[--nr_others]);
	return nr_cmm_pages;
}
