/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Waiting for a bit of a word, or for a variable. Follows include/linux/wait_bit.h and kernel/sched/wait_bit.c of Linux 6.1.
 *
 * wake_up_bit() only looks whether somebody is queued: whoever clears the bit must make that visible before
 * (clear_bit_unlock() and smp_mb__after_atomic(), or clear_and_wake_up_bit()). A wake-up that comes before the bit is cleared, or
 * for a bit that is still set, wakes nobody. What precedes a clear_bit_unlock() happens before what follows the wait.
 * Context: waking any; waiting may sleep (checked). Scheduling points: each function, each test of the bit.
 * Model: each word and bit has a queue of its own (the kernel: 256 queues by hash, so that a waiter may be woken for another
 * word, and sleeps again).
 */
#ifndef HOTWEAVE_LINUX_WAIT_BIT_H
#define HOTWEAVE_LINUX_WAIT_BIT_H

#include <linux/bitops.h>
#include <linux/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wait_bit_key {
	void *flags;
	int bit_nr;
	unsigned long timeout; /* jiffies when the wait ends */
};

struct wait_bit_queue_entry {
	struct wait_bit_key key;
	struct wait_queue_entry wq_entry;
};

typedef int wait_bit_action_f(struct wait_bit_key *key, int mode);

/* The queue of a word and bit (of a variable). */
struct wait_queue_head *bit_waitqueue(void *word, int bit);
struct wait_queue_head *__var_waitqueue(void *p);
int wake_bit_function(struct wait_queue_entry *wq_entry, unsigned int mode, int sync, void *key);

#define __WAIT_BIT_KEY_INITIALIZER(word, bit) { .flags = (word), .bit_nr = (bit), .timeout = 0 }
#define DEFINE_WAIT_BIT(name, word, bit)                                                          \
	struct wait_bit_queue_entry name = {                                                      \
		__WAIT_BIT_KEY_INITIALIZER(word, bit),                                            \
		{ 0, hotweave_current(), wake_bit_function, { &(name).wq_entry.entry, &(name).wq_entry.entry } }, \
	}

/* Wakes one exclusive waiter and all others of that bit, if anybody is queued. */
void wake_up_bit(void *word, int bit);
void __wake_up_bit(struct wait_queue_head *wq_head, void *word, int bit);
/* Sleep until the bit is clear, by `action`; its value if that is not 0. The _lock form also sets the bit. */
int __wait_on_bit(struct wait_queue_head *wq_head, struct wait_bit_queue_entry *wbq_entry, wait_bit_action_f *action,
		  unsigned int mode);
int __wait_on_bit_lock(struct wait_queue_head *wq_head, struct wait_bit_queue_entry *wbq_entry,
		       wait_bit_action_f *action, unsigned int mode);
int out_of_line_wait_on_bit(void *word, int bit, wait_bit_action_f *action, unsigned int mode);
int out_of_line_wait_on_bit_timeout(void *word, int bit, wait_bit_action_f *action, unsigned int mode,
				    unsigned long timeout);
int out_of_line_wait_on_bit_lock(void *word, int bit, wait_bit_action_f *action, unsigned int mode);

/* Actions: schedule(), io_schedule(), the same until key->timeout. -EINTR after a signal that `mode` lets through, -EAGAIN when
 * the time is up. */
int bit_wait(struct wait_bit_key *key, int mode);
int bit_wait_io(struct wait_bit_key *key, int mode);
int bit_wait_timeout(struct wait_bit_key *key, int mode);
int bit_wait_io_timeout(struct wait_bit_key *key, int mode);

/* 0 when the bit was seen clear (with acquire order), else what the action said. */
int hotweave_wait_on_bit(unsigned long *word, int bit, wait_bit_action_f *action, unsigned int mode);
static inline int wait_on_bit(unsigned long *word, int bit, unsigned int mode)
{
	return hotweave_wait_on_bit(word, bit, bit_wait, mode);
}
static inline int wait_on_bit_io(unsigned long *word, int bit, unsigned int mode)
{
	return hotweave_wait_on_bit(word, bit, bit_wait_io, mode);
}
static inline int wait_on_bit_action(unsigned long *word, int bit, wait_bit_action_f *action, unsigned int mode)
{
	return hotweave_wait_on_bit(word, bit, action, mode);
}
/* At most `timeout` jiffies: -EAGAIN. */
int wait_on_bit_timeout(unsigned long *word, int bit, unsigned int mode, unsigned long timeout);
/* Waits until the bit is clear and sets it: 0, the caller owns the bit. */
int wait_on_bit_lock_action(unsigned long *word, int bit, wait_bit_action_f *action, unsigned int mode);
static inline int wait_on_bit_lock(unsigned long *word, int bit, unsigned int mode)
{
	return wait_on_bit_lock_action(word, bit, bit_wait, mode);
}
static inline int wait_on_bit_lock_io(unsigned long *word, int bit, unsigned int mode)
{
	return wait_on_bit_lock_action(word, bit, bit_wait_io, mode);
}

/* Clears the bit (release), full barrier, wake_up_bit(). */
void clear_and_wake_up_bit(int bit, void *word);

/* ---- Variables ------------------------------------------------------------------------------------------- */

void init_wait_var_entry(struct wait_bit_queue_entry *wbq_entry, void *var, int flags);
/* Wakes everybody who waits for `var`, if somebody is queued: make the change visible first. */
void wake_up_var(void *var);

/* As the wait_event of the same name, on the queue of a variable. */
#define ___wait_var_event(var, condition, state, exclusive, ret, cmd)                             \
	({                                                                                        \
		struct wait_queue_head *__wq_head = __var_waitqueue(var);                         \
		struct wait_bit_queue_entry __wbq_entry;                                          \
		long __ret = (ret);                                                               \
		bool __unqueued = false;                                                          \
		init_wait_var_entry(&__wbq_entry, var, (exclusive) ? WQ_FLAG_EXCLUSIVE : 0);      \
		for (;;) {                                                                        \
			const long __int = prepare_to_wait_event(__wq_head, &__wbq_entry.wq_entry, (state)); \
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
			finish_wait(__wq_head, &__wbq_entry.wq_entry);                            \
		__ret;                                                                            \
	})
#define __hotweave_wait_var(var, condition, state)                                                \
	({                                                                                        \
		int __status = 0;                                                                 \
		hotweave_might_sleep(__FILE__, __LINE__);                                         \
		if (!(condition))                                                                 \
			__status = (int)___wait_var_event(var, condition, state, 0, 0, schedule()); \
		__status;                                                                         \
	})
#define wait_var_event(var, condition) ((void)__hotweave_wait_var(var, condition, TASK_UNINTERRUPTIBLE))
#define wait_var_event_killable(var, condition) __hotweave_wait_var(var, condition, TASK_KILLABLE)
#define wait_var_event_interruptible(var, condition) __hotweave_wait_var(var, condition, TASK_INTERRUPTIBLE)
#define wait_var_event_timeout(var, condition, timeout)                                           \
	({                                                                                        \
		const long __limit = (timeout);                                                   \
		long __ret = __limit;                                                             \
		hotweave_might_sleep(__FILE__, __LINE__);                                         \
		if (!___wait_cond_timeout(condition))                                             \
			__ret = ___wait_var_event(var, ___wait_cond_timeout(condition), TASK_UNINTERRUPTIBLE, 0, \
						  __limit, __ret = schedule_timeout(__ret));      \
		__ret;                                                                            \
	})

#ifdef __cplusplus
}
#endif
#endif
