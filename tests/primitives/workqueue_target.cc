// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of workqueue_test.cc: what runs where and when. Misuse and deadlocks: workqueue_misuse_target.cc. */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "../support/tasks.h"

static atomic_t runs;
static int data;
static DECLARE_COMPLETION(done);

static void count(struct work_struct *)
{
	atomic_inc(&runs);
}

static DECLARE_WORK(counting, count);

HOTWEAVE_TARGET(wq_queue_and_flush, "a work runs once for each time it was not pending")
{
	BUG_ON(flush_work(&counting));
	BUG_ON(!schedule_work(&counting));
	flush_work(&counting);
	BUG_ON(atomic_read(&runs) != 1 || work_pending(&counting));
	BUG_ON(flush_work(&counting));
	BUG_ON(!schedule_work(&counting));
	schedule_work(&counting);
	flush_work(&counting);
	BUG_ON(atomic_read(&runs) < 2 || atomic_read(&runs) > 3);
}

HOTWEAVE_TARGET(wq_queued_works_run, "works run before the end of the execution though nobody waits")
{
	schedule_work(&counting);
	hotweave_invariant("the work has run", [] { return atomic_read(&runs) == 1; }, HOTWEAVE_AT_QUIESCENCE);
}

/* ---- Workers ---- */

static const char *expected_comm;
static int expected_cpu;

static void check_worker(struct work_struct *work)
{
	BUG_ON(strcmp(current->comm, expected_comm));
	BUG_ON(expected_cpu >= 0 && (int)raw_smp_processor_id() != expected_cpu);
	BUG_ON(current_work() != work || current_is_workqueue_rescuer());
	BUG_ON(!(current->flags & PF_WQ_WORKER));
	atomic_inc(&runs);
}

static DECLARE_WORK(checking, check_worker);

static void run_on(int cpu, struct workqueue_struct *wq, const char *comm)
{
	expected_comm = comm;
	expected_cpu = wq == system_unbound_wq ? -1 : cpu;
	queue_work_on(cpu, wq, &checking);
	flush_work(&checking);
}

HOTWEAVE_TARGET(wq_workers, "workers have the kernel's names and stay on their CPUs")
{
	run_on(1, system_wq, "kworker/1:0");
	run_on(2, system_highpri_wq, "kworker/2:0H");
	run_on(0, system_unbound_wq, "kworker/u6:0");
	run_on(1, system_long_wq, "kworker/1:0");
	BUG_ON(atomic_read(&runs) != 4 || current_work());
}

static void waits_for_done(struct work_struct *)
{
	wait_for_completion(&done);
	BUG_ON(data != 1);
}

static void gives_done(struct work_struct *)
{
	BUG_ON(strcmp(current->comm, expected_comm));
	data = 1;
	complete(&done);
}

static DECLARE_WORK(waiter, waits_for_done);
static DECLARE_WORK(giver, gives_done);

static void wait_and_give(struct workqueue_struct *wq)
{
	queue_work_on(0, wq, &waiter);
	queue_work_on(0, wq, &giver);
	flush_work(&waiter);
}

HOTWEAVE_TARGET(wq_sleeping_worker_is_replaced, "while a work sleeps another worker runs the next one")
{
	expected_comm = "kworker/0:1";
	wait_and_give(system_wq);
}

HOTWEAVE_TARGET(wq_max_active_one, "with max_active 1 the second work waits for the first for ever")
{
	expected_comm = "kworker/0:1";
	wait_and_give(alloc_workqueue("single", 0, 1));
}

static int flag;

static DECLARE_WORK(spinner, [](struct work_struct *) {
	while (!READ_ONCE(flag))
		cpu_relax();
});
static DECLARE_WORK(setter, [](struct work_struct *) { WRITE_ONCE(flag, 1); });

static void spin_and_set(unsigned int flags)
{
	struct workqueue_struct *wq = alloc_workqueue("spinning", flags, 0);

	queue_work_on(0, wq, &spinner);
	queue_work_on(0, wq, &setter);
	destroy_workqueue(wq);
}

