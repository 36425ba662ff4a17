// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of workqueue_test.cc: deadlocks and misuse, each beside its near miss. */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock);
static struct work_struct locker;
static struct workqueue_struct *wq;

static void locks(struct work_struct *)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
}

static void nothing(struct work_struct *)
{
	cond_resched();
}

static DECLARE_WORK(harmless, nothing);

/* ---- Under a lock ---- */

static void under_lock(void (*fn)(void))
{
	INIT_WORK(&locker, locks);
	schedule_work(&locker);
	mutex_lock(&lock);
	fn();
	mutex_unlock(&lock);
	flush_work(&locker);
}

HOTWEAVE_TARGET(wq_flush_locked, "flush_work under a lock that the work takes")
{
	under_lock([] { flush_work(&locker); });
}

HOTWEAVE_TARGET(wq_flush_workqueue_locked, "flush_workqueue under a lock that a work takes")
{
	under_lock([] { flush_workqueue(system_wq); });
}

HOTWEAVE_TARGET(wq_cancel_sync_locked, "cancel_work_sync under a lock that the work takes")
{
	under_lock([] { cancel_work_sync(&locker); });
}

HOTWEAVE_TARGET(wq_cancel_locked, "cancel_work under that lock")
{
	under_lock([] { cancel_work(&locker); });
}

HOTWEAVE_TARGET(wq_flush_other_locked, "another work is flushed under that lock")
{
	under_lock([] {
		schedule_work(&harmless);
		flush_work(&harmless);
	});
}

/* lockdep knows that these could deadlock, though the work has ended. */
static void idle_under_lock(void (*fn)(void))
{
	INIT_WORK(&locker, locks);
	schedule_work(&locker);
	flush_work(&locker);
	mutex_lock(&lock);
	fn();
	mutex_unlock(&lock);
}

HOTWEAVE_TARGET(wq_flush_idle_locked, "flush_work of an idle work under a lock that it takes")
{
	idle_under_lock([] { flush_work(&locker); });
}

HOTWEAVE_TARGET(wq_cancel_idle_locked, "cancel_work_sync of an idle work under a lock that it takes")
{
	idle_under_lock([] { cancel_work_sync(&locker); });
}

HOTWEAVE_TARGET(wq_flush_idle_workqueue_locked, "flush_workqueue under a lock that a work takes that has ended")
{
	idle_under_lock([] { flush_workqueue(system_wq); });
}

/* ---- A work that waits for works ---- */

static void run_work(struct workqueue_struct *queue, work_func_t fn)
{
	static struct work_struct itself;
	struct work_struct *work = &itself;

	INIT_WORK(&itself, fn);
	itself.lockdep_map.name = "itself";
	queue_work(queue, work);
	flush_work(work);
}

HOTWEAVE_TARGET(wq_flush_self, "a work flushes itself")
{
	run_work(system_wq, [](struct work_struct *work) { flush_work(work); });
}

HOTWEAVE_TARGET(wq_cancel_self, "a work cancels itself and waits")
{
	run_work(system_wq, [](struct work_struct *work) { cancel_work_sync(work); });
}

HOTWEAVE_TARGET(wq_flush_own_workqueue, "a work flushes the workqueue it is on")
{
	run_work(system_wq, [](struct work_struct *) { flush_workqueue(system_wq); });
}

HOTWEAVE_TARGET(wq_flush_other, "a work flushes another one")
{
	run_work(system_wq, [](struct work_struct *) {
		schedule_work(&harmless);
		flush_work(&harmless);
	});
}

static void flushes_harmless(struct work_struct *)
{
	flush_work(&harmless);
}

static void flush_later(struct workqueue_struct *queue)
{
	static DECLARE_WORK(first, flushes_harmless);

	preempt_disable();
	queue_work(queue, &first);
	queue_work(queue, &harmless);
	preempt_enable();
	flush_work(&first);
}

HOTWEAVE_TARGET(wq_flush_later_ordered, "a work waits for one that an ordered workqueue runs after it")
{
	flush_later(alloc_ordered_workqueue("ordered", 0));
}

HOTWEAVE_TARGET(wq_flush_later_concurrent, "the same on a workqueue that is not ordered")
{
	flush_later(system_unbound_wq);
}

extern struct work_struct left, right;

static void flushes_right(struct work_struct *) { flush_work(&right); }
static void flushes_left(struct work_struct *) { flush_work(&left); }

DECLARE_WORK(left, flushes_right);
DECLARE_WORK(right, flushes_left);

HOTWEAVE_TARGET(wq_flush_each_other, "two works flush each other")
{
	queue_work(system_unbound_wq, &left);
	queue_work(system_unbound_wq, &right);
}

/* ---- Initialisation and lifetime ---- */

HOTWEAVE_TARGET(wq_never_initialised, "a work that was never initialised")
{
	static struct work_struct zero;

	schedule_work(&zero);
}

static void initialise_again(bool flush)
{
	static struct work_struct work;

	INIT_WORK(&work, nothing);
	schedule_work(&work);
	if (flush)
		flush_work(&work);
	INIT_WORK(&work, nothing);
	schedule_work(&work);
	flush_work(&work);
}

HOTWEAVE_TARGET(wq_initialised_while_pending, "INIT_WORK of a pending work")
{
	initialise_again(false);
}

