/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Wait queues. Follows include/linux/wait.h and kernel/sched/wait.c of Linux 6.1.
 *
 * A waiter queues an entry and sets its task state under the queue's lock, tests the condition, and sleeps if it does
 * not hold; whoever makes it hold wakes the queue. wake_up() wakes all waiters that are not exclusive and one that
 * is; the _all forms wake everybody. No wake-up that comes after the state was set is lost.
 * Order: the queue's lock orders all queueing and waking, as any spinlock; a wake-up that ends a sleep orders what
 * precedes it before what the woken task does next. waitqueue_active() orders nothing.
 *
 * Context: wake_up() and queueing: any; wait_event*(): may sleep (checked). Scheduling points: each of the functions,
 * before its effect; where a waiter sleeps. The condition is evaluated any number of times, with the state set.
 * Model: what the kernel does under the queue's lock is one step, unless an entry's own function is of target code: then the
 * lock is really held. The lock is never dropped in the middle of a long walk. Conditions must not sleep for long:
 * a sleep inside leaves the task running, as in the kernel.
 */
#ifndef HOTWEAVE_LINUX_WAIT_H
#define HOTWEAVE_LINUX_WAIT_H

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WQ_FLAG_EXCLUSIVE 0x01
#define WQ_FLAG_WOKEN 0x02
#define WQ_FLAG_CUSTOM 0x08
#define WQ_FLAG_DONE 0x10
#define WQ_FLAG_PRIORITY 0x20

/* Names of members that are keywords of C++ end with an underscore there. */
#ifdef __cplusplus
#define HOTWEAVE_WAIT_PRIVATE private_
#else
#define HOTWEAVE_WAIT_PRIVATE private
#endif

typedef struct wait_queue_entry wait_queue_entry_t;
/* Called for each entry by a waker, under the queue's lock. Not 0: a task was woken; below 0: the walk ends. */
typedef int (*wait_queue_func_t)(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);

struct wait_queue_entry {
	unsigned int flags; /* WQ_FLAG_* */
	void *HOTWEAVE_WAIT_PRIVATE; /* the waiting task */
	wait_queue_func_t func;
	struct list_head entry;
};

struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

/* ---- Queues and entries ---------------------------------------------------------------------------------- */

#define __WAITQUEUE_INITIALIZER(name, tsk) { 0, (tsk), default_wake_function, { NULL, NULL } }
#define DECLARE_WAITQUEUE(name, tsk) struct wait_queue_entry name = __WAITQUEUE_INITIALIZER(name, tsk)

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
	{ __SPIN_LOCK_UNLOCKED(name.lock), { &(name).head, &(name).head } }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) \
	struct wait_queue_head name;          \
	init_waitqueue_head(&(name))

/* Initialises a queue; the class of its lock is the place of this call. Any context. */
#define init_waitqueue_head(wq_head)                                      \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__init_waitqueue_head((wq_head), #wq_head, &__key);       \
	} while (0)
void __init_waitqueue_head(struct wait_queue_head *wq_head, const char *name, struct lock_class_key *key);

/* Wakes the entry's task if it sleeps in a state of `mode`. */
int default_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);
/* The same, and takes the entry off the queue if it did. */
int autoremove_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);
/* Marks the entry, then as default_wake_function(); for wait_woken(). */
int woken_wake_function(struct wait_queue_entry *wq_entry, unsigned int mode, int flags, void *key);

#define DEFINE_WAIT_FUNC(name, function) \
	struct wait_queue_entry name = { 0, hotweave_current(), function, { &(name).entry, &(name).entry } }
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define init_wait_func(wait, function)                             \
	do {                                                       \
		(wait)->HOTWEAVE_WAIT_PRIVATE = hotweave_current(); \
		(wait)->func = (function);                         \
		INIT_LIST_HEAD(&(wait)->entry);                    \
		(wait)->flags = 0;                                 \
	} while (0)
