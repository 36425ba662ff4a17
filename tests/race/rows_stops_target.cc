// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: per-CPU operations, stopped CPUs, callbacks of CPU hotplug. */
#include <linux/cpu.h>
#include <linux/interrupt.h>
#include <linux/percpu.h>
#include <linux/stop_machine.h>

#include "rows.h"

static int do_first(void *)
{
	first_access();
	return 0;
}

static int do_second(void *)
{
	second_access();
	return 0;
}

static int do_nothing(void *) { return 0; }

/* ---- One CPU's operations on its own data ---- */

static DEFINE_PER_CPU(int, flag);

static int first_then_flag(void *)
{
	first_access();
	this_cpu_write(flag, 1);
	return 0;
}

static int flag_then_second(void *)
{
	if (this_cpu_read(flag))
		second_access();
	return 0;
}

static int flag_in_section_then_second(void *)
{
	preempt_disable();
	if (__this_cpu_read(flag))
		second_access();
	preempt_enable();
	return 0;
}

static void run_on(unsigned int cpu_a, task_fn a, unsigned int cpu_b, task_fn b)
{
	struct task_struct *ta = kthread_create_on_cpu(a, NULL, cpu_a, "a/%u");
	struct task_struct *tb = kthread_create_on_cpu(b, NULL, cpu_b, "b/%u");

	wake_up_process(ta);
	wake_up_process(tb);
	hotweave_join(ta);
	hotweave_join(tb);
}

static void sync_this_cpu(void) { run_on(1, first_then_flag, 1, flag_then_second); }
ORDERED(this_cpu);

static void sync_this_cpu_section(void) { run_on(1, first_then_flag, 1, flag_in_section_then_second); }
ORDERED(this_cpu_section);

/* Handlers on that CPU, and what a thread there does in one instruction. */
static void first_then_flag_in_handler(void *) { first_then_flag(NULL); }
static void flag_then_second_in_handler(void *) { flag_then_second(NULL); }
static void soft_first(struct softirq_action *)
{
	first_access();
	WRITE_ONCE(per_cpu(flag, 1), 1);
}
static void soft_second(struct softirq_action *)
{
	if (READ_ONCE(per_cpu(flag, 1)))
		second_access();
}
static void raises(void *) { raise_softirq_irqoff(NET_RX_SOFTIRQ); }

static void sync_irq_then_this_cpu(void)
{
	hotweave_raise_irq(1, first_then_flag_in_handler, NULL);
	run_on(1, flag_then_second, 2, do_nothing);
}
ORDERED(irq_then_this_cpu);

static void sync_this_cpu_then_irq(void)
{
	hotweave_raise_irq(1, flag_then_second_in_handler, NULL);
	run_on(1, first_then_flag, 2, do_nothing);
}
ORDERED(this_cpu_then_irq);

static void sync_softirq_then_this_cpu(void)
{
	open_softirq(NET_RX_SOFTIRQ, soft_first);
	hotweave_raise_irq(1, raises, NULL);
	run_on(1, flag_then_second, 2, do_nothing);
}
ORDERED(softirq_then_this_cpu);

static void sync_this_cpu_then_softirq(void)
{
	open_softirq(NET_RX_SOFTIRQ, soft_second);
	hotweave_raise_irq(1, raises, NULL);
	run_on(1, first_then_flag, 2, do_nothing);
}
ORDERED(this_cpu_then_softirq);

/* A look at another CPU's copy orders nothing. */
static int remote_flag_then_second(void *)
{
	if (READ_ONCE(per_cpu(flag, 1)))
		second_access();
	return 0;
}

static void sync_remote_cpu(void) { run_on(1, first_then_flag, 2, remote_flag_then_second); }
UNORDERED(remote_cpu);

/* ---- Stopped CPUs ---- */

static int stops_for_second(void *)
{
	first_access();
	return stop_one_cpu(1, do_second, NULL);
}

static void sync_stop_one_cpu(void)
{
	stop_one_cpu(1, do_nothing, NULL);
	run_two(stops_for_second, do_nothing);
}
ORDERED(stop_one_cpu);

static int stops_for_first(void *)
{
	stop_one_cpu(1, do_first, NULL);
	second_access();
	return 0;
}

static void sync_stop_one_cpu_returns(void)
{
	stop_one_cpu(1, do_nothing, NULL);
	run_two(stops_for_first, do_nothing);
}
ORDERED(stop_one_cpu_returns);

static int queues_second(void *)
{
	static struct cpu_stop_work earlier, work;

	stop_one_cpu_nowait(1, do_nothing, NULL, &earlier);
	first_access();
	stop_one_cpu_nowait(1, do_second, NULL, &work);
	return 0;
}

static void sync_stop_one_cpu_nowait(void)
{
	stop_one_cpu(1, do_nothing, NULL);
	run_two(queues_second, do_nothing);
}
ORDERED(stop_one_cpu_nowait);

static int second_while_stopped(void *) { return stop_machine(do_second, NULL, NULL); }
static void sync_stop_machine(void) { run_two(do_first, second_while_stopped); }
ORDERED(stop_machine);

static int second_while_one_stops(void *) { return stop_one_cpu(0, do_second, NULL); }
static void sync_stop_other_cpu(void) { run_two(do_first, second_while_one_stops); }
UNORDERED(stop_other_cpu);

static int first_then_stop(void *)
{
	first_access();
	return stop_two_cpus(1, 2, do_second, NULL);
}

static void sync_stop_two_cpus(void)
{
	stop_two_cpus(1, 2, do_nothing, NULL);
	run_two(first_then_stop, do_nothing);
}
ORDERED(stop_two_cpus);

/* ---- Callbacks of CPU hotplug ---- */

static int first_callback(unsigned int) { return do_first(NULL); }
static int second_callback(unsigned int) { return do_second(NULL); }

static int sets_up_second(void *)
{
	first_access();
	return cpuhp_setup_state(CPUHP_AP_WATCHDOG_ONLINE, "row:second", second_callback, NULL);
}

static void sync_cpuhp_setup(void) { run_two(sets_up_second, do_nothing); }
ORDERED(cpuhp_setup);

static int second_after_setup(void *)
{
	cpuhp_setup_state(CPUHP_AP_WATCHDOG_ONLINE, "row:first", first_callback, NULL);
	second_access();
	return 0;
}

static void sync_cpuhp_callback_returns(void) { run_two(second_after_setup, do_nothing); }
ORDERED(cpuhp_callback_returns);

static int first_then_cpu_up(void *)
{
	first_access();
	return cpu_up(2);
}

static void sync_cpuhp_starting(void)
{
	cpu_down(2);
	cpu_up(2);
	cpu_down(2);
	cpuhp_setup_state_nocalls(CPUHP_AP_KVM_STARTING, "row:second", second_callback, NULL);
	run_two(first_then_cpu_up, do_nothing);
}
ORDERED(cpuhp_starting);
