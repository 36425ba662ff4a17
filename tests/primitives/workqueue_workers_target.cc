// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of workqueue_test.cc: workers without memory, and without their CPU; functions by way of works. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "../support/tasks.h"

static atomic_t runs;
static int data;
static DECLARE_COMPLETION(done);

static DECLARE_WORK(counting, [](struct work_struct *) { atomic_inc(&runs); });

static DECLARE_WORK(waiter, [](struct work_struct *) {
	wait_for_completion(&done);
	BUG_ON(data != 1);
});

static DECLARE_WORK(slow_setter, [](struct work_struct *) {
	msleep(5);
	data = 1;
});

/* ---- Missing memory for workers ---- */

static void needs_no_rescue(struct work_struct *)
{
	BUG_ON(current_is_workqueue_rescuer());
	data = 1;
	complete(&done);
}

static void needs_rescue(struct work_struct *)
{
	BUG_ON(current_is_workqueue_rescuer() != !strcmp(current->comm, "reclaim"));
	data = 1;
	complete(&done);
}

static void with_second_work(unsigned int flags, work_func_t fn)
{
	static struct work_struct second;
	struct workqueue_struct *wq = alloc_workqueue("reclaim", flags, 0);

	INIT_WORK(&second, fn);
	queue_work_on(0, system_wq, &waiter);
	queue_work_on(0, wq, &second);
	flush_work(&waiter);
	destroy_workqueue(wq);
}

HOTWEAVE_TARGET(wq_rescued, "the rescuer runs the works of its workqueue")
{
	with_second_work(WQ_MEM_RECLAIM, needs_rescue);
}

HOTWEAVE_TARGET(wq_rescuer_helps, "if there is no memory for a worker")
{
	with_second_work(WQ_MEM_RECLAIM, needs_no_rescue);
}

HOTWEAVE_TARGET(wq_no_rescuer, "there is none without WQ_MEM_RECLAIM")
{
	with_second_work(0, needs_no_rescue);
}

static bool plenty(void)
{
	return true;
}

HOTWEAVE_TARGET(wq_plenty, "a target says that there is memory, and no input says otherwise")
{
	hotweave_worker_memory(plenty);
	with_second_work(WQ_MEM_RECLAIM, needs_no_rescue);
}

HOTWEAVE_TARGET(wq_plenty_no_more, "a target leaves it to the input again")
{
	hotweave_worker_memory(plenty);
	hotweave_worker_memory(NULL);
	with_second_work(WQ_MEM_RECLAIM, needs_no_rescue);
}

/* A work waits for one on a queue of the same CPU, and there is no memory for the worker that could run it. */
static bool no_memory(void)
{
	return false;
}

static struct workqueue_struct *drain_wq;
static struct work_struct drain;

static DECLARE_WORK(allocating, [](struct work_struct *) {
	hotweave_worker_memory(no_memory);
	queue_work_on(0, drain_wq, &drain);
	flush_work(&drain);
	data = 1;
});

static void drain_without_memory(unsigned int flags)
{
	drain_wq = alloc_workqueue("drain", flags, 0);
	INIT_WORK(&drain, [](struct work_struct *) { atomic_inc(&runs); });
	queue_work_on(0, system_wq, &allocating);
	flush_work(&allocating);
	BUG_ON(data != 1 || atomic_read(&runs) != 1);
	destroy_workqueue(drain_wq);
}

HOTWEAVE_TARGET(wq_starved, "no memory for a worker, and no rescuer")
{
	drain_without_memory(0);
}

HOTWEAVE_TARGET(wq_starved_rescued, "no memory for a worker, and a rescuer")
{
	drain_without_memory(WQ_MEM_RECLAIM);
}

static bool has_memory;

static bool memory_comes_back(void)
{
	return READ_ONCE(has_memory);
}

static DECLARE_WORK(freeing_late, [](struct work_struct *) {
	hotweave_worker_memory(memory_comes_back);
	queue_work_on(0, drain_wq, &drain);
	msleep(3000);
	WRITE_ONCE(has_memory, true);
	flush_work(&drain);
});

HOTWEAVE_TARGET(wq_hungry, "memory comes back after three seconds")
{
	drain_wq = system_wq;
	INIT_WORK(&drain, [](struct work_struct *) { atomic_inc(&runs); });
	queue_work_on(0, system_wq, &freeing_late);
	flush_work(&freeing_late);
	BUG_ON(atomic_read(&runs) != 1);
}

/* ---- CPU hotplug ---- */

static void is_on_cpu_one(struct work_struct *)
{
	BUG_ON(raw_smp_processor_id() != 1);
	cond_resched();
	BUG_ON(raw_smp_processor_id() != 1);
}

static DECLARE_WORK(stays, is_on_cpu_one);

