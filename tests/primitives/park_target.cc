// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of park_test.cc: parking, the freezer, per-CPU threads, affinity. */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smpboot.h>
#include <linux/wait.h>

#include "../support/tasks.h"

static int data, turns;
static DEFINE_MUTEX(lock);
static DECLARE_WAIT_QUEUE_HEAD(queue);

/* ---- Parking ---- */

static int parks(void *)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		if (kthread_should_park()) {
			__set_current_state(TASK_RUNNING);
			data++;
			kthread_parkme();
			data++;
			continue;
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 3;
}

/* It may never have started. */
static void stop(struct task_struct *t)
{
	int ret = kthread_stop(t);

	BUG_ON(ret != 3 && ret != -EINTR);
}

HOTWEAVE_TARGET(park_orders, "what a thread did before it parked, and does after it was unparked, is ordered")
{
	struct task_struct *t = kthread_run(parks, NULL, "parks");

	for (int i = 0; i < 2; i++) {
		BUG_ON(kthread_park(t));
		data++;
		kthread_unpark(t);
	}
	stop(t);
	data++;
}

HOTWEAVE_TARGET(park_then_stop, "a parked thread can be stopped, and one that is never unparked is not hung")
{
	struct task_struct *t = kthread_run(parks, NULL, "parks");

	kthread_park(kthread_run(parks, NULL, "left"));
	BUG_ON(kthread_park(t));
	stop(t);
}

HOTWEAVE_TARGET(park_before_start, "a thread that is parked before it starts runs after it was unparked")
{
	struct task_struct *t = kthread_create([](void *) { turns++; return 0; }, NULL, "t");

	BUG_ON(kthread_park(t));
	BUG_ON(turns);
	kthread_unpark(t);
	hotweave_join(t);
	BUG_ON(turns != 1);
}

HOTWEAVE_TARGET(park_twice, "kthread_park of a thread that is to park already")
{
	struct task_struct *t = kthread_run(parks, NULL, "parks");

	kthread_park(t);
	kthread_park(t);
}

static int parks_under_lock(void *)
{
	while (!kthread_should_stop()) {
		mutex_lock(&lock);
		mutex_unlock(&lock);
		if (kthread_should_park())
			kthread_parkme();
		hotweave_yield("turn");
	}
	return 0;
}

HOTWEAVE_TARGET(park_deadlock, "kthread_park by the holder of a lock that the thread takes")
{
	struct task_struct *t = kthread_run(parks_under_lock, NULL, "parks");

	mutex_lock(&lock);
	kthread_park(t);
	kthread_unpark(t);
	mutex_unlock(&lock);
	kthread_stop(t);
}

static int exits(void *) { kthread_exit(5); }

HOTWEAVE_TARGET(thread_exits, "kthread_exit ends a thread, and kthread_stop says how")
{
	struct task_struct *t = kthread_run(exits, (void *)&data, "t");

	BUG_ON(kthread_data(t) != &data || kthread_func(t) != (void *)exits);
	hotweave_join(t);
	BUG_ON(kthread_stop(t) != 5);
}

/* ---- The freezer ---- */

static int freezes(void *)
{
	set_freezable();
	while (!kthread_should_stop()) {
		try_to_freeze();
		WRITE_ONCE(data, data + 1);
		wait_event_freezable_timeout(queue, kthread_should_stop(), 2);
	}
	return 0;
}

static int never_freezes(void *)
{
	set_freezable();
	while (!kthread_should_stop())
		msleep(10);
	return 0;
}

static int user(void *)
{
	hotweave_user_task(true);
	if (wait_event_interruptible(queue, READ_ONCE(turns)))
		try_to_freeze();
	return 0;
}

HOTWEAVE_TARGET(freeze_threads, "freezable threads are held, and go on when they are thawed")
{
	struct task_struct *t = kthread_run(freezes, NULL, "freezes");
	struct task_struct *u = kthread_run(user, NULL, "user");
	int before;

	for (int i = 0; i < 2; i++) {
		BUG_ON(freeze_processes());
		BUG_ON(freeze_kernel_threads());
		before = READ_ONCE(data);
		msleep(100);
		BUG_ON(READ_ONCE(data) != before);
		thaw_processes();
		msleep(100);
		BUG_ON(READ_ONCE(data) == before);
	}
	WRITE_ONCE(turns, 1);
	wake_up_all(&queue);
	hotweave_join(u);
	kthread_stop(t);
}

HOTWEAVE_TARGET(freeze_fails, "a thread that promised to freeze does not: -EBUSY, and everything goes on")
{
	struct task_struct *t = kthread_run(never_freezes, NULL, "never");

	msleep(20);
	BUG_ON(freeze_processes());
	BUG_ON(freeze_kernel_threads() != -EBUSY);
	thaw_processes();
	kthread_stop(t);
}

