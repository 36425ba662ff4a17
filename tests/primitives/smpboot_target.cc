// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of smpboot_test.cc: per-CPU threads and timers while their CPUs go down and come up. */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/smpboot.h>
#include <linux/timer.h>

#include "../support/tasks.h"

static DEFINE_PER_CPU(struct task_struct *, thread);
static DEFINE_PER_CPU(int, work);
static DEFINE_PER_CPU(int, done);
static DEFINE_PER_CPU(int, held); /* the thread is parked */
static DEFINE_PER_CPU(int, gone); /* cleanup() was called: 1 with the CPU online, 2 without */
static int set_up;

static int should_run(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu);
	return READ_ONCE(per_cpu(work, cpu));
}

static void run(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	BUG_ON(READ_ONCE(per_cpu(held, cpu)));
	WRITE_ONCE(per_cpu(work, cpu), 0);
	WRITE_ONCE(per_cpu(done, cpu), per_cpu(done, cpu) + 1);
}

static void parks(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	WRITE_ONCE(per_cpu(held, cpu), 1);
}

static void unparks(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu || !cpu_online(cpu));
	WRITE_ONCE(per_cpu(held, cpu), 0);
}

static void begins(unsigned int cpu)
{
	BUG_ON(smp_processor_id() != cpu);
	WRITE_ONCE(set_up, READ_ONCE(set_up) + 1);
}

static void ends(unsigned int cpu, bool online) { WRITE_ONCE(per_cpu(gone, cpu), online ? 1 : 2); }

static struct smp_hotplug_thread threads = {
	.store = &thread,
	.list = {},
	.thread_should_run = should_run,
	.thread_fn = run,
	.create = NULL,
	.setup = begins,
	.cleanup = ends,
	.park = parks,
	.unpark = unparks,
	.selfparking = false,
	.thread_comm = "worker/%u",
};

static void work_on(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(work, cpu), 1);
	wake_up_process(per_cpu(thread, cpu));
}

HOTWEAVE_TARGET(smpboot_goes_down, "the thread of a CPU is parked while that is down, and goes on there when it is up")
{
	BUG_ON(smpboot_register_percpu_thread(&threads));
	work_on(1);
	msleep(1);
	BUG_ON(READ_ONCE(per_cpu(done, 1)) != 1);
	BUG_ON(cpu_down(1));
	BUG_ON(!READ_ONCE(per_cpu(held, 1)) || READ_ONCE(per_cpu(held, 2)));
	BUG_ON(!(READ_ONCE(per_cpu(thread, 1)->__state) & TASK_PARKED));
	work_on(1);
	work_on(2);
	msleep(1);
	BUG_ON(READ_ONCE(per_cpu(done, 1)) != 1 || READ_ONCE(per_cpu(done, 2)) != 1);
	BUG_ON(cpu_up(1));
	msleep(1);
	BUG_ON(READ_ONCE(per_cpu(held, 1)) || READ_ONCE(per_cpu(done, 1)) != 2);
	smpboot_unregister_percpu_thread(&threads);
}

HOTWEAVE_TARGET(smpboot_comes_late, "a CPU that comes up later gets its thread then")
{
	BUG_ON(cpu_down(2));
	BUG_ON(smpboot_register_percpu_thread(&threads));
	BUG_ON(per_cpu(thread, 2) || !per_cpu(thread, 1));
	BUG_ON(cpu_up(2));
	BUG_ON(!per_cpu(thread, 2));
	work_on(2);
	msleep(1);
	BUG_ON(READ_ONCE(per_cpu(done, 2)) != 1);
	smpboot_unregister_percpu_thread(&threads);
	BUG_ON(READ_ONCE(per_cpu(gone, 2)) != 1);
}

HOTWEAVE_TARGET(smpboot_ends_while_down, "the parked thread of a CPU that is down ends too, and hears that")
{
	BUG_ON(smpboot_register_percpu_thread(&threads));
	work_on(1);
	msleep(1);
	BUG_ON(cpu_down(1));
	smpboot_unregister_percpu_thread(&threads);
	BUG_ON(READ_ONCE(per_cpu(gone, 0)) > 1 || READ_ONCE(per_cpu(gone, 1)) != 2);
}

static void parks_under_the_lock(unsigned int)
{
	cpus_read_lock();
	cpus_read_unlock();
}

HOTWEAVE_TARGET(smpboot_park_locks, "a park() that takes the lock that cpu_down() holds")
{
	threads.park = parks_under_the_lock;
	BUG_ON(smpboot_register_percpu_thread(&threads));
	work_on(1);
	msleep(1);
	cpu_down(1);
}

static int told;

static void waits_to_be_told(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(work, cpu), 0);
	while (!READ_ONCE(told))
		msleep(1);
}

HOTWEAVE_TARGET(smpboot_never_parks, "a function that returns after cpu_down() only")
{
	threads.thread_fn = waits_to_be_told;
	BUG_ON(smpboot_register_percpu_thread(&threads));
	work_on(1);
	msleep(1);
	cpu_down(1);
	WRITE_ONCE(told, 1);
}

HOTWEAVE_TARGET(smpboot_unparked_by_hand, "a thread that somebody unparks while its CPU is down runs elsewhere")
{
	BUG_ON(smpboot_register_percpu_thread(&threads));
	work_on(1);
	msleep(1);
	BUG_ON(cpu_down(1));
	kthread_unpark(per_cpu(thread, 1));
	msleep(1);
}

/* ---- Timers of a CPU that goes down ---- */

static atomic_t fired;
static int was_down;

static void on_timer(struct timer_list *)
{
	BUG_ON(!cpu_online(smp_processor_id()) || (READ_ONCE(was_down) && smp_processor_id() == 1));
	atomic_inc(&fired);
}

static enum hrtimer_restart on_hrtimer(struct hrtimer *)
{
	BUG_ON(!cpu_online(smp_processor_id()) || (READ_ONCE(was_down) && smp_processor_id() == 1));
	atomic_inc(&fired);
	return HRTIMER_NORESTART;
}

static int starts_hrtimer(void *timer)
{
	hrtimer_start((struct hrtimer *)timer, ms_to_ktime(500), HRTIMER_MODE_REL);
	return 0;
}

HOTWEAVE_TARGET(timers_of_dead_cpu, "a CPU goes down and comes up: the timers it had fire elsewhere, each once")
{
	struct timer_list timer;
	struct hrtimer hrtimer;

	timer_setup_on_stack(&timer, on_timer, 0);
	timer.expires = jiffies + HZ / 2;
	add_timer_on(&timer, 1);
	hrtimer_init_on_stack(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = on_hrtimer;
	hotweave_join(kthread_run_on_cpu(starts_hrtimer, &hrtimer, 1, "starter/%u"));
	BUG_ON(cpu_down(1));
	WRITE_ONCE(was_down, 1);
	BUG_ON(cpu_up(1));
	msleep(1000);
	BUG_ON(del_timer_sync(&timer) || hrtimer_cancel(&hrtimer));
	BUG_ON(atomic_read(&fired) != 2);
	destroy_timer_on_stack(&timer);
	destroy_hrtimer_on_stack(&hrtimer);
}