static int cpu_one_goes(void *)
{
	workqueue_offline_cpu(1);
	return 0;
}

static int cpu_one_comes(void *)
{
	workqueue_prepare_cpu(1);
	workqueue_online_cpu(1);
	return 0;
}

static void on_cpu_one(int (*fn)(void *))
{
	struct task_struct *t = kthread_create_on_cpu(fn, NULL, 1, "cpuhp/%u");

	wake_up_process(t);
	hotweave_join(t);
}

static int keeps_busy(void *)
{
	for (int i = 0; i < 8; i++)
		cond_resched();
	return 0;
}

static void queue_stays(void)
{
	struct task_struct *t = kthread_run(keeps_busy, NULL, "busy");

	queue_work_on(1, system_wq, &stays);
	queue_work_on(1, system_wq, &counting);
	hotweave_join(t);
	flush_work(&stays);
	flush_work(&counting);
}

HOTWEAVE_TARGET(wq_cpu_bound, "works of a CPU run on it")
{
	queue_stays();
}

HOTWEAVE_TARGET(wq_cpu_gone, "when it is down they run anywhere")
{
	queue_stays();
	on_cpu_one(cpu_one_goes);
	queue_stays();
}

HOTWEAVE_TARGET(wq_cpu_back, "when it is up again they run on it")
{
	queue_work_on(1, system_wq, &slow_setter);
	on_cpu_one(cpu_one_goes);
	queue_work_on(1, system_wq, &counting);
	flush_work(&counting);
	on_cpu_one(cpu_one_comes);
	flush_work(&slow_setter);
	BUG_ON(data != 1);
	queue_stays();
	queue_stays();
}

/* ---- Functions by way of works ---- */

static atomic_t cpus_seen;

static void sees_cpu(struct work_struct *)
{
	BUG_ON(atomic_read(&cpus_seen) & 1 << smp_processor_id());
	atomic_or(1 << smp_processor_id(), &cpus_seen);
}

HOTWEAVE_TARGET(wq_on_each_cpu, "schedule_on_each_cpu runs a function once on each CPU")
{
	if (schedule_on_each_cpu(sees_cpu))
		return;
	BUG_ON(atomic_read(&cpus_seen) != 7);
}

static long cpu_and(void *arg)
{
	data++;
	return (long)smp_processor_id() * 10 + *(int *)arg;
}

HOTWEAVE_TARGET(wq_on_cpu, "work_on_cpu runs a function on a CPU and returns what it returns")
{
	int five = 5;

	data = 1;
	BUG_ON(work_on_cpu(2, cpu_and, &five) != 25);
	BUG_ON(work_on_cpu_safe(1, cpu_and, &five) != 15);
	set_cpu_online(2, false);
	BUG_ON(work_on_cpu_safe(2, cpu_and, &five) != -ENODEV);
	BUG_ON(data != 3);
}

static struct execute_work executed;

static void is_in_process(struct work_struct *)
{
	BUG_ON(in_interrupt());
	atomic_inc(&runs);
}

HOTWEAVE_TARGET(wq_process_context, "execute_in_process_context does so at once, or later out of an interrupt")
{
	BUG_ON(execute_in_process_context(is_in_process, &executed) || atomic_read(&runs) != 1);
	hotweave_raise_irq(0, [](void *) { BUG_ON(execute_in_process_context(is_in_process, &executed) != 1); }, NULL);
	msleep(1);
	flush_work(&executed.work);
	BUG_ON(atomic_read(&runs) != 2);
}

/* ---- RCU works ---- */

static struct rcu_work rwork;
static int *published;

static void unpublish(struct work_struct *work)
{
	BUG_ON(to_rcu_work(work) != &rwork);
	data = 0;
}

static int reads(void *)
{
	rcu_read_lock();
	if (READ_ONCE(published))
		BUG_ON(!data);
	rcu_read_unlock();
	return 0;
}

static int retires(void *)
{
	WRITE_ONCE(published, NULL);
	BUG_ON(!queue_rcu_work(system_wq, &rwork));
	flush_rcu_work(&rwork);
	BUG_ON(data);
	return 0;
}

static int retires_early(void *)
{
	WRITE_ONCE(published, NULL);
	queue_work(system_wq, &rwork.work);
	return 0;
}

static void with_readers(int (*retire)(void *))
{
	data = 1;
	published = &data;
	INIT_RCU_WORK(&rwork, unpublish);
	run_three(reads, retire, reads);
}

HOTWEAVE_TARGET(wq_rcu_work, "an RCU work runs after a grace period")
{
	with_readers(retires);
}

HOTWEAVE_TARGET(wq_no_grace_period, "an ordinary one does not")
{
	with_readers(retires_early);
}
