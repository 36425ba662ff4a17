// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of per-CPU threads against CPU hotplug. */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/percpu.h>
#include <linux/smpboot.h>

#include "../support/tasks.h"

static DEFINE_PER_CPU(struct task_struct *, thread);
static DEFINE_PER_CPU(int, work);
static DEFINE_PER_CPU(int, turns); /* the thread's own, and of whoever has it parked */
static DEFINE_PER_CPU(int, held);

static int should_run(unsigned int cpu) { return READ_ONCE(per_cpu(work, cpu)); }

static void run(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	BUG_ON(per_cpu(held, cpu));
	WRITE_ONCE(per_cpu(work, cpu), 0);
	per_cpu(turns, cpu)++;
}

static void parks(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || per_cpu(held, cpu)++);
}

static void unparks(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || --per_cpu(held, cpu));
}

static struct smp_hotplug_thread threads = {
	.store = &thread,
	.list = {},
	.thread_should_run = should_run,
	.thread_fn = run,
	.create = NULL,
	.setup = NULL,
	.cleanup = NULL,
	.park = parks,
	.unpark = unparks,
	.selfparking = false,
	.thread_comm = "worker/%u",
};

static void poke(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(work, cpu), 1);
	if (per_cpu(thread, cpu))
		wake_up_process(per_cpu(thread, cpu));
}

static int pokes(void *)
{
	for (int i = 0; i < 3; i++)
		poke(hotweave_choose(3));
	return 0;
}

static int onoff(void *)
{
	for (int i = 0; i < 2; i++) {
		unsigned int cpu = 1 + hotweave_choose(2);

		if (hotweave_choose(3))
			cpu_up(cpu);
		else
			cpu_down(cpu);
	}
	return 0;
}

/* The thread of a CPU that is down is parked: its data stand still. */
static int looks_at_parked(void *)
{
	cpus_read_lock();
	for (unsigned int cpu = 1; cpu < 3; cpu++) {
		if (!cpu_online(cpu))
			per_cpu(turns, cpu)++;
	}
	cpus_read_unlock();
	return 0;
}

static int looks_at_running(void *)
{
	cpus_read_lock();
	for (unsigned int cpu = 1; cpu < 3; cpu++)
		per_cpu(turns, cpu)++;
	cpus_read_unlock();
	return 0;
}

static int unparks_by_hand(void *)
{
	unsigned int cpu = 1 + hotweave_choose(2);

	kthread_unpark(per_cpu(thread, cpu));
	poke(cpu);
	return 0;
}

static void torture(task_fn third)
{
	BUG_ON(smpboot_register_percpu_thread(&threads));
	run_three(onoff, pokes, third);
	smpboot_unregister_percpu_thread(&threads);
}

HOTWEAVE_TARGET(smpboot_torture, "CPUs go down and up under per-CPU threads that have work")
{
	torture(looks_at_parked);
}

HOTWEAVE_TARGET(smpboot_torture_mutant_running, "the data of threads that are not parked are touched")
{
	torture(looks_at_running);
}
HOTWEAVE_EXPECT(smpboot_torture_mutant_running, "", "data-race", "");

HOTWEAVE_TARGET(smpboot_torture_mutant_unparked, "somebody unparks a thread whose CPU may be down")
{
	torture(unparks_by_hand);
}
HOTWEAVE_EXPECT(smpboot_torture_mutant_unparked, "", "assertion data-race", "");

static void turns_off(unsigned int cpu)
{
	per_cpu(held, cpu)++;
	cpu_down(cpu);
}

HOTWEAVE_TARGET(smpboot_torture_mutant_self, "park() takes its CPU down itself")
{
	threads.park = turns_off;
	torture(looks_at_parked);
}
HOTWEAVE_EXPECT(smpboot_torture_mutant_self, "", "deadlock recursive-lock lock-order", "");
