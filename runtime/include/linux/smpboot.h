/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Per-CPU threads that come and go with their CPUs. Follows include/linux/smpboot.h and kernel/smpboot.c of Linux 6.1.
 *
 * Each thread is bound to its CPU and loops: stop or park if asked to, sleep unless thread_should_run() (called with
 * preemption off), else thread_fn(). setup() runs in the thread before its first turn, park() before it parks, unpark() after,
 * cleanup() before it ends.
 * Context: registering may sleep; it takes cpus_read_lock(). Scheduling points: many.
 */
#ifndef HOTWEAVE_LINUX_SMPBOOT_H
#define HOTWEAVE_LINUX_SMPBOOT_H

#include <linux/cpu.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

struct smp_hotplug_thread {
	struct task_struct *__percpu *store; /* the threads, by CPU */
	struct list_head list;
	int (*thread_should_run)(unsigned int cpu);
	void (*thread_fn)(unsigned int cpu);
	void (*create)(unsigned int cpu);
	void (*setup)(unsigned int cpu);
	void (*cleanup)(unsigned int cpu, bool online);
	void (*park)(unsigned int cpu);
	void (*unpark)(unsigned int cpu);
	bool selfparking; /* it parks by itself: smpboot_park_threads() leaves it alone */
	const char *thread_comm; /* printf-like, with one %u: the CPU */
};

/* The same by a caller who holds cpus_read_lock() or runs before CPUs come and go. */
int hotweave_smpboot_register(struct smp_hotplug_thread *plug_thread);
void hotweave_smpboot_unregister(struct smp_hotplug_thread *plug_thread);

/* Creates the threads of all online CPUs and lets them run. 0, or an error: then there are none. */
static inline int smpboot_register_percpu_thread(struct smp_hotplug_thread *plug_thread)
{
	int ret;

	cpus_read_lock();
	ret = hotweave_smpboot_register(plug_thread);
	cpus_read_unlock();
	return ret;
}
/* Stops and forgets them. */
static inline void smpboot_unregister_percpu_thread(struct smp_hotplug_thread *plug_thread)
{
	cpus_read_lock();
	hotweave_smpboot_unregister(plug_thread);
	cpus_read_unlock();
}

/* For CPU hotplug: all registered threads of one CPU. 0. */
int smpboot_create_threads(unsigned int cpu);
int smpboot_unpark_threads(unsigned int cpu);
int smpboot_park_threads(unsigned int cpu);

#ifdef __cplusplus
}
#endif
#endif