HOTWEAVE_TARGET(wq_cpu_intensive, "a CPU intensive work does not keep the next one from running")
{
	spin_and_set(WQ_CPU_INTENSIVE);
}

HOTWEAVE_TARGET(wq_unbound_spins, "nor does an unbound one")
{
	spin_and_set(WQ_UNBOUND);
}

HOTWEAVE_TARGET(wq_running_worker_is_alone, "a work that spins keeps its CPU's pool from the next one")
{
	spin_and_set(0);
}

/* ---- Works that touch the same data without a lock ---- */

static void touch(struct work_struct *)
{
	data++;
}

static DECLARE_WORK(touch_a, touch);
static DECLARE_WORK(touch_b, touch);

static void touch_on(struct workqueue_struct *wq, int cpu_a, int cpu_b)
{
	queue_work_on(cpu_a, wq, &touch_a);
	queue_work_on(cpu_b, wq, &touch_b);
	flush_work(&touch_a);
	flush_work(&touch_b);
	BUG_ON(data != 2);
}

HOTWEAVE_TARGET(wq_same_cpu_excludes, "works of one CPU that do not sleep run one after the other")
{
	touch_on(system_wq, 1, 1);
}

HOTWEAVE_TARGET(wq_other_cpu_races, "works of two CPUs race")
{
	touch_on(system_wq, 1, 2);
}

HOTWEAVE_TARGET(wq_highpri_races, "works of one CPU's two pools race")
{
	queue_work_on(1, system_highpri_wq, &touch_b);
	touch_on(system_wq, 1, 1);
}

HOTWEAVE_TARGET(wq_unbound_races, "unbound works race")
{
	touch_on(system_unbound_wq, 1, 1);
}

HOTWEAVE_TARGET(wq_ordered_excludes, "works of an ordered workqueue do not")
{
	touch_on(alloc_ordered_workqueue("ordered", 0), 1, 2);
}

HOTWEAVE_TARGET(wq_single_is_per_cpu, "max_active 1 of a workqueue of CPUs counts for each CPU")
{
	touch_on(alloc_workqueue("single", 0, 1), 1, 2);
}

/* A worker that happens to run two works does not order what their queuers did. */
static int queuer_a_data;

static int queues_a(void *)
{
	queuer_a_data = 1;
	queue_work_on(0, system_unbound_wq, &touch_a);
	return 0;
}

static void reads_a(struct work_struct *)
{
	data = queuer_a_data;
}

static int queues_reader(void *)
{
	static DECLARE_WORK(reading, reads_a);

	queue_work_on(0, system_unbound_wq, &reading);
	return 0;
}

HOTWEAVE_TARGET(wq_works_do_not_order_their_queuers, "a work does not see what the queuer of another work wrote")
{
	run_two(queues_a, queues_reader);
}

/* ---- Non-reentrancy ---- */

static atomic_t inside;

static void slow(struct work_struct *)
{
	BUG_ON(atomic_inc_return(&inside) != 1);
	cond_resched();
	data++;
	BUG_ON(atomic_dec_return(&inside) != 0);
}

static DECLARE_WORK(slow_work, slow);

static int queues_slow(void *)
{
	for (int cpu = 0; cpu < 3; cpu++)
		queue_work_on(cpu, system_wq, &slow_work);
	return 0;
}

HOTWEAVE_TARGET(wq_not_reentrant, "a work that is queued on every CPU never runs twice at a time")
{
	run_two(queues_slow, queues_slow);
}

HOTWEAVE_TARGET(wq_reentrant_on_two_workqueues, "but it may if it is queued to another workqueue")
{
	queue_work_on(0, system_wq, &slow_work);
	while (work_pending(&slow_work))
		cpu_relax();
	queue_work_on(1, system_long_wq, &slow_work);
}

static int left = 3;

static void again(struct work_struct *work)
{
	if (--left)
		schedule_work(work);
}

