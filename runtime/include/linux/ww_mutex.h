/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Wound/wait mutexes: several of one class, taken in any order, without deadlock. Follows include/linux/ww_mutex.h
 * and kernel/locking/ww_mutex.h of Linux 6.1.
 *
 * A task draws a stamp (ww_acquire_init), takes mutexes under it and on -EDEADLK gives all of them back, waits for the
 * contended one (ww_mutex_lock_slow) and starts again; the older stamp wins in the end.
 *   wound/wait (DEFINE_WW_CLASS): a task that finds a younger holder wounds it; the wounded one gets -EDEADLK when it
 *     next has to wait while it holds something;
 *   wait/die (DEFINE_WD_CLASS): a task that finds an older holder, or an older task queued, and itself holds
 *     something, gets -EDEADLK.
 * Waiters are queued by stamp, oldest first; those without a context stand where they came.
 * For lockdep all mutexes of a context are nested in the context, which is a lock of its own.
 * Model: release and wake-up are one step; a woken waiter may find the mutex taken by another task.
 * Misuse that is found (lock-misuse): a mutex of another class, anything locked after ww_acquire_done(), a context
 * that ends with mutexes held, and after -EDEADLK anything but backing off and taking the contended mutex first.
 */
#ifndef HOTWEAVE_LINUX_WW_MUTEX_H
#define HOTWEAVE_LINUX_WW_MUTEX_H

#include <linux/atomic.h>
#include <linux/mutex.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

struct ww_class {
	atomic_long_t stamp;
	struct lock_class_key acquire_key;
	struct lock_class_key mutex_key;
	const char *acquire_name;
	const char *mutex_name;
	unsigned int is_wait_die;
};

struct ww_mutex {
	struct mutex base;
	struct ww_acquire_ctx *ctx; /* of the owner; NULL: none */
	struct ww_class *ww_class;
};

/* Lives on the stack of the task that uses it. Written by the runtime only. */
struct ww_acquire_ctx {
	struct task_struct *task;
	unsigned long stamp;
	unsigned int acquired; /* mutexes held under it */
	unsigned short wounded;
	unsigned short is_wait_die;
	unsigned int done_acquire;
	struct ww_class *ww_class;
	void *contending_lock; /* after -EDEADLK */
	struct lockdep_map dep_map;
};

#define __WW_CLASS_INITIALIZER(ww_class, _is_wait_die)                                   \
	{ ATOMIC_LONG_INIT(0), { { { 0 } } }, { { { 0 } } }, #ww_class "_acquire", #ww_class "_mutex", _is_wait_die }
#define DEFINE_WD_CLASS(classname) struct ww_class classname = __WW_CLASS_INITIALIZER(classname, 1)
#define DEFINE_WW_CLASS(classname) struct ww_class classname = __WW_CLASS_INITIALIZER(classname, 0)

/* Initialises a mutex of the class. Any context; not a scheduling point. */
void ww_mutex_init(struct ww_mutex *lock, struct ww_class *ww_class);

/* Begins a context with a new stamp, younger than all before; from now on lockdep sees it held.
 * Context: process. Not a scheduling point. */
void ww_acquire_init(struct ww_acquire_ctx *ctx, struct ww_class *ww_class);

/* No more locks under this context: optional, checks the code. Not a scheduling point. */
void ww_acquire_done(struct ww_acquire_ctx *ctx);

/* Ends a context; all its mutexes have been unlocked (checked). Not a scheduling point. */
void ww_acquire_fini(struct ww_acquire_ctx *ctx);

/*
 * Takes the mutex under `ctx`, or (NULL) as an ordinary mutex. 0: taken; -EALREADY: this context holds it already;
 * -EDEADLK: back off; _interruptible: -EINTR if a signal ended the wait.
 * Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
int __must_check ww_mutex_lock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);
int __must_check ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);

/* The same for the contended mutex after -EDEADLK, when the context holds nothing (checked): cannot fail but for
 * signals. */
void ww_mutex_lock_slow(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);
int __must_check ww_mutex_lock_slow_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);

/* 1 if taken, 0 if not; never sleeps. Context: not in interrupts. Scheduling point: before the attempt. */
int __must_check ww_mutex_trylock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);

/* Context: the owner (checked). Scheduling point: before the release. */
void ww_mutex_unlock(struct ww_mutex *lock);

/* As mutex_destroy() and mutex_is_locked(). */
void ww_mutex_destroy(struct ww_mutex *lock);
bool ww_mutex_is_locked(struct ww_mutex *lock);

#ifdef __cplusplus
}
#endif
#endif
