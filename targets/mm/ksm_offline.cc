// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM and memory that goes offline (mm/ksm.c: ksm_memory_callback(), wait_while_offlining()).
 *
 * The stable tree knows pages by number. While memory goes offline their struct pages may go, so nobody may use a tree:
 *   up to 2.6.36 (S3-A)  the callback takes ksm_thread_mutex at GOING_OFFLINE and keeps it until OFFLINE or CANCEL;
 *   up to 3.8 (S3-B)     the same with a subclass of its own, which does not help: it is taken inside the chain's rwsem
 *                        and held while that is taken again;
 *   from 3.9 (S3-D)      it sets KSM_RUN_OFFLINE under the mutex, and whoever takes the mutex waits for that bit.
 * Model: wait_on_bit() is spelt out, for its looks at ksm_run meet plain writes under the mutex.
 */
#include <linux/bug.h>
#include <linux/log2.h>
#include <linux/memory.h>
#include <linux/wait_bit.h>

#include "../history/history.h"
#include "ksm.h"

static const int offline_bit = 2;
static_assert(1UL << offline_bit == KSM_RUN_OFFLINE);

/* wait_on_bit(&ksm_run, ilog2(KSM_RUN_OFFLINE), TASK_UNINTERRUPTIBLE) */
static void wait_on_offline_bit(void)
{
	struct wait_queue_head *wq_head = bit_waitqueue(&ksm_run, offline_bit);
	DEFINE_WAIT_BIT(wait, &ksm_run, offline_bit);

	might_sleep();
	while (ksm_run_now() & KSM_RUN_OFFLINE) {
		prepare_to_wait(wq_head, &wait.wq_entry, TASK_UNINTERRUPTIBLE);
		if (ksm_run_now() & KSM_RUN_OFFLINE)
			bit_wait(&wait.key, TASK_UNINTERRUPTIBLE);
	}
	finish_wait(wq_head, &wait.wq_entry);
}

void wait_while_offlining(void)
{
	ksm_tree_user = NULL;
	while (ksm_run & KSM_RUN_OFFLINE) {
		if (!altered(ALT_ksm_waits_with_mutex))
			mutex_unlock(&ksm_thread_mutex);
		wait_on_offline_bit();
		if (!altered(ALT_ksm_waits_with_mutex))
			mutex_lock(&ksm_thread_mutex);
		if (altered(ALT_ksm_waits_once))
			break;
	}
}

/* ---- From 3.9 --------------------------------------------------------------------------------------- */

static void set_offline_flag(void)
{
	bool locked = !altered(ALT_ksm_flag_without_mutex);

	if (locked) {
		mutex_lock(&ksm_thread_mutex);
		ksm_tree_user = NULL;
	}
	ksm_run |= KSM_RUN_OFFLINE;
	if (locked)
		mutex_unlock(&ksm_thread_mutex);
}

static void clear_offline_flag(void)
{
	mutex_lock(&ksm_thread_mutex);
	if (altered(ALT_ksm_wakes_before_clearing))
		wake_up_bit(&ksm_run, offline_bit);
	ksm_run &= ~KSM_RUN_OFFLINE;
	mutex_unlock(&ksm_thread_mutex);
	smp_mb(); /* wake_up_bit advises this */
	if (!altered(ALT_ksm_wakes_before_clearing))
		wake_up_bit(&ksm_run, offline_bit);
}

/* ---- The callback ----------------------------------------------------------------------------------- */

static void lock_ksm_out(void)
{
	if (altered(ALT_ksm_not_locked_out))
		return;
	if (fixed(FIX_ef4d43a80758))
		set_offline_flag();
	else if (fixed(FIX_a0b0f58cdd32))
		mutex_lock_nested(&ksm_thread_mutex, SINGLE_DEPTH_NESTING);
	else
		mutex_lock(&ksm_thread_mutex);
}

static void let_ksm_in(unsigned long action)
{
	if (altered(ALT_ksm_not_locked_out))
		return;
	if (!fixed(FIX_ef4d43a80758))
		mutex_unlock(&ksm_thread_mutex);
	else if (action == MEM_OFFLINE || !altered(ALT_ksm_stays_out_after_cancel))
		clear_offline_flag();
}

static int ksm_memory_callback(struct notifier_block *self, unsigned long action, void *arg)
{
	struct memory_notify *mn = (struct memory_notify *)arg;

	(void)self;
	switch (action) {
	case MEM_GOING_OFFLINE:
		lock_ksm_out();
		break;
	case MEM_OFFLINE:
		/* Most of the pages have moved and taken their nodes with them; what was freed before it could move has
		 * left its node behind. */
		if (!altered(ALT_ksm_does_not_prune))
			ksm_check_stable_tree(mn->start_pfn, mn->start_pfn + mn->nr_pages);
		let_ksm_in(action);
		break;
	case MEM_CANCEL_OFFLINE:
		let_ksm_in(action);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block ksm_memory_callback_mem_nb = { ksm_memory_callback, NULL, 100 };

/* Up to 3.8 the priority matters: KSM is the first to be locked out. */
int ksm_offline_init(void)
{
	return register_memory_notifier(&ksm_memory_callback_mem_nb);
}