static DECLARE_WORK(repeating, again);

HOTWEAVE_TARGET(wq_requeues_itself, "a work queues itself while it runs")
{
	schedule_work(&repeating);
	while (flush_work(&repeating))
		;
	BUG_ON(left);
}

/* ---- Cancelling ---- */

HOTWEAVE_TARGET(wq_cancel, "cancel_work says whether the work was pending")
{
	BUG_ON(cancel_work(&counting));
	preempt_disable();
	queue_work_on((int)raw_smp_processor_id(), system_wq, &counting);
	BUG_ON(!work_pending(&counting) || work_busy(&counting) != WORK_BUSY_PENDING);
	BUG_ON(!cancel_work(&counting));
	BUG_ON(work_pending(&counting) || work_busy(&counting));
	preempt_enable();
	BUG_ON(cancel_work_sync(&counting));
	msleep(10);
	BUG_ON(atomic_read(&runs));
}

static void sets_data_slowly(struct work_struct *)
{
	msleep(5);
	data = 1;
}

static DECLARE_WORK(slow_setter, sets_data_slowly);

HOTWEAVE_TARGET(wq_cancel_sync_waits, "cancel_work_sync waits for the function")
{
	schedule_work(&slow_setter);
	msleep(1);
	cancel_work_sync(&slow_setter);
	data = 2;
}

HOTWEAVE_TARGET(wq_cancel_does_not_wait, "cancel_work does not")
{
	schedule_work(&slow_setter);
	msleep(1);
	cancel_work(&slow_setter);
	data = 2;
}

static void repeats_for_ever(struct work_struct *work)
{
	msleep(1);
	schedule_work(work);
}

HOTWEAVE_TARGET(wq_cancel_sync_stops_requeueing, "cancel_work_sync stops a work that queues itself")
{
	static DECLARE_WORK(eternal, repeats_for_ever);

	schedule_work(&eternal);
	msleep(3);
	cancel_work_sync(&eternal);
	BUG_ON(work_pending(&eternal) || work_busy(&eternal));
}

static int cancels_slow_setter(void *)
{
	cancel_work_sync(&slow_setter);
	return 0;
}

HOTWEAVE_TARGET(wq_two_cancel, "two tasks cancel one work that runs")
{
	schedule_work(&slow_setter);
	run_two(cancels_slow_setter, cancels_slow_setter);
	data = 2;
}

/* ---- Delayed works ---- */

static unsigned long ran_at;

static void notes_time(struct work_struct *)
{
	ran_at = jiffies;
	atomic_inc(&runs);
}

static DECLARE_DELAYED_WORK(later, notes_time);

HOTWEAVE_TARGET(wq_delayed, "a delayed work runs after its delay")
{
	local_irq_disable();
	BUG_ON(!schedule_delayed_work(&later, 5));
	BUG_ON(schedule_delayed_work(&later, 1));
	BUG_ON(!delayed_work_pending(&later) || !timer_pending(&later.timer));
	local_irq_enable();
	msleep(1000);
	flush_work(&later.work);
	BUG_ON(ran_at < 5 || atomic_read(&runs) != 1);
}

HOTWEAVE_TARGET(wq_delayed_by_nothing, "with no delay it is queued at once")
{
	BUG_ON(!schedule_delayed_work(&later, 0));
	flush_work(&later.work);
	BUG_ON(atomic_read(&runs) != 1);
}

HOTWEAVE_TARGET(wq_mod_delayed, "mod_delayed_work moves the time, or queues")
{
	BUG_ON(mod_delayed_work(system_wq, &later, 2));
	mod_delayed_work(system_wq, &later, 100);
	msleep(1000);
	flush_work(&later.work);
	BUG_ON(atomic_read(&runs) < 1 || ran_at < 100);
}

HOTWEAVE_TARGET(wq_flush_delayed, "flush_delayed_work does not wait for the time")
{
	schedule_delayed_work(&later, 1000);
	flush_delayed_work(&later);
	BUG_ON(atomic_read(&runs) != 1);
	BUG_ON(delayed_work_pending(&later));
}

