/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel threads. Follows include/linux/kthread.h and kernel/kthread.c of Linux 6.1.
 *
 * A created thread runs its function after its first wake-up. It ends by returning, or by kthread_exit(); whoever asks it to
 * stop, park or freeze waits until it has noticed: it must test kthread_should_stop() (…_park()) after setting its state
 * and before schedule(). Creation orders the creator's past before the thread, kthread_stop() the thread's past before
 * what follows it, kthread_park() likewise what precedes the parking, kthread_unpark() what precedes it before what the
 * thread does then. A thread that was asked to stop while parked is unparked.
 * Context: creating, stopping, parking may sleep (checked for the latter two); the tests: the thread itself.
 * Scheduling points: each function but kthread_create() and kthread_bind().
 * Model: creating a thread never fails (too many tasks is a limit of the engine: out-of-budget), and the creator does not
 * wait for kthreadd.
 */
#ifndef HOTWEAVE_LINUX_KTHREAD_H
#define HOTWEAVE_LINUX_KTHREAD_H

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef NUMA_NO_NODE
#define NUMA_NO_NODE (-1)
#endif

struct completion;

/* Creates a thread that does not run until woken. `namefmt` is printf-like. */
struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char *namefmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Model: memory has no nodes for stacks. */
#define kthread_create_on_node(threadfn, data, node, namefmt, ...) \
	((void)(node), kthread_create(threadfn, data, namefmt, ##__VA_ARGS__))
/* The same on a given CPU, for good (but see unparking). */
struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
					  const char *namefmt); /* namefmt: at most one %u, the CPU */
struct task_struct *hotweave_kthread_run(int (*threadfn)(void *data), void *data, const char *namefmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Creates and wakes. Scheduling point. */
#define kthread_run(threadfn, data, namefmt, ...) \
	hotweave_kthread_run(threadfn, data, namefmt, ##__VA_ARGS__)
struct task_struct *kthread_run_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu, const char *namefmt);

/* Binds a thread that was created and not yet woken, or that is parked, to one CPU (some CPUs); else lock-misuse. */
void kthread_bind(struct task_struct *k, unsigned int cpu);
void kthread_bind_mask(struct task_struct *k, const struct cpumask *mask);
/* A per-CPU thread is bound to its CPU again whenever it is unparked; cpu < 0: it is none. */
void kthread_set_per_cpu(struct task_struct *k, int cpu);
bool kthread_is_per_cpu(struct task_struct *k);

/* Asks the thread to stop, wakes it and waits until it has exited; returns what threadfn returned, or
 * -EINTR if threadfn was never called because the thread was stopped before it started. */
int kthread_stop(struct task_struct *k);
bool kthread_should_stop(void);
/* Ends the current thread; kthread_stop() returns `result`. complete_and_exit: completes `comp` first, if not NULL. */
void kthread_exit(long result) __attribute__((__noreturn__));
void kthread_complete_and_exit(struct completion *comp, long code) __attribute__((__noreturn__));

/* Asks the thread to park and waits until it has: 0, -ENOSYS if it has exited (assertion), -EBUSY if somebody
 * asked already (assertion). The thread parks by kthread_parkme() where kthread_should_park() tells it to. */
int kthread_park(struct task_struct *k);
void kthread_unpark(struct task_struct *k);
bool kthread_should_park(void);
bool __kthread_should_park(struct task_struct *k);
/* Sleeps in TASK_PARKED while it is to park; returns at once if not. A parked thread is not hung. */
void kthread_parkme(void);
/* As kthread_should_stop(), but first lets the freezer hold the thread; *was_frozen, if not NULL: it did. */
bool kthread_freezable_should_stop(bool *was_frozen);

/* What kthread_create() was given; _probe: NULL if `k` is no kernel thread. Not scheduling points. */
void *kthread_data(struct task_struct *k);
void *kthread_probe_data(struct task_struct *k);
void *kthread_func(struct task_struct *k);

#ifdef __cplusplus
}
#endif

/* Works that one thread runs. */
#include <linux/kthread_worker.h>

#endif