#define init_wait(wait) init_wait_func(wait, autoremove_wake_function)
void init_wait_entry(struct wait_queue_entry *wq_entry, int flags);

static inline void init_waitqueue_entry(struct wait_queue_entry *wq_entry, struct task_struct *p)
{
	wq_entry->flags = 0;
	wq_entry->HOTWEAVE_WAIT_PRIVATE = p;
	wq_entry->func = default_wake_function;
}
static inline void init_waitqueue_func_entry(struct wait_queue_entry *wq_entry, wait_queue_func_t func)
{
	wq_entry->flags = 0;
	wq_entry->HOTWEAVE_WAIT_PRIVATE = NULL;
	wq_entry->func = func;
}

/* Queue an entry: in front (but behind priority ones); exclusive ones at the end; priority ones, which are exclusive
 * too, at the very front. The caller sets its state itself. */
void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void add_wait_queue_priority(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
/* The same by the holder of wq_head->lock. Not scheduling points. */
void __add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void __add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void __add_wait_queue_entry_tail(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void __add_wait_queue_entry_tail_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void __remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);

/* Queues the entry if it is not queued and sets the task state, in this order, under the queue's lock. */
void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
/* True if it was queued first of all. */
bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
/* The same, as entry->flags say; with a signal pending that ends a sleep in `state` it unqueues instead, leaves the
 * state alone and returns -ERESTARTSYS. Else 0. */
long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
/* Sets TASK_RUNNING and takes the entry off the queue if it is still on it. */
void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
/* For entries with woken_wake_function(), queued by add_wait_queue(): sleeps in `mode` unless the entry was woken since
 * the last time, or the thread is to stop or park. Returns the jiffies left of `timeout`. */
long wait_woken(struct wait_queue_entry *wq_entry, unsigned int mode, long timeout);

/* True if somebody is queued; unlocked: the caller orders it against the waiter's test of the condition. */
int waitqueue_active(struct wait_queue_head *wq_head);
/* True if exactly one exclusive waiter is queued and nobody else; under the lock. */
bool wq_has_single_sleeper(struct wait_queue_head *wq_head);
/* smp_mb() first. */
bool wq_has_sleeper(struct wait_queue_head *wq_head);

/* ---- Waking ---------------------------------------------------------------------------------------------- */

/* nr_exclusive: how many exclusive waiters; 0: all. `key` goes to the functions of the entries. */
void __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr_exclusive, void *key);
void __wake_up_sync_key(struct wait_queue_head *wq_head, unsigned int mode, void *key);
void __wake_up_sync(struct wait_queue_head *wq_head, unsigned int mode);
/* Context: the holder of wq_head->lock (missing-lock). */
void __wake_up_locked(struct wait_queue_head *wq_head, unsigned int mode, int nr);
void __wake_up_locked_key(struct wait_queue_head *wq_head, unsigned int mode, void *key);
void __wake_up_locked_sync_key(struct wait_queue_head *wq_head, unsigned int mode, void *key);
/* Wakes everybody with POLLFREE, because the queue is about to go; an assertion if somebody stays queued. */
void wake_up_pollfree(struct wait_queue_head *wq_head);

#define wake_up(x) __wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr) __wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x) __wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_locked(x) __wake_up_locked((x), TASK_NORMAL, 1)
#define wake_up_all_locked(x) __wake_up_locked((x), TASK_NORMAL, 0)
#define wake_up_sync(x) __wake_up_sync(x, TASK_NORMAL)
#define wake_up_interruptible(x) __wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_nr(x, nr) __wake_up(x, TASK_INTERRUPTIBLE, nr, NULL)
#define wake_up_interruptible_all(x) __wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_interruptible_sync(x) __wake_up_sync((x), TASK_INTERRUPTIBLE)

