// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of stop_machine() and its relatives. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/stop_machine.h>

#include "../support/tasks.h"

static DEFINE_PER_CPU(int, stops);
static DEFINE_MUTEX(mutex);
static int whole_stops, sections;
static atomic_t half_done;

static int in_stopped_machine(void *)
{
	BUG_ON(!irqs_disabled() || atomic_read(&half_done));
	whole_stops++;
	return 0;
}

static int on_stopped_cpu(void *)
{
	BUG_ON(preemptible());
	__this_cpu_inc(stops);
	return 0;
}

/* Nobody but a stopped machine is kept out by this. */
static void section(void)
{
	preempt_disable();
	atomic_inc(&half_done);
	atomic_dec(&half_done);
	preempt_enable();
}

static int stopper(void *arg)
{
	int *mine = (int *)arg;

	for (int i = 0; i < 2; i++) {
		unsigned int cpu = hotweave_choose(3);

		switch (hotweave_choose(4)) {
		case 0:
			BUG_ON(stop_one_cpu(cpu, on_stopped_cpu, NULL));
			++*mine;
			break;
		case 1:
			BUG_ON(stop_machine(in_stopped_machine, NULL, NULL));
			break;
		case 2:
			BUG_ON(stop_two_cpus(cpu, (cpu + 1) % 3, on_stopped_cpu, NULL));
			++*mine;
			break;
		case 3:
			section();
			break;
		}
	}
	return 0;
}

static int plain(void *)
{
	section();
	sections++;
	section();
	return 0;
}

HOTWEAVE_TARGET(stop_machine_torture, "two threads stop CPUs in all ways, one is stopped")
{
	static int mine[2];
	struct task_struct *a = kthread_run(stopper, &mine[0], "stopper/0");
	struct task_struct *b = kthread_run(stopper, &mine[1], "stopper/1");
	struct task_struct *c = kthread_run(plain, NULL, "plain");
	int cpu, sum = 0;

	hotweave_join(a);
	hotweave_join(b);
	hotweave_join(c);
	for_each_possible_cpu(cpu)
		sum += per_cpu(stops, cpu);
	BUG_ON(sum != mine[0] + mine[1] || sections != 1 || whole_stops > 4);
}

static int sleeping_stop(void *)
{
	if (mutex_trylock(&mutex)) {
		mutex_unlock(&mutex);
		return 0;
	}
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return 0;
}

static int holder(void *)
{
	mutex_lock(&mutex);
	section();
	mutex_unlock(&mutex);
	return 0;
}

static int careless(void *)
{
	return stop_machine(sleeping_stop, NULL, NULL);
}

HOTWEAVE_TARGET(stop_machine_torture_mutant_sleep, "the function waits for a mutex that a stopped task holds")
{
	run_two(holder, careless);
}
HOTWEAVE_EXPECT(stop_machine_torture_mutant_sleep, "", "sleep-in-atomic", "");

static int preemptible_section(void *)
{
	atomic_inc(&half_done);
	atomic_dec(&half_done);
	return 0;
}

static int stop_once(void *)
{
	return stop_machine(in_stopped_machine, NULL, NULL);
}

HOTWEAVE_TARGET(stop_machine_torture_mutant_preemptible, "a section that the stop may cut in two")
{
	run_two(preemptible_section, stop_once);
}
HOTWEAVE_EXPECT(stop_machine_torture_mutant_preemptible, "", "assertion", "");

static int count_on_one(void *)
{
	sections++;
	return 0;
}

static int stop_one_for_all(void *)
{
	return stop_one_cpu(1, count_on_one, NULL);
}

HOTWEAVE_TARGET(stop_machine_torture_mutant_one_cpu, "stop_one_cpu() where all would have to stop")
{
	run_two(plain, stop_one_for_all);
}
HOTWEAVE_EXPECT(stop_machine_torture_mutant_one_cpu, "", "data-race", "");
