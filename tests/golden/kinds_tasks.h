/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* For the targets of `kinds`: threads by the names that the reports show. Includes only what targets may include. */
#ifndef HOTWEAVE_TESTS_GOLDEN_KINDS_TASKS_H
#define HOTWEAVE_TESTS_GOLDEN_KINDS_TASKS_H

#include "../support/tasks.h"

/* Back when both have ended. */
static inline void run_as(task_fn a, const char *a_name, task_fn b, const char *b_name)
{
	struct task_struct *ta = kthread_run(a, NULL, "%s", a_name);
	struct task_struct *tb = kthread_run(b, NULL, "%s", b_name);

	hotweave_join(ta);
	hotweave_join(tb);
}

static inline void run_one(task_fn fn, const char *name)
{
	hotweave_join(kthread_run(fn, NULL, "%s", name));
}

#endif
