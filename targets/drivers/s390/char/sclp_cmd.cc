// SPDX-License-Identifier: GPL-2.0-only
/*
 * Standby memory of s390 (drivers/s390/char/sclp_cmd.c of Linux 3.19 to 6.7): it is added, offline, when it is detected;
 * the storage behind a block is assigned when the block goes online and given back when it went offline, by a memory
 * notifier under sclp_mem_mutex.
 *
 * Model: one increment to a block; the service call that assigns always succeeds unless the input says otherwise, and
 * sleeps nowhere.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>
#include <linux/notifier.h>

#include <hotweave/target.h>

#include "../../../history/history.h"
#include "sclp_cmd.h"

/* Protects what follows. */
static DEFINE_MUTEX(sclp_mem_mutex);

/* Increments, by section: those that are standby memory, and of these the ones that are assigned. */
static unsigned long sclp_mem_standby;
static unsigned long sclp_mem_assigned;

/* ---- Assigning: under sclp_mem_mutex --------------------------------------------------------------------- */

static int sclp_assign_storage(unsigned long rn)
{
	if (hotweave_one_in(8))
		return -EIO;
	sclp_mem_assigned |= 1UL << rn;
	return 0;
}

static void sclp_unassign_storage(unsigned long rn)
{
	sclp_mem_assigned &= ~(1UL << rn);
}

static int sclp_mem_change_state(unsigned long start_pfn, unsigned long nr_pages, bool online)
{
	for (unsigned long pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SECTION) {
		unsigned long rn = pfn_to_section_nr(pfn);

		if (!(sclp_mem_standby & 1UL << rn))
			continue;
		if (!online)
			sclp_unassign_storage(rn);
		else if (sclp_assign_storage(rn))
			return -EIO;
	}
	return 0;
}

static int sclp_mem_notifier(struct notifier_block *nb, unsigned long action, void *data)
{
	struct memory_notify *arg = (struct memory_notify *)data;
	int rc = 0;

	(void)nb;
	mutex_lock(&sclp_mem_mutex);
	switch (action) {
	case MEM_GOING_ONLINE:
		rc = sclp_mem_change_state(arg->start_pfn, arg->nr_pages, true);
		break;
	case MEM_CANCEL_ONLINE:
	case MEM_OFFLINE:
		sclp_mem_change_state(arg->start_pfn, arg->nr_pages, false);
		break;
	}
	mutex_unlock(&sclp_mem_mutex);
	return rc ? NOTIFY_BAD : NOTIFY_OK;
}

static struct notifier_block sclp_mem_nb = { sclp_mem_notifier, NULL, 0 };

/* ---- Detection -------------------------------------------------------------------------------------------- */

void sclp_mem_init(void)
{
	BUG_ON(register_memory_notifier(&sclp_mem_nb));
}

/* Without device_hotplug_lock up to 4.19; add_memory() takes it from 4.20 on. */
int sclp_add_standby_memory(u64 start)
{
	int ret;

	mutex_lock(&sclp_mem_mutex);
	sclp_mem_standby |= 1UL << pfn_to_section_nr(PFN_DOWN(start));
	mutex_unlock(&sclp_mem_mutex);
	ret = add_memory(0, start, MIN_MEMORY_BLOCK_SIZE);
	return ret;
}
