/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Counting semaphores. Follows include/linux/semaphore.h and kernel/locking/semaphore.c of Linux 6.1.
 *
 * down() takes one of `count` units and sleeps while there is none; up() gives one back, to the first waiter if there
 * is one: nobody overtakes. A semaphore has no owner: any task and any context may call up(), lockdep does not know
 * it, and a wait for one is no edge of the wait-for graph (a semaphore that nobody gives back ends in hung-task).
 * Everything before an up() is ordered before everything after a later down().
 * Model: what the kernel does under the semaphore's spinlock is one step.
 */
#ifndef HOTWEAVE_LINUX_SEMAPHORE_H
#define HOTWEAVE_LINUX_SEMAPHORE_H

#include <linux/compiler.h>
#include <linux/lockdep.h>

#ifdef __cplusplus
extern "C" {
#endif

struct semaphore {
	struct hotweave_lock lock; /* the queue; what up() published */
	unsigned int count;
	const char *name;
};

#define __SEMAPHORE_INITIALIZER(name, n) { __HOTWEAVE_LOCK_INIT, n, #name }
/* One unit: used as a mutex without an owner. */
#define DEFINE_SEMAPHORE(name) struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)

/* `val` units, no waiters. Any context; not a scheduling point. */
#define sema_init(sem, val) hotweave_sema_init((sem), (val), #sem)
void hotweave_sema_init(struct semaphore *sem, int val, const char *name);

/*
 * Takes a unit. _interruptible, _killable: any signal, or SIGKILL, ends the wait: 0 with a unit, -EINTR without.
 * _timeout: at most `timeout` jiffies of virtual time: 0, or -ETIME. A unit that is there is taken whatever signals
 * are pending. Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
void down(struct semaphore *sem);
int __must_check down_interruptible(struct semaphore *sem);
int __must_check down_killable(struct semaphore *sem);
int __must_check down_timeout(struct semaphore *sem, long timeout);

/* 0 (!) if a unit was taken, 1 if there was none; never sleeps. Any context. Scheduling point: before the attempt. */
int __must_check down_trylock(struct semaphore *sem);

/* Gives a unit. Any context, any task. Scheduling point: before. */
void up(struct semaphore *sem);

#ifdef __cplusplus
}
#endif
#endif
