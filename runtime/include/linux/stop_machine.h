/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Running a function on CPUs in place of everything else. Follows include/linux/stop_machine.h and
 * kernel/stop_machine.c of Linux 6.1.
 *
 * Each CPU has a thread migration/N (made when the first of these functions is called) that takes the CPU from
 * any task as soon as preemption is on there, and runs one function at a time with preemption off. In such a
 * function sleeping is a finding (sleep-in-atomic), and so is waiting for whatever a preempted task has to do.
 *
 * Order: what a caller did precedes the function, which precedes the caller's return. stop_machine(): everything
 * that any task did before comes before the function, everything that any does afterwards comes after it.
 * Model: the queues of works have no locks of their own, queueing is one step; two queueings cannot deadlock.
 */
#ifndef HOTWEAVE_LINUX_STOP_MACHINE_H
#define HOTWEAVE_LINUX_STOP_MACHINE_H

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returns 0 or a negative error for the caller. Context: preemption off; in stop_machine() interrupts too. */
typedef int (*cpu_stop_fn_t)(void *arg);

/* One request; the caller of stop_one_cpu_nowait() provides it, and it must live until `fn` runs. */
struct cpu_stop_work {
	struct list_head list; /* stop_one_cpu_nowait(): not used by anybody else until fn runs */
	cpu_stop_fn_t fn;
	unsigned long caller;
	void *arg;
	void *done;
	unsigned int clock; /* what the caller did before */
};

/*
 * Runs fn(arg) on `cpu` and waits. Returns what it returned, -ENOENT if the CPU is offline.
 * Context: may sleep. Scheduling points: before; where it waits.
 */
int stop_one_cpu(unsigned int cpu, cpu_stop_fn_t fn, void *arg);

/* The same for both CPUs at once: neither runs anything else while fn(arg) runs, on cpu1. */
int stop_two_cpus(unsigned int cpu1, unsigned int cpu2, cpu_stop_fn_t fn, void *arg);

/* Queues fn(arg) and returns: true, or false if the CPU is offline. Any context. Scheduling point. */
bool stop_one_cpu_nowait(unsigned int cpu, cpu_stop_fn_t fn, void *arg, struct cpu_stop_work *work_buf);

/*
 * Stops all online CPUs and runs fn(data) on those in `cpus` (NULL: on the first online one), with interrupts off
 * everywhere, while no task runs anywhere. Returns 0 or what the last failing fn() returned.
 * States, which all CPUs enter together: prepare, interrupts off, run, exit.
 * stop_machine() takes cpus_read_lock() (4.12 and before: get_online_cpus()); _cpuslocked (from 4.13) asserts it.
 * Context: may sleep. Scheduling points: before; in the waits of each state.
 */
int stop_machine(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus);
int stop_machine_cpuslocked(cpu_stop_fn_t fn, void *data, const struct cpumask *cpus);

#ifdef __cplusplus
}
#endif
#endif
