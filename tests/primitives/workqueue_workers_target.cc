// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of workqueue_test.cc: workers without memory, and without their CPU. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
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

/* ---- CPU hotplug ---- */

static void is_on_cpu_one(struct work_struct *)
{
	BUG_ON(smp_processor_id() != 1);
	cond_resched();
	BUG_ON(smp_processor_id() != 1);
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