static int waits_unfreezably(void *)
{
	set_freezable();
	wait_event(queue, READ_ONCE(turns));
	return 0;
}

HOTWEAVE_TARGET(freeze_left, "threads that stay frozen are not hung")
{
	kthread_run(freezes, NULL, "freezes");
	msleep(5);
	BUG_ON(freeze_processes() || freeze_kernel_threads());
}

HOTWEAVE_TARGET(freeze_not_idle, "a thread that waits unfreezably for nothing is hung")
{
	kthread_run(waits_unfreezably, NULL, "waits");
}

/* ---- Affinity ---- */

static int on_one_cpu(void *)
{
	cpumask_t mask;

	cpumask_clear(&mask);
	cpumask_set_cpu(1, &mask);
	BUG_ON(set_cpus_allowed_ptr(current, &mask));
	for (int i = 0; i < 4; i++) {
		BUG_ON(raw_smp_processor_id() != 1);
		hotweave_yield("on CPU 1");
	}
	BUG_ON(current->nr_cpus_allowed != 1 || !cpumask_test_cpu(1, current->cpus_ptr));
	cpumask_clear(&mask);
	BUG_ON(set_cpus_allowed_ptr(current, &mask) != -EINVAL);
	return 0;
}

HOTWEAVE_TARGET(affinity, "set_cpus_allowed_ptr moves a thread and keeps it there") { run_three(on_one_cpu, on_one_cpu, on_one_cpu); }

static int spins_on(void *)
{
	while (!READ_ONCE(turns))
		cpu_relax();
	BUG_ON(raw_smp_processor_id() != 2);
	return 0;
}

HOTWEAVE_TARGET(affinity_of_other, "a running thread is moved by another one")
{
	struct task_struct *t = kthread_run(spins_on, NULL, "t");
	cpumask_t mask;

	cpumask_clear(&mask);
	cpumask_set_cpu(2, &mask);
	BUG_ON(set_cpus_allowed_ptr(t, &mask));
	WRITE_ONCE(turns, 1);
	hotweave_join(t);
}

/* ---- Per-CPU threads ---- */

static DEFINE_PER_CPU(struct task_struct *, thread);
static DEFINE_PER_CPU(int, work);
static DEFINE_PER_CPU(int, done);

static int should_run(unsigned int cpu) { return READ_ONCE(*per_cpu_ptr(&work, cpu)); }
static void run(unsigned int cpu)
{
	BUG_ON(raw_smp_processor_id() != cpu);
	WRITE_ONCE(*per_cpu_ptr(&work, cpu), 0);
	WRITE_ONCE(*per_cpu_ptr(&done, cpu), *per_cpu_ptr(&done, cpu) + 1);
}
static atomic_t set_up, parked, unparked, cleaned;
static struct smp_hotplug_thread threads = {
	.store = &thread,
	.list = {},
	.thread_should_run = should_run,
	.thread_fn = run,
	.create = NULL,
	.setup = [](unsigned int) { atomic_inc(&set_up); },
	.cleanup = [](unsigned int, bool) { atomic_inc(&cleaned); },
	.park = [](unsigned int) { atomic_inc(&parked); },
	.unpark = [](unsigned int) { atomic_inc(&unparked); },
	.selfparking = false,
	.thread_comm = "worker/%u",
};

static void work_on(unsigned int cpu)
{
	WRITE_ONCE(*per_cpu_ptr(&work, cpu), 1);
	wake_up_process(*per_cpu_ptr(&thread, cpu));
}

HOTWEAVE_TARGET(smpboot_threads, "per-CPU threads run on their CPUs, park and go on")
{
	BUG_ON(hotweave_smpboot_register(&threads));
	for (unsigned int cpu = 0; cpu < 3; cpu++)
		work_on(cpu);
	msleep(10);
	for (unsigned int cpu = 0; cpu < 3; cpu++)
		BUG_ON(READ_ONCE(*per_cpu_ptr(&done, cpu)) != 1);
	smpboot_park_threads(2);
	work_on(2);
	msleep(10);
	BUG_ON(READ_ONCE(*per_cpu_ptr(&done, 2)) != 1);
	smpboot_unpark_threads(2);
	msleep(10);
	BUG_ON(READ_ONCE(*per_cpu_ptr(&done, 2)) != 2);
	hotweave_smpboot_unregister(&threads);
	BUG_ON(atomic_read(&set_up) != 3 || atomic_read(&parked) != 1 || atomic_read(&unparked) != 1 || atomic_read(&cleaned) != 3);
}
