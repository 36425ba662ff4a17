// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* stop_machine() and its relatives: what they promise, and what must be found. */
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>

#include "../support/tasks.h"

static DEFINE_PER_CPU(int, visits);
static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(spinlock);
static int value, half_done;

static int visit(void *arg)
{
	BUG_ON(preemptible());
	__this_cpu_inc(visits);
	return arg ? *(int *)arg : 0;
}

static int visit_stopped(void *arg)
{
	BUG_ON(!irqs_disabled());
	return visit(arg);
}

HOTWEAVE_TARGET(stop_one, "stop_one_cpu() runs the function there, with preemption off")
{
	int result = -7;

	BUG_ON(stop_one_cpu(1, visit, &result) != -7);
	BUG_ON(stop_one_cpu(2, visit, NULL) || stop_one_cpu(2, visit, NULL));
	BUG_ON(per_cpu(visits, 0) || per_cpu(visits, 1) != 1 || per_cpu(visits, 2) != 2);
}

HOTWEAVE_TARGET(stop_all, "stop_machine() runs it on the CPUs asked for, interrupts off")
{
	int result = -5;

	BUG_ON(stop_machine(visit_stopped, NULL, NULL) != 0);
	BUG_ON(per_cpu(visits, 0) != 1 || per_cpu(visits, 1) || per_cpu(visits, 2));
	BUG_ON(stop_machine(visit_stopped, &result, cpumask_of(2)) != -5);
	BUG_ON(per_cpu(visits, 2) != 1);
	BUG_ON(stop_machine(visit_stopped, NULL, cpu_online_mask));
	BUG_ON(per_cpu(visits, 0) != 2 || per_cpu(visits, 1) != 1 || per_cpu(visits, 2) != 2);
	cpus_read_lock();
	BUG_ON(stop_machine_cpuslocked(visit_stopped, NULL, cpumask_of(1)));
	cpus_read_unlock();
	BUG_ON(irqs_disabled() || preempt_count());
}

HOTWEAVE_TARGET(stop_two, "stop_two_cpus() runs it on the first of both")
{
	BUG_ON(stop_two_cpus(2, 0, visit_stopped, NULL));
	BUG_ON(per_cpu(visits, 2) != 1 || per_cpu(visits, 0));
}

static int visit_and_tell(void *arg)
{
	visit(NULL);
	smp_store_release((int *)arg, 1);
	return 0;
}

HOTWEAVE_TARGET(stop_nowait, "stop_one_cpu_nowait() runs it some time later")
{
	static struct cpu_stop_work work;
	static int told;

	preempt_disable();
	BUG_ON(!stop_one_cpu_nowait(1, visit_and_tell, &told, &work));
	preempt_enable();
	while (!smp_load_acquire(&told))
		cpu_relax();
	BUG_ON(per_cpu(visits, 1) != 1);
}

/* A plain sequence that is only ever seen whole while the machine is stopped. */
static int writer(void *)
{
	for (int i = 0; i < 2; i++) {
		preempt_disable();
		half_done = 1;
		barrier();
		value++;
		barrier();
		half_done = 0;
		preempt_enable();
	}
	return 0;
}

static int look(void *)
{
	BUG_ON(half_done);
	value += 10;
	return 0;
}

static int stop_and_look(void *)
{
	BUG_ON(stop_machine(look, NULL, NULL));
	return 0;
}

HOTWEAVE_TARGET(stop_sees_no_half_section, "no section with preemption off is in progress, and plain accesses are ordered")
{
	run_two(writer, stop_and_look);
	BUG_ON(value != 12);
}

static int plain_writer(void *)
{
	value++;
	value++;
	return 0;
}

HOTWEAVE_TARGET(stop_orders_everything, "plain accesses of a preemptible task come before or after, never beside")
{
	run_two(plain_writer, stop_and_look);
}

static int one_and_look(void *)
{
	return stop_one_cpu(0, look, NULL);
}

HOTWEAVE_TARGET(stop_one_orders_not, "stop_one_cpu() stops one CPU: a task on another one races")
{
	run_two(plain_writer, one_and_look);
}

static int stop_twice(void *)
{
	value++;
	BUG_ON(stop_machine(visit_stopped, NULL, cpu_online_mask));
	return 0;
}

HOTWEAVE_TARGET(stop_caller_and_others_race, "what two tasks do after a stop is not ordered by it")
{
	run_two(stop_twice, stop_twice);
}

static int stop_loop(void *)
{
	BUG_ON(stop_machine(visit_stopped, NULL, cpu_online_mask));
	BUG_ON(stop_two_cpus(1, 2, visit_stopped, NULL));
	BUG_ON(stop_one_cpu(1, visit, NULL));
	return 0;
}

HOTWEAVE_TARGET(stop_concurrently, "several tasks stop CPUs at once")
{
	run_three(stop_loop, stop_loop, stop_loop);
	BUG_ON(per_cpu(visits, 0) != 3 || per_cpu(visits, 1) != 9 || per_cpu(visits, 2) != 3);
}

/* ---- Misuse ---------------------------------------------------------------------------------------- */

static int sleep_stopped(void *)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return 0;
}

HOTWEAVE_TARGET(stop_sleeps, "a mutex in the function")
{
	stop_machine(sleep_stopped, NULL, NULL);
}

HOTWEAVE_TARGET(stop_one_sleeps, "a mutex in the function of stop_one_cpu()")
{
	stop_one_cpu(1, sleep_stopped, NULL);
}

static int spin_stopped(void *)
{
	spin_lock(&spinlock);
	value++;
	spin_unlock(&spinlock);
	return 0;
}

static int spin_and_count(void *)
{
	for (int i = 0; i < 2; i++) {
		spin_lock(&spinlock);
		value++;
		spin_unlock(&spinlock);
	}
	return 0;
}

static int stop_and_spin(void *)
{
	return stop_machine(spin_stopped, NULL, cpu_online_mask);
}

HOTWEAVE_TARGET(stop_spins, "a spinlock in the function: its holder cannot have been preempted")
{
	run_three(spin_and_count, stop_and_spin, spin_and_count);
	BUG_ON(value != 7);
}

HOTWEAVE_TARGET(stop_without_lock, "stop_machine_cpuslocked() without the lock")
{
	stop_machine_cpuslocked(visit_stopped, NULL, NULL);
}

HOTWEAVE_TARGET(stop_in_atomic, "stop_machine() with preemption off")
{
	preempt_disable();
	stop_one_cpu(1, visit, NULL);
	preempt_enable();
}

static int leak_preempt(void *)
{
	preempt_disable();
	return 0;
}

HOTWEAVE_TARGET(stop_leaks_preempt, "the function leaves preemption off")
{
	stop_one_cpu(1, leak_preempt, NULL);
}

/* Spins with preemption off for a task that waits for all CPUs to stop. */
static int wait_for_flag(void *)
{
	preempt_disable();
	while (!READ_ONCE(value))
		cpu_relax();
	preempt_enable();
	return 0;
}

static int stop_then_set(void *)
{
	stop_machine(visit_stopped, NULL, NULL);
	WRITE_ONCE(value, 1);
	return 0;
}

HOTWEAVE_TARGET(stop_against_spinner, "a task spins with preemption off until the caller of stop_machine() goes on")
{
	run_two(wait_for_flag, stop_then_set);
}
