// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of works of one thread, and of rcuwait. */
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/rcuwait.h>

#include "../support/tasks.h"

static struct kthread_worker *worker;
static int inside, finished;

/* One thread: works never overlap. */
static void visits(struct kthread_work *)
{
	BUG_ON(inside++);
	finished++;
	BUG_ON(--inside);
}
static DEFINE_KTHREAD_WORK(work, visits);
static DEFINE_KTHREAD_DELAYED_WORK(delayed, visits);

static void act(void)
{
	switch (hotweave_choose(8)) {
	case 1:
		kthread_queue_delayed_work(worker, &delayed, hotweave_choose(3));
		break;
	case 2:
		kthread_mod_delayed_work(worker, &delayed, hotweave_choose(3));
		break;
	case 3:
		kthread_cancel_work_sync(&work);
		break;
	case 4:
		kthread_cancel_delayed_work_sync(&delayed);
		break;
	case 5:
		kthread_flush_work(&work);
		break;
	case 6:
		kthread_flush_worker(worker);
		break;
	default:
		kthread_queue_work(worker, &work);
	}
}

static int acts(void *)
{
	for (int i = 0; i < 4; i++)
		act();
	return 0;
}

static void torture(void)
{
	worker = kthread_create_worker(0, "worker");
	run_three(acts, acts, acts);
}

HOTWEAVE_TARGET(kthread_worker_torture, "three threads queue, move, flush and cancel works of a fourth")
{
	torture();
	kthread_cancel_delayed_work_sync(&delayed);
	kthread_flush_worker(worker);
	finished++;
	kthread_destroy_worker(worker);
}

HOTWEAVE_TARGET(kthread_worker_torture_mutant_no_cancel, "the worker is destroyed with a delayed work left")
{
	torture();
	kthread_destroy_worker(worker);
}
HOTWEAVE_EXPECT(kthread_worker_torture_mutant_no_cancel, "", "use-after-free assertion lock-misuse", "");

HOTWEAVE_TARGET(kthread_worker_torture_mutant_no_flush, "what the works have done is read without waiting for them")
{
	torture();
	kthread_cancel_delayed_work_sync(&delayed);
	finished++;
	kthread_destroy_worker(worker);
}
HOTWEAVE_EXPECT(kthread_worker_torture_mutant_no_flush, "", "data-race", "");

/* ---- rcuwait: a stream of values from one to one ---- */

#define VALUES 3

static struct rcuwait consumer;
static int full, value;
static bool hasty;

static int consumes(void *)
{
	for (int i = 0; i < VALUES; i++) {
		rcuwait_wait_event(&consumer, smp_load_acquire(&full), TASK_UNINTERRUPTIBLE);
		BUG_ON(value != i);
		smp_store_release(&full, 0);
	}
	return 0;
}

static int produces(void *)
{
	for (int i = 0; i < VALUES; i++) {
		while (smp_load_acquire(&full))
			cpu_relax();
		value = i;
		if (hasty)
			rcuwait_wake_up(&consumer);
		smp_store_release(&full, 1);
		if (!hasty)
			rcuwait_wake_up(&consumer);
	}
	return 0;
}

HOTWEAVE_TARGET(rcuwait_torture, "a thread waits for values that another one hands over")
{
	rcuwait_init(&consumer);
	run_two(consumes, produces);
}

HOTWEAVE_TARGET(rcuwait_torture_mutant_hasty, "it is woken before the value is there")
{
	hasty = true;
	run_two(consumes, produces);
}
HOTWEAVE_EXPECT(rcuwait_torture_mutant_hasty, "", "hung-task livelock", "");
