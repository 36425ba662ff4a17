/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel threads. Follows include/linux/kthread.h and kernel/kthread.c of Linux 6.1.
 * Model: creating a thread never fails (too many tasks is a limit of the engine: out-of-budget), and the
 * creator does not wait for kthreadd.
 */
#ifndef HOTWEAVE_LINUX_KTHREAD_H
#define HOTWEAVE_LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Creates a thread that does not run until woken. `namefmt` is printf-like. Context: may sleep in the
 * kernel; not checked, no scheduling point. */
struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char *namefmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same on a given CPU, for good. */
struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
					  const char *namefmt); /* namefmt: at most one %u, the CPU */
struct task_struct *hotweave_kthread_run(int (*threadfn)(void *data), void *data, const char *namefmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Creates and wakes. Scheduling point. */
#define kthread_run(threadfn, data, namefmt, ...) \
	hotweave_kthread_run(threadfn, data, namefmt, ##__VA_ARGS__)

/* Binds a thread that was created and not yet woken to one CPU. */
void kthread_bind(struct task_struct *k, unsigned int cpu);

/* Asks the thread to stop, wakes it and waits until it has exited; returns what threadfn returned, or
 * -EINTR if threadfn was never called because the thread was stopped before it started.
 * Context: may sleep. */
int kthread_stop(struct task_struct *k);
bool kthread_should_stop(void);

#ifdef __cplusplus
}
#endif
#endif