HOTWEAVE_TARGET(wq_initialised_again, "INIT_WORK of an idle work")
{
	initialise_again(true);
}

static __attribute__((noinline)) void work_on_stack(int flush)
{
	struct work_struct work;

	INIT_WORK_ONSTACK(&work, nothing);
	schedule_work(&work);
	if (flush == 1)
		flush_work(&work);
	if (flush >= 0)
		destroy_work_on_stack(&work);
}

HOTWEAVE_TARGET(wq_stack_left, "a function returns while its work is pending")
{
	work_on_stack(-1);
	msleep(10);
}

HOTWEAVE_TARGET(wq_stack_destroyed, "destroy_work_on_stack of a pending work")
{
	work_on_stack(0);
}

HOTWEAVE_TARGET(wq_stack_flushed, "a work on the stack is flushed first")
{
	work_on_stack(1);
	work_on_stack(1);
}

static __attribute__((noinline)) void delayed_on_stack(void)
{
	struct delayed_work dwork;

	INIT_DELAYED_WORK_ONSTACK(&dwork, nothing);
	schedule_delayed_work(&dwork, 1);
}

HOTWEAVE_TARGET(wq_delayed_stack_left, "a function returns while its delayed work is armed")
{
	delayed_on_stack();
	msleep(100);
}

HOTWEAVE_TARGET(wq_destroyed, "a work is queued to a workqueue that was destroyed")
{
	wq = alloc_workqueue("short", 0, 0);
	destroy_workqueue(wq);
	queue_work(wq, &harmless);
}

static void destroy_with_delayed(bool cancel)
{
	static DECLARE_DELAYED_WORK(dwork, nothing);

	wq = alloc_workqueue("short", WQ_MEM_RECLAIM, 0);
	queue_delayed_work(wq, &dwork, 10);
	if (cancel)
		cancel_delayed_work_sync(&dwork);
	destroy_workqueue(wq);
	msleep(1000);
}

HOTWEAVE_TARGET(wq_destroyed_while_armed, "a workqueue is destroyed while a delayed work is to be queued there")
{
	destroy_with_delayed(false);
}

HOTWEAVE_TARGET(wq_cancelled_before_destroy, "the delayed work is cancelled first")
{
	destroy_with_delayed(true);
}

static int drains(void *)
{
	drain_workqueue(wq);
	return 0;
}

static int queues(void *)
{
	queue_work(wq, &harmless);
	return 0;
}

HOTWEAVE_TARGET(wq_queue_while_draining, "a work is queued from outside while the workqueue is drained")
{
	static DECLARE_WORK(slow, [](struct work_struct *) { msleep(10); });

	wq = alloc_workqueue("drained", 0, 0);
	queue_work(wq, &slow);
	run_two(drains, queues);
}

/* ---- What a function must not do ---- */

HOTWEAVE_TARGET(wq_leaks_lock, "a work returns with a mutex held")
{
	run_work(system_wq, [](struct work_struct *) { mutex_lock(&lock); });
}

HOTWEAVE_TARGET(wq_leaks_preempt, "a work returns with preemption off")
{
	run_work(system_wq, [](struct work_struct *) { preempt_disable(); });
}

static void flushes_slow(struct work_struct *)
{
	static DECLARE_WORK(slow, [](struct work_struct *) { msleep(10); });

	queue_work(wq, &slow);
	flush_work(&slow);
}

HOTWEAVE_TARGET(wq_reclaim_flushes_ordinary, "a work of a WQ_MEM_RECLAIM workqueue waits for an ordinary one")
{
	wq = system_wq;
	run_work(alloc_workqueue("reclaim", WQ_MEM_RECLAIM, 0), flushes_slow);
}

HOTWEAVE_TARGET(wq_reclaim_flushes_reclaim, "a work of a WQ_MEM_RECLAIM workqueue waits for one of another")
{
	wq = mm_percpu_wq;
	run_work(alloc_workqueue("reclaim", WQ_MEM_RECLAIM, 0), flushes_slow);
}

HOTWEAVE_TARGET(wq_legacy_flushes_ordinary, "a work of create_workqueue() waits for an ordinary one")
{
	wq = system_wq;
	run_work(create_workqueue("legacy"), flushes_slow);
}

HOTWEAVE_TARGET(wq_memalloc_flushes_ordinary, "a task that allocates memory waits for an ordinary work")
{
	wq = system_wq;
	current->flags |= PF_MEMALLOC;
	flushes_slow(NULL);
}

HOTWEAVE_TARGET(wq_flush_in_atomic, "flush_work with preemption off")
{
	preempt_disable();
	flush_work(&harmless);
	preempt_enable();
}

HOTWEAVE_TARGET(wq_queue_in_atomic, "queue_work with preemption and interrupts off")
{
	local_irq_disable();
	schedule_work(&harmless);
	cancel_work(&harmless);
	schedule_work(&harmless);
	local_irq_enable();
	flush_work(&harmless);
}

static void queues_in_irq(void *)
{
	BUG_ON(!in_hardirq());
	schedule_work(&harmless);
}

HOTWEAVE_TARGET(wq_queue_in_irq, "queue_work in an interrupt")
{
	hotweave_raise_irq(0, queues_in_irq, NULL);
	msleep(10);
	flush_work(&harmless);
}
