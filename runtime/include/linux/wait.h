/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Wait queues. Follows include/linux/wait.h and kernel/sched/wait.c of Linux 6.1.
 * wake_up() wakes all non-exclusive waiters and one exclusive; wake_up_all() wakes everybody.
 * wait_event(): the condition is tested again after every wake-up, with the task state set before the
 * test, so that no wake-up after the test is lost.
 * Model: what the kernel does under the queue's spinlock is one step.
 */
#ifndef HOTWEAVE_LINUX_WAIT_H
#define HOTWEAVE_LINUX_WAIT_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WQ_FLAG_EXCLUSIVE 0x01

typedef struct wait_queue_entry wait_queue_entry_t;
typedef int (*wait_queue_func_t)(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);

struct wait_queue_entry {
	unsigned int flags;
	struct task_struct *private_; /* the waiting task (kernel: private) */
	wait_queue_func_t func;
	struct list_head entry;
};

struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
	{ __SPIN_LOCK_UNLOCKED(name.lock), { &(name).head, &(name).head } }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)

#define init_waitqueue_head(wq_head)                                      \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__init_waitqueue_head((wq_head), #wq_head, &__key);       \
	} while (0)
void __init_waitqueue_head(struct wait_queue_head *wq_head, const char *name, struct lock_class_key *key);

int default_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);
int autoremove_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);

#define DEFINE_WAIT_FUNC(name, function) \
	struct wait_queue_entry name = { 0, current, function, { &(name).entry, &(name).entry } }
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)

void init_wait_entry(struct wait_queue_entry *wq_entry, int flags);
void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
/* Queues the entry if it is not queued and sets the task state, in this order, under the queue's lock. */
void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
/* True if somebody is queued; unlocked. */
int waitqueue_active(struct wait_queue_head *wq_head);

/* Any context. Scheduling point. nr_exclusive: how many exclusive waiters; 0: all. */
void __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key);
#define wake_up(x) __wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr) __wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x) __wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(x) __wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(x) __wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)

void hotweave_might_sleep(const char *file, int line);

/* Context: may sleep. Scheduling points: every test of the condition that fails. */
#define ___wait_event(wq_head, condition, state, flags_)                          \
	do {                                                                      \
		struct wait_queue_entry __wq_entry;                               \
		init_wait_entry(&__wq_entry, (flags_));                           \
		for (;;) {                                                        \
			if ((flags_) & WQ_FLAG_EXCLUSIVE)                         \
				prepare_to_wait_exclusive(&(wq_head), &__wq_entry, (state)); \
			else                                                      \
				prepare_to_wait(&(wq_head), &__wq_entry, (state)); \
			if (condition)                                            \
				break;                                            \
			schedule();                                               \
		}                                                                 \
		finish_wait(&(wq_head), &__wq_entry);                             \
	} while (0)

#define wait_event(wq_head, condition)                                            \
	do {                                                                      \
		hotweave_might_sleep(__FILE__, __LINE__);                         \
		if (condition)                                                    \
			break;                                                    \
		___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0);       \
	} while (0)

/* Returns 0 if the time ran out with the condition false, else the jiffies left (at least 1). */
#define wait_event_timeout(wq_head, condition, timeout)                           \
	({                                                                        \
		long __left = (timeout);                                          \
		struct wait_queue_entry __wq_entry;                               \
		hotweave_might_sleep(__FILE__, __LINE__);                         \
		init_wait_entry(&__wq_entry, 0);                                  \
		for (;;) {                                                        \
			prepare_to_wait(&(wq_head), &__wq_entry, TASK_UNINTERRUPTIBLE); \
			if (condition) {                                          \
				if (!__left)                                      \
					__left = 1;                               \
				break;                                            \
			}                                                         \
			if (!__left)                                              \
				break;                                            \
			__left = schedule_timeout(__left);                        \
		}                                                                 \
		finish_wait(&(wq_head), &__wq_entry);                             \
		__left;                                                           \
	})

#ifdef __cplusplus
}
#endif
#endif
