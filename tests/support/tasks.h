/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * For the small targets of the tests: start threads, wait for them. C and C++; includes only what targets
 * may include.
 */
#ifndef HOTWEAVE_TESTS_SUPPORT_TASKS_H
#define HOTWEAVE_TESTS_SUPPORT_TASKS_H

#include <hotweave/target.h>
#include <linux/kthread.h>

typedef int (*task_fn)(void *);

/* "a" runs @a, "b" runs @b; back when both have ended. */
static inline void run_two(task_fn a, task_fn b)
{
	struct task_struct *ta = kthread_run(a, NULL, "a");
	struct task_struct *tb = kthread_run(b, NULL, "b");

	hotweave_join(ta);
	hotweave_join(tb);
}

static inline void run_three(task_fn a, task_fn b, task_fn c)
{
	struct task_struct *ta = kthread_run(a, NULL, "a");
	struct task_struct *tb = kthread_run(b, NULL, "b");
	struct task_struct *tc = kthread_run(c, NULL, "c");

	hotweave_join(ta);
	hotweave_join(tb);
	hotweave_join(tc);
}

#endif