HOTWEAVE_TARGET(wq_cancel_delayed, "a cancelled delayed work does not run")
{
	local_irq_disable();
	schedule_delayed_work(&later, 10);
	BUG_ON(!cancel_delayed_work(&later));
	local_irq_enable();
	BUG_ON(cancel_delayed_work_sync(&later));
	msleep(1000);
	BUG_ON(atomic_read(&runs));
}

HOTWEAVE_TARGET(wq_delayed_on_cpu, "it runs on the CPU it is meant for")
{
	static struct delayed_work dwork;

	INIT_DELAYED_WORK(&dwork, check_worker);
	expected_comm = "kworker/2:0";
	expected_cpu = 2;
	schedule_delayed_work_on(2, &dwork, 1);
	msleep(100);
	flush_delayed_work(&dwork);
	BUG_ON(atomic_read(&runs) != 1);
}

/* ---- Whole workqueues ---- */

static DECLARE_WORK(counting_too, count);

HOTWEAVE_TARGET(wq_flush_workqueue, "flush_workqueue waits for all works that were queued")
{
	queue_work_on(0, system_wq, &counting);
	queue_work_on(1, system_wq, &counting_too);
	flush_workqueue(system_wq);
	BUG_ON(atomic_read(&runs) != 2);
	flush_scheduled_work();
}

static struct workqueue_struct *chained;

static void queues_next(struct work_struct *work)
{
	if (atomic_inc_return(&runs) < 4)
		queue_work(chained, work);
}

static DECLARE_WORK(chain, queues_next);

HOTWEAVE_TARGET(wq_drain, "drain_workqueue waits for what its works queue")
{
	chained = alloc_workqueue("chained", 0, 0);
	queue_work(chained, &chain);
	drain_workqueue(chained);
	BUG_ON(atomic_read(&runs) != 4);
	queue_work(chained, &chain);
	destroy_workqueue(chained);
	BUG_ON(atomic_read(&runs) != 5);
}

HOTWEAVE_TARGET(wq_congested, "more works than max_active")
{
	struct workqueue_struct *wq = alloc_workqueue("narrow", 0, 1);

	preempt_disable();
	queue_work_on((int)raw_smp_processor_id(), wq, &counting);
	BUG_ON(workqueue_congested((int)raw_smp_processor_id(), wq));
	queue_work_on((int)raw_smp_processor_id(), wq, &counting_too);
	BUG_ON(!workqueue_congested((int)raw_smp_processor_id(), wq));
	workqueue_set_max_active(wq, 2);
	BUG_ON(workqueue_congested((int)raw_smp_processor_id(), wq));
	preempt_enable();
	destroy_workqueue(wq);
	BUG_ON(atomic_read(&runs) != 2);
}

HOTWEAVE_TARGET(wq_attributes, "apply_workqueue_attrs moves later works to another pool")
{
	struct workqueue_struct *wq = alloc_workqueue("attributes", WQ_UNBOUND, 0);
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	cpumask_clear(attrs->cpumask);
	cpumask_set_cpu(2, attrs->cpumask);
	BUG_ON(apply_workqueue_attrs(wq, attrs));
	free_workqueue_attrs(attrs);
	expected_comm = "kworker/u7:0";
	expected_cpu = -1;
	queue_work(wq, &checking);
	destroy_workqueue(wq);
	BUG_ON(atomic_read(&runs) != 1);
}

HOTWEAVE_TARGET(wq_freeze, "a frozen workqueue begins no work")
{
	freeze_workqueues_begin();
	BUG_ON(freeze_workqueues_busy());
	queue_work(system_freezable_wq, &counting);
	msleep(100);
	BUG_ON(atomic_read(&runs));
	thaw_workqueues();
	flush_work(&counting);
	BUG_ON(atomic_read(&runs) != 1);
}
