// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: workqueues. */
#include <asm/processor.h>
#include <linux/workqueue.h>

#include "rows.h"

static void do_first(struct work_struct *) { first_access(); }
static void do_second(struct work_struct *) { second_access(); }
static void do_nothing(struct work_struct *) { }

static DECLARE_WORK(first_work, do_first);
static DECLARE_WORK(second_work, do_second);
static DECLARE_WORK(other_work, do_nothing);

/* ---- Queueing precedes the execution ---- */

static int queues_second(void *)
{
	first_access();
	schedule_work_on(1, &second_work);
	return 0;
}

static void sync_queue_work(void)
{
	run_two(queues_second, [](void *) { return 0; });
	flush_work(&second_work);
}
ORDERED(queue_work);

/* Also of one that finds the work pending: whoever lets the work go does not know of it. */
static int queues_pending(void *)
{
	first_access();
	queue_work(system_freezable_wq, &second_work);
	return 0;
}

static void sync_queue_pending(void)
{
	freeze_workqueues_begin();
	queue_work(system_freezable_wq, &second_work);
	run_two(queues_pending, [](void *) { return 0; });
	thaw_workqueues();
	flush_work(&second_work);
}
ORDERED(queue_pending);

static void sync_queue_then(void)
{
	schedule_work_on(1, &second_work);
	first_access();
	flush_work(&second_work);
}
UNORDERED(queue_then);

static void sync_delayed_work(void)
{
	static DECLARE_DELAYED_WORK(dwork, do_second);

	first_access();
	schedule_delayed_work_on(1, &dwork, 1);
	while (!flush_work(&dwork.work) && delayed_work_pending(&dwork))
		schedule_timeout_uninterruptible(1);
}
ORDERED(delayed_work);

/* ---- The execution precedes the return of who waits for it ---- */

#define WAITING(name, wait)                                    \
	static void sync_##name(void)                          \
	{                                                      \
		schedule_work_on(1, &first_work);              \
		wait;                                          \
		second_access();                               \
		flush_work(&first_work);                       \
	}
WAITING(flush_work, flush_work(&first_work))
ORDERED(flush_work);
WAITING(flush_workqueue, flush_workqueue(system_wq))
ORDERED(flush_workqueue);
/* Both end while it waits; the other one ends last and wakes it. */
WAITING(flush_two_works, schedule_work_on(2, &other_work); flush_workqueue(system_wq))
ORDERED(flush_two_works);
WAITING(drain_workqueue, drain_workqueue(system_wq))
ORDERED(drain_workqueue);
WAITING(flush_other_work, schedule_work_on(2, &other_work); flush_work(&other_work))
UNORDERED(flush_other_work);
WAITING(work_pending, while (work_pending(&first_work)) cpu_relax())
UNORDERED(work_pending);

/* A work that may not have begun: what is cancelled makes no access. */
WAITING(cancel_work_sync, cancel_work_sync(&first_work))
ORDERED(cancel_work_sync);
WAITING(cancel_work, cancel_work(&first_work))
UNORDERED(cancel_work);

/* The flush finds that the work has run. */
static void sync_flush_late(void)
{
	schedule_work_on(1, &first_work);
	schedule_timeout_uninterruptible(1);
	flush_work(&first_work);
	second_access();
}
ORDERED(flush_late);

static void sync_flush_workqueue_late(void)
{
	schedule_work_on(1, &first_work);
	schedule_timeout_uninterruptible(1);
	flush_workqueue(system_wq);
	second_access();
}
ORDERED(flush_workqueue_late);

/* ---- One execution precedes the next ---- */

static struct work_struct both;
static int turn;

static void do_both(struct work_struct *)
{
	/* turn: of the work alone */
	if (!turn++)
		first_access();
	else
		second_access();
}

static void queue_both(int first_cpu, int second_cpu)
{
	INIT_WORK(&both, do_both);
	schedule_work_on(first_cpu, &both);
	while (work_pending(&both))
		cpu_relax();
	schedule_work_on(second_cpu, &both);
	flush_work(&both);
}

static void sync_next_execution(void) { queue_both(1, 2); }
ORDERED(next_execution);

static void queue_first_and_second(struct workqueue_struct *wq)
{
	queue_work_on(1, wq, &first_work);
	queue_work_on(1, wq, &second_work);
	flush_work(&first_work);
	flush_work(&second_work);
}

static void sync_ordered_workqueue(void)
{
	queue_first_and_second(alloc_ordered_workqueue("ordered", 0));
}
ORDERED(ordered_workqueue);

static void sync_unbound_workqueue(void) { queue_first_and_second(system_unbound_wq); }
UNORDERED(unbound_workqueue);

static void sync_pool_of_cpu(void)
{
	queue_work_on(1, system_wq, &first_work);
	queue_work_on(1, system_long_wq, &second_work);
	flush_work(&first_work);
	flush_work(&second_work);
}
ORDERED(pool_of_cpu);

static void sync_pools_of_cpu(void)
{
	queue_work_on(1, system_wq, &first_work);
	queue_work_on(1, system_highpri_wq, &second_work);
	flush_work(&first_work);
	flush_work(&second_work);
}
UNORDERED(pools_of_cpu);
