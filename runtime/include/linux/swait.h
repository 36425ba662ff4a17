/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Simple wait queues: all waiters are exclusive, first in, first out, without functions of their own. Follows
 * include/linux/swait.h and kernel/sched/swait.c of Linux 6.1.
 *
 * swake_up_one() takes the first waiter off and wakes it. Order and rules as of <linux/wait.h>.
 * Context: waking: any, swake_up_all(): process context; waiting: may sleep. Scheduling points: each function.
 * Model: what the kernel does under the queue's lock is one step, and swake_up_all() never drops the lock.
 */
#ifndef HOTWEAVE_LINUX_SWAIT_H
#define HOTWEAVE_LINUX_SWAIT_H

#include <linux/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct swait_queue_head {
	raw_spinlock_t lock;
	struct list_head task_list;
};

struct swait_queue {
	struct task_struct *task;
	struct list_head task_list;
};

#define __SWAITQUEUE_INITIALIZER(name) { hotweave_current(), { &(name).task_list, &(name).task_list } }
#define DECLARE_SWAITQUEUE(name) struct swait_queue name = __SWAITQUEUE_INITIALIZER(name)
#define __SWAIT_QUEUE_HEAD_INITIALIZER(name) \
	{ __RAW_SPIN_LOCK_UNLOCKED(name.lock), { &(name).task_list, &(name).task_list } }
#define DECLARE_SWAIT_QUEUE_HEAD(name) struct swait_queue_head name = __SWAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_SWAIT_QUEUE_HEAD_ONSTACK(name) \
	struct swait_queue_head name;          \
	init_swait_queue_head(&(name))

void __init_swait_queue_head(struct swait_queue_head *q, const char *name, struct lock_class_key *key);
#define init_swait_queue_head(q)                                     \
	do {                                                         \
		static struct lock_class_key __key;                  \
		__init_swait_queue_head((q), #q, &__key);            \
	} while (0)

/* Unlocked look; swq_has_sleeper(): smp_mb() first. */
int swait_active(struct swait_queue_head *wq);
bool swq_has_sleeper(struct swait_queue_head *wq);

void swake_up_one(struct swait_queue_head *q);
void swake_up_all(struct swait_queue_head *q);
/* By the holder of q->lock. */
void swake_up_locked(struct swait_queue_head *q);

void prepare_to_swait_exclusive(struct swait_queue_head *q, struct swait_queue *wait, int state);
/* -ERESTARTSYS, off the queue, if a signal is pending that ends a sleep in `state`. */
long prepare_to_swait_event(struct swait_queue_head *q, struct swait_queue *wait, int state);
void finish_swait(struct swait_queue_head *q, struct swait_queue *wait);

#define ___swait_event(wq, condition, state, ret, cmd)                                            \
	({                                                                                        \
		struct swait_queue __wait = { hotweave_current(), { &__wait.task_list, &__wait.task_list } }; \
		long __ret = (ret);                                                               \
		bool __unqueued = false;                                                          \
		for (;;) {                                                                        \
			const long __int = prepare_to_swait_event(&(wq), &__wait, (state));       \
			if (condition)                                                            \
				break;                                                            \
			if (___wait_is_interruptible(state) && __int) {                           \
				__ret = __int;                                                    \
				__unqueued = true;                                                \
				break;                                                            \
			}                                                                         \
			cmd;                                                                      \
		}                                                                                 \
		if (!__unqueued)                                                                  \
			finish_swait(&(wq), &__wait);                                             \
		__ret;                                                                            \
	})

#define __hotweave_swait(wq, condition, state)                                                    \
	({                                                                                        \
		int __status = 0;                                                                 \
		if (!(condition))                                                                 \
			__status = (int)___swait_event(wq, condition, state, 0, schedule());      \
		__status;                                                                         \
	})
#define __hotweave_swait_left(wq, condition, timeout, state)                                      \
	({                                                                                        \
		const long __limit = (timeout);                                                   \
		long __ret = __limit;                                                             \
		if (!___wait_cond_timeout(condition))                                             \
			__ret = ___swait_event(wq, ___wait_cond_timeout(condition), state, __limit, \
					       __ret = schedule_timeout(__ret));                  \
		__ret;                                                                            \
	})

/* As the wait_event of the same name in <linux/wait.h>. */
#define swait_event_exclusive(wq, condition) ((void)__hotweave_swait(wq, condition, TASK_UNINTERRUPTIBLE))
#define swait_event_idle_exclusive(wq, condition) ((void)__hotweave_swait(wq, condition, TASK_IDLE))
#define swait_event_interruptible_exclusive(wq, condition) __hotweave_swait(wq, condition, TASK_INTERRUPTIBLE)
#define swait_event_timeout_exclusive(wq, condition, timeout) \
	__hotweave_swait_left(wq, condition, timeout, TASK_UNINTERRUPTIBLE)
#define swait_event_idle_timeout_exclusive(wq, condition, timeout) \
	__hotweave_swait_left(wq, condition, timeout, TASK_IDLE)
#define swait_event_interruptible_timeout_exclusive(wq, condition, timeout) \
	__hotweave_swait_left(wq, condition, timeout, TASK_INTERRUPTIBLE)

#ifdef __cplusplus
}
#endif
#endif
