/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Completions. Follows include/linux/completion.h and kernel/sched/completion.c of Linux 6.1.
 *
 * `done` counts complete() calls that nobody consumed; complete_all() sets it to UINT_MAX for good (until
 * reinit_completion()). Waiters are served first in, first out. What precedes complete() happens before what follows
 * the wait that it ends (and completion_done() that returns true).
 * Context: complete() any; waiting may sleep (checked). Scheduling points: each function, before its effect; where a
 * waiter sleeps.
 * Model: what the kernel does under wait.lock is one step.
 * Lockdep: in a profile whose history table lists `completion_tracking`, as linux-next had it from August to November 2017,
 * a completion is a lock of the class of its init site: waiting takes it after all that is held, and what the completing task
 * took since the wait began is taken inside it. Else it is none, as in every release.
 * Findings: a completion that was never initialised (lock-misuse); one whose memory was freed, or that was on the stack
 * of a function that has returned (use-after-free). reinit_completion() with somebody waiting loses nobody, as in the kernel.
 */
#ifndef HOTWEAVE_LINUX_COMPLETION_H
#define HOTWEAVE_LINUX_COMPLETION_H

#include <linux/lockdep.h>
#include <linux/swait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct completion {
	unsigned int done;
	struct swait_queue_head wait;
	const char *name; /* for reports */
	struct lockdep_map map;
	const struct task_struct *completer; /* hotweave_completed_by() */
};

#define COMPLETION_INITIALIZER(work)                                \
	{ 0, __SWAIT_QUEUE_HEAD_INITIALIZER((work).wait), #work, \
	  STATIC_LOCKDEP_MAP_INIT("(complete)" #work, NULL), NULL }
#define DECLARE_COMPLETION(work) struct completion work = COMPLETION_INITIALIZER(work)
/* On the stack: its class is the place of the call. */
#define COMPLETION_INITIALIZER_ONSTACK(work) (*({ init_completion(&work); &work; }))
#define DECLARE_COMPLETION_ONSTACK(work) \
	struct completion work;          \
	__hotweave_init_completion(&work, #work)
#define COMPLETION_INITIALIZER_ONSTACK_MAP(work, map) COMPLETION_INITIALIZER_ONSTACK(work)
#define DECLARE_COMPLETION_ONSTACK_MAP(work, map) DECLARE_COMPLETION_ONSTACK(work)

void hotweave_init_completion(struct completion *x, const char *name, const char *map_name, struct lock_class_key *key);
#define __hotweave_init_completion(x, name)                                       \
	do {                                                                      \
		static struct lock_class_key __key;                               \
		hotweave_init_completion(x, name, "(complete)" name, &__key);     \
	} while (0)
/* Initialises it for its first use. Any context; not a scheduling point. */
#define init_completion(x) __hotweave_init_completion(x, #x)
#define init_completion_map(x, m) init_completion(x)
/*
 * Only that task will complete it, as far as the wait-for graph is concerned: who waits for the completion waits for the task. Until
 * the next initialisation. Any context; not a scheduling point.
 */
static inline void hotweave_completed_by(struct completion *x, const struct task_struct *task)
{
	x->completer = task;
}
/* done = 0, for the next use. Nobody may still be about to complete the last one. */
void reinit_completion(struct completion *x);

void wait_for_completion(struct completion *x);
void wait_for_completion_io(struct completion *x);
/* 0, or -ERESTARTSYS if a signal came (killable: a fatal one; state: as the state says). */
int wait_for_completion_interruptible(struct completion *x);
int wait_for_completion_killable(struct completion *x);
int wait_for_completion_state(struct completion *x, unsigned int state);
/* At most `timeout` jiffies: 0 if they passed, else the jiffies left (at least 1); -ERESTARTSYS as above. */
unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout);
unsigned long wait_for_completion_io_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout);
long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout);
/* Consumes a completion if there is one; never sleeps. Any context. */
bool try_wait_for_completion(struct completion *x);
/* True if a wait would not sleep now. Any context. */
bool completion_done(struct completion *x);

void complete(struct completion *x);
void complete_all(struct completion *x);

#ifdef __cplusplus
}
#endif
#endif