/* Poll events as keys. */
#define poll_to_key(m) ((void *)(uintptr_t)(u32)(m))
#define key_to_poll(m) ((u32)(uintptr_t)(void *)(m))
#define wake_up_poll(x, m) __wake_up(x, TASK_NORMAL, 1, poll_to_key(m))
#define wake_up_locked_poll(x, m) __wake_up_locked_key((x), TASK_NORMAL, poll_to_key(m))
#define wake_up_interruptible_poll(x, m) __wake_up(x, TASK_INTERRUPTIBLE, 1, poll_to_key(m))
#define wake_up_interruptible_sync_poll(x, m) __wake_up_sync_key((x), TASK_INTERRUPTIBLE, poll_to_key(m))
#define wake_up_interruptible_sync_poll_locked(x, m) \
	__wake_up_locked_sync_key((x), TASK_INTERRUPTIBLE, poll_to_key(m))

/* ---- wait_event ------------------------------------------------------------------------------------------ */

void hotweave_might_sleep(const char *file, int line);
/* Sleeps until the absolute time; false if it has passed. For wait_event_hrtimeout(). */
bool hotweave_schedule_until(ktime_t end);
ktime_t hotweave_time_after(ktime_t timeout);
/* The last steps of a wait under the queue's lock, which they give up while they sleep; -ERESTARTSYS after a signal. */
int do_wait_intr(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
int do_wait_intr_irq(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);

#define ___wait_is_interruptible(state) \
	(((state) & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) != 0)

/* The loop of all of them: `cmd` sleeps; the value is `ret`, or what the wait was ended with. */
#define ___wait_event(wq_head, condition, state, exclusive, ret, cmd)                             \
	({                                                                                        \
		struct wait_queue_entry __wq_entry;                                               \
		long __ret = (ret); /* of the whole; `cmd` may change it */                       \
		bool __unqueued = false;                                                          \
		init_wait_entry(&__wq_entry, (exclusive) ? WQ_FLAG_EXCLUSIVE : 0);                \
		for (;;) {                                                                        \
			const long __int = prepare_to_wait_event(&(wq_head), &__wq_entry, (state)); \
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
			finish_wait(&(wq_head), &__wq_entry);                                     \
		__ret;                                                                            \
	})

/* The condition of a wait with a limit: true as well when the time is up. */
#define ___wait_cond_timeout(condition)                  \
	({                                               \
		bool __cond = (condition);               \
		if (__cond && !__ret)                    \
			__ret = 1;                       \
		__cond || !__ret;                        \
	})

/* What most are made of: nothing, a status, or the jiffies left. */
#define __hotweave_wait(wq_head, condition, state, exclusive, cmd)                                \
	do {                                                                                      \
		hotweave_might_sleep(__FILE__, __LINE__);                                         \
		if (condition)                                                                    \
			break;                                                                    \
		(void)___wait_event(wq_head, condition, state, exclusive, 0, cmd);                \
	} while (0)
#define __hotweave_wait_status(wq_head, condition, state, exclusive)                              \
	({                                                                                        \
		int __status = 0;                                                                 \
		hotweave_might_sleep(__FILE__, __LINE__);                                         \
		if (!(condition))                                                                 \
			__status = (int)___wait_event(wq_head, condition, state, exclusive, 0, schedule()); \
		__status;                                                                         \
	})
#define __hotweave_wait_left(wq_head, condition, state, exclusive, timeout)                       \
	({                                                                                        \
		const long __limit = (timeout);                                                   \
		long __ret = __limit;                                                             \
		hotweave_might_sleep(__FILE__, __LINE__);                                         \
		if (!___wait_cond_timeout(condition))                                             \
			__ret = ___wait_event(wq_head, ___wait_cond_timeout(condition), state, exclusive, \
					      __limit, __ret = schedule_timeout(__ret));          \
		__ret;                                                                            \
	})

/* Sleeps until the condition holds. */
#define wait_event(wq_head, condition) \
	__hotweave_wait(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, schedule())
#define io_wait_event(wq_head, condition) \
	__hotweave_wait(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, io_schedule())
/* In TASK_IDLE: a task that waits so is not hung. */
#define wait_event_idle(wq_head, condition) \
	__hotweave_wait(wq_head, condition, TASK_IDLE, 0, schedule())
#define wait_event_idle_exclusive(wq_head, condition) \
	__hotweave_wait(wq_head, condition, TASK_IDLE, 1, schedule())
/* cmd1 before and cmd2 after each sleep. */
#define wait_event_cmd(wq_head, condition, cmd1, cmd2)                                            \
	do {                                                                                      \
		if (condition)                                                                    \
			break;                                                                    \
		(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, 0, cmd1; schedule(); cmd2); \
	} while (0)
#define wait_event_exclusive_cmd(wq_head, condition, cmd1, cmd2)                                  \
	do {                                                                                      \
		if (condition)                                                                    \
			break;                                                                    \
		(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 1, 0, cmd1; schedule(); cmd2); \
	} while (0)

/* 0 when the condition holds, -ERESTARTSYS if a signal came (killable: a fatal one). */
#define wait_event_interruptible(wq_head, condition) \
	__hotweave_wait_status(wq_head, condition, TASK_INTERRUPTIBLE, 0)
#define wait_event_interruptible_exclusive(wq_head, condition) \
	__hotweave_wait_status(wq_head, condition, TASK_INTERRUPTIBLE, 1)
#define wait_event_killable(wq_head, condition) \
	__hotweave_wait_status(wq_head, condition, TASK_KILLABLE, 0)
#define wait_event_killable_exclusive(wq_head, condition) \
	__hotweave_wait_status(wq_head, condition, TASK_KILLABLE, 1)
/* Interruptible, and the freezer may hold the task there: <linux/freezer.h>. */
#define wait_event_freezable(wq_head, condition) \
	__hotweave_wait_status(wq_head, condition, (TASK_INTERRUPTIBLE | TASK_FREEZABLE), 0)
#define wait_event_freezable_exclusive(wq_head, condition) \
	__hotweave_wait_status(wq_head, condition, (TASK_INTERRUPTIBLE | TASK_FREEZABLE), 1)

/* At most `timeout` jiffies: 0 if they passed and the condition does not hold, 1 if it holds just then, else the jiffies
 * left (at least 1). -ERESTARTSYS as above. */
#define wait_event_timeout(wq_head, condition, timeout) \
	__hotweave_wait_left(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, timeout)
#define wait_event_idle_timeout(wq_head, condition, timeout) \
	__hotweave_wait_left(wq_head, condition, TASK_IDLE, 0, timeout)
#define wait_event_idle_exclusive_timeout(wq_head, condition, timeout) \
	__hotweave_wait_left(wq_head, condition, TASK_IDLE, 1, timeout)
#define wait_event_interruptible_timeout(wq_head, condition, timeout) \
	__hotweave_wait_left(wq_head, condition, TASK_INTERRUPTIBLE, 0, timeout)
#define wait_event_killable_timeout(wq_head, condition, timeout) \
	__hotweave_wait_left(wq_head, condition, TASK_KILLABLE, 0, timeout)
#define wait_event_freezable_timeout(wq_head, condition, timeout) \
	__hotweave_wait_left(wq_head, condition, (TASK_INTERRUPTIBLE | TASK_FREEZABLE), 0, timeout)

/* At most `timeout` (ktime_t): 0, or -ETIME; -ERESTARTSYS in the interruptible form. */
#define __hotweave_wait_hrtimeout(wq_head, condition, timeout, state)                             \
	({                                                                                        \
		int __status = 0;                                                                 \
		hotweave_might_sleep(__FILE__, __LINE__);                                         \
		if (!(condition)) {                                                               \
			const ktime_t __end = hotweave_time_after(timeout);                       \
			__status = (int)___wait_event(wq_head, condition, state, 0, 0,            \
				if (!hotweave_schedule_until(__end)) { __ret = -ETIME; break; }); \
		}                                                                                 \
		__status;                                                                         \
	})
#define wait_event_hrtimeout(wq_head, condition, timeout) \
	__hotweave_wait_hrtimeout(wq_head, condition, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible_hrtimeout(wq, condition, timeout) \
	__hotweave_wait_hrtimeout(wq, condition, timeout, TASK_INTERRUPTIBLE)

/* Under wq.lock, which is given up while it sleeps (_irq: interrupts go on as well). */
#define __wait_event_interruptible_locked(wq, condition, exclusive, fn)                           \
	({                                                                                        \
		int __ret = 0;                                                                    \
		if (!(condition)) {                                                               \
			DEFINE_WAIT(__wait);                                                      \
			if (exclusive)                                                            \
				__wait.flags |= WQ_FLAG_EXCLUSIVE;                                \
			do {                                                                      \
				__ret = fn(&(wq), &__wait);                                       \
				if (__ret)                                                        \
					break;                                                    \
			} while (!(condition));                                                   \
			__remove_wait_queue(&(wq), &__wait);                                      \
			__set_current_state(TASK_RUNNING);                                        \
		}                                                                                 \
		__ret;                                                                            \
	})
#define wait_event_interruptible_locked(wq, condition) \
	__wait_event_interruptible_locked(wq, condition, 0, do_wait_intr)
#define wait_event_interruptible_locked_irq(wq, condition) \
	__wait_event_interruptible_locked(wq, condition, 0, do_wait_intr_irq)
#define wait_event_interruptible_exclusive_locked(wq, condition) \
	__wait_event_interruptible_locked(wq, condition, 1, do_wait_intr)
#define wait_event_interruptible_exclusive_locked_irq(wq, condition) \
	__wait_event_interruptible_locked(wq, condition, 1, do_wait_intr_irq)

/* Under a spinlock of the caller, taken with interrupts off, which is given up while it sleeps and while cmd runs. */
#define wait_event_lock_irq_cmd(wq_head, condition, lock, cmd)                                    \
	do {                                                                                      \
		if (condition)                                                                    \
			break;                                                                    \
		(void)___wait_event(wq_head, condition, TASK_UNINTERRUPTIBLE, 0, 0,               \
				    spin_unlock_irq(&(lock)); cmd; schedule(); spin_lock_irq(&(lock))); \
	} while (0)
#define wait_event_lock_irq(wq_head, condition, lock) wait_event_lock_irq_cmd(wq_head, condition, lock, )
#define wait_event_interruptible_lock_irq_cmd(wq_head, condition, lock, cmd)                      \
	({                                                                                        \
		int __status = 0;                                                                 \
		if (!(condition))                                                                 \
			__status = (int)___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 0, 0, \
				spin_unlock_irq(&(lock)); cmd; schedule(); spin_lock_irq(&(lock))); \
		__status;                                                                         \
	})
#define wait_event_interruptible_lock_irq(wq_head, condition, lock) \
	wait_event_interruptible_lock_irq_cmd(wq_head, condition, lock, )
#define __hotweave_wait_lock_irq_left(wq_head, condition, lock, timeout, state)                   \
	({                                                                                        \
		const long __limit = (timeout);                                                   \
		long __ret = __limit;                                                             \
		if (!___wait_cond_timeout(condition))                                             \
			__ret = ___wait_event(wq_head, ___wait_cond_timeout(condition), state, 0, __limit, \
				spin_unlock_irq(&(lock)); __ret = schedule_timeout(__ret);        \
				spin_lock_irq(&(lock)));                                          \
		__ret;                                                                            \
	})
#define wait_event_lock_irq_timeout(wq_head, condition, lock, timeout) \
	__hotweave_wait_lock_irq_left(wq_head, condition, lock, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible_lock_irq_timeout(wq_head, condition, lock, timeout) \
	__hotweave_wait_lock_irq_left(wq_head, condition, lock, timeout, TASK_INTERRUPTIBLE)

#ifdef __cplusplus
}
#endif
#endif
