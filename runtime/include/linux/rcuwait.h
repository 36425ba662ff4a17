/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One waiter at a time, without a lock. Follows include/linux/rcuwait.h and kernel/exit.c of Linux 6.1.
 *
 * The waiter publishes itself, sets its state and looks at the condition; whoever makes the condition true calls
 * rcuwait_wake_up() after that. What precedes a wake-up that ends a sleep happens before what follows the sleep; a
 * waiter that finds the condition true at once has no order from here. Two waiters at once overwrite each other.
 * Context: waking: any; waiting: may sleep (checked). Scheduling points: each function.
 * Model: none.
 */
#ifndef HOTWEAVE_LINUX_RCUWAIT_H
#define HOTWEAVE_LINUX_RCUWAIT_H

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

struct rcuwait {
	struct task_struct __rcu *task;
};

#define __RCUWAIT_INITIALIZER(name) { NULL }

static inline void rcuwait_init(struct rcuwait *w) { w->task = NULL; }

/* Is somebody waiting? Unordered. */
static inline int rcuwait_active(struct rcuwait *w) { return !!rcu_access_pointer(w->task); }

/* Wakes the waiter, if there is one: 1 if it slept, else 0. Source: rcuwait_wake_up(), kernel/exit.c, 6.1. */
static inline int rcuwait_wake_up(struct rcuwait *w)
{
	int ret = 0;
	struct task_struct *task;

	rcu_read_lock();
	/* Pairs with set_current_state() in rcuwait_wait_event(). */
	smp_mb();
	task = rcu_dereference(w->task);
	if (task)
		ret = wake_up_process(task);
	rcu_read_unlock();
	return ret;
}

static inline void prepare_to_rcuwait(struct rcuwait *w) { rcu_assign_pointer(w->task, current); }

static inline void finish_rcuwait(struct rcuwait *w)
{
	rcu_assign_pointer(w->task, (struct task_struct *)NULL);
	__set_current_state(TASK_RUNNING);
}

/* Sleeps in `state` until the condition holds: 0; -EINTR if a signal came first that ends such a sleep. */
#define rcuwait_wait_event(w, condition, state)                                 \
	({                                                                      \
		int __ret = 0;                                                  \
		prepare_to_rcuwait(w);                                          \
		for (;;) {                                                      \
			set_current_state(state);                               \
			if (condition)                                          \
				break;                                          \
			if (signal_pending_state((state), current)) {           \
				__ret = -EINTR;                                 \
				break;                                          \
			}                                                       \
			schedule();                                             \
		}                                                               \
		finish_rcuwait(w);                                              \
		__ret;                                                          \
	})

#endif
