/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Completions. Follows include/linux/completion.h and kernel/sched/completion.c of Linux 6.1.
 * `done` counts complete() calls that nobody consumed; complete_all() sets it to UINT_MAX for good
 * (until reinit_completion()). Waiters are served first in, first out.
 */
#ifndef HOTWEAVE_LINUX_COMPLETION_H
#define HOTWEAVE_LINUX_COMPLETION_H

#include <linux/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct completion {
	unsigned int done;
	unsigned int clock;
	struct task_struct *first_waiter, *last_waiter;
	const char *name;
};

#define COMPLETION_INITIALIZER(work) { 0, 0, NULL, NULL, #work }
#define DECLARE_COMPLETION(work) struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work) DECLARE_COMPLETION(work)

void hotweave_init_completion(struct completion *x, const char *name);
#define init_completion(x) hotweave_init_completion(x, #x)
void reinit_completion(struct completion *x);

/* Context: may sleep. Scheduling point. */
void wait_for_completion(struct completion *x);
/* At most `timeout` jiffies; 0 if it timed out, else the jiffies left (at least 1). */
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
/* Consumes a completion if there is one; never sleeps. */
bool try_wait_for_completion(struct completion *x);
bool completion_done(struct completion *x);
/* Any context. Scheduling point. */
void complete(struct completion *x);
void complete_all(struct completion *x);

#ifdef __cplusplus
}
#endif
#endif
