// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of kthread_worker_test.cc: works of one thread, and rcuwait. */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/rcuwait.h>

#include "../support/tasks.h"

static int data, ran;
static struct kthread_worker *worker;

static void counts(struct kthread_work *) { data++; WRITE_ONCE(ran, READ_ONCE(ran) + 1); }
static DEFINE_KTHREAD_WORK(work, counts);
static DEFINE_KTHREAD_DELAYED_WORK(delayed, counts);

static void start(void)
{
	worker = kthread_create_worker(0, "kw/%d", 7);
	BUG_ON(IS_ERR(worker));
}

HOTWEAVE_TARGET(kthread_work_flush, "what a work did is there after the flush, what was done before queueing is there for it")
{
	start();
	data = 1;
	BUG_ON(!kthread_queue_work(worker, &work));
	kthread_flush_work(&work);
	BUG_ON(data != 2);
	data++;
	BUG_ON(!kthread_queue_work(worker, &work));
	kthread_flush_worker(worker);
	BUG_ON(data != 4 || kthread_cancel_work_sync(&work));
	kthread_destroy_worker(worker);
}

HOTWEAVE_TARGET(kthread_work_no_flush, "without the flush that is a race")
{
	start();
	kthread_queue_work(worker, &work);
	data++;
	kthread_destroy_worker(worker);
}

HOTWEAVE_TARGET(kthread_work_delayed, "a delayed work runs later, is moved, is cancelled")
{
	start();
	BUG_ON(!kthread_queue_delayed_work(worker, &delayed, 1000));
	/* False is possible even if it never ran: the timer fired in the middle of the cancelling. */
	kthread_cancel_delayed_work_sync(&delayed);
	kthread_queue_delayed_work(worker, &delayed, 10);
	kthread_mod_delayed_work(worker, &delayed, 0);
	kthread_flush_work(&delayed.work);
	BUG_ON(!READ_ONCE(ran));
	kthread_cancel_delayed_work_sync(&delayed);
	data++;
	kthread_destroy_worker(worker);
}

static void checks_cpu(struct kthread_work *) { BUG_ON(smp_processor_id() != 2); }

HOTWEAVE_TARGET(kthread_work_on_cpu, "a worker that is bound, one of its own thread, one that an allocation fails")
{
	static DEFINE_KTHREAD_WORK(w, checks_cpu);
	DEFINE_KTHREAD_WORKER_ONSTACK(own);
	struct task_struct *t;

	worker = kthread_create_worker_on_cpu(2, 0, "bound/%d", 2);
	kthread_queue_work(worker, &w);
	kthread_destroy_worker(worker);
	kthread_queue_work(&own, &work);
	t = kthread_run(kthread_worker_fn, &own, "own");
	kthread_flush_worker(&own);
	kthread_stop(t);
	BUG_ON(READ_ONCE(ran) != 1);
}

static void flushes_itself(struct kthread_work *w) { kthread_flush_work(w); }

HOTWEAVE_TARGET(kthread_work_flushes_itself, "a work that flushes itself waits for ever")
{
	static DEFINE_KTHREAD_WORK(w, flushes_itself);

	start();
	kthread_queue_work(worker, &w);
	kthread_flush_work(&w);
}

HOTWEAVE_TARGET(kthread_work_two_workers, "a work is queued to two workers")
{
	struct kthread_worker *second = kthread_create_worker(0, "second");

	start();
	kthread_queue_work(worker, &work);
	kthread_flush_worker(worker);
	kthread_queue_work(second, &work);
}

HOTWEAVE_TARGET(kthread_work_left, "a worker is destroyed while a delayed work of it is armed")
{
	start();
	kthread_queue_delayed_work(worker, &delayed, 10);
	kthread_destroy_worker(worker);
	msleep(1000);
}

HOTWEAVE_TARGET(kthread_work_freed, "a work is freed while its timer is armed")
{
	struct kthread_delayed_work *w = (struct kthread_delayed_work *)kzalloc(sizeof(*w), GFP_KERNEL);

	start();
	kthread_init_delayed_work(w, counts);
	kthread_queue_delayed_work(worker, w, 1000);
	kfree(w);
}

HOTWEAVE_TARGET(kthread_work_flush_atomic, "a flush with preemption off")
{
	start();
	preempt_disable();
	kthread_flush_worker(worker);
	preempt_enable();
}

/* ---- rcuwait ---- */

static struct rcuwait waiter = __RCUWAIT_INITIALIZER(waiter);
static int ready;

static int waits(void *)
{
	BUG_ON(rcuwait_wait_event(&waiter, smp_load_acquire(&ready), TASK_UNINTERRUPTIBLE));
	BUG_ON(data != 1 || rcuwait_active(&waiter));
	return 0;
}

static int wakes(void *)
{
	data = 1;
	smp_store_release(&ready, 1);
	rcuwait_wake_up(&waiter);
	return 0;
}

static int wakes_first(void *)
{
	data = 1;
	rcuwait_wake_up(&waiter);
	smp_store_release(&ready, 1);
	return 0;
}

HOTWEAVE_TARGET(rcuwait_wakes, "a waiter is woken") { run_two(waits, wakes); }
HOTWEAVE_TARGET(rcuwait_lost, "it is woken before the condition is true") { run_two(waits, wakes_first); }
