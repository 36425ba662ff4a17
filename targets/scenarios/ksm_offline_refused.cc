// SPDX-License-Identifier: GPL-2.0-only
/*
 * Somebody who is asked before KSM refuses that a memory block goes offline: all are told that it is cancelled, KSM too, which
 * never heard that it was to begin.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/memory.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

static int refuse_first(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb;
	(void)data;
	if (action != MEM_GOING_OFFLINE)
		return NOTIFY_OK;
	return notifier_from_errno(hotweave_choose(2) ? -EBUSY : 0);
}

static struct notifier_block refuse_first_nb = { refuse_first, NULL, 200 };

HOTWEAVE_TARGET(ksm_offline_refused, "somebody refuses that memory goes offline before KSM is asked")
{
	struct task_struct *offliner;

	boot_ksm(2, 1);
	BUG_ON(register_memory_notifier(&refuse_first_nb));
	start_ksmd();
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	hotweave_join(offliner);
}

HOTWEAVE_EXPECT(ksm_offline_refused, "S3-B", "lock-misuse lock-order", "S3-B 5.6 CANCEL_OFFLINE without GOING_OFFLINE");
HOTWEAVE_EXPECT(ksm_offline_refused, "v3.8", "lock-misuse lock-order", "S3-B 5.6 CANCEL_OFFLINE without GOING_OFFLINE");
HOTWEAVE_EXPECT(ksm_offline_refused, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline_refused, "v6.7", "", "S3-D");
