/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Mutexes. Follows include/linux/mutex.h and kernel/locking/mutex.c of Linux 6.1.
 *
 * Sleeping, exclusive, not recursive, owned: only the owner may unlock; FIFO waiters. A task that locks
 * a mutex it owns deadlocks with itself (finding recursive-lock).
 * Model: an unlocked mutex is free until the first waiter runs again, so another task may steal it, as
 * optimistic spinning and the fast path allow; a waiter that was woken once and failed is handed the
 * mutex at the next unlock (HANDOFF, 4.10).
 */
#ifndef HOTWEAVE_LINUX_MUTEX_H
#define HOTWEAVE_LINUX_MUTEX_H

#include <linux/lockdep.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mutex {
	struct hotweave_lock lock;
	struct lockdep_map dep_map;
};

#define __MUTEX_INITIALIZER(lockname) { __HOTWEAVE_LOCK_INIT, __DEP_MAP_INIT(lockname) }
#define DEFINE_MUTEX(mutexname) struct mutex mutexname = __MUTEX_INITIALIZER(mutexname)

/* Initialises a mutex; its class is the place of this call. Any context. */
#define mutex_init(mutex)                                                 \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__mutex_init((mutex), #mutex, &__key);                    \
	} while (0)
void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key);

/* Context: may sleep. Scheduling points: before the attempt; where it blocks. */
void mutex_lock(struct mutex *lock);
#define mutex_lock_nested(lock, subclass) ((void)(subclass), mutex_lock(lock))

/* Returns 1 if the mutex was taken, 0 if not; never sleeps. Context: not in interrupts (not checked).
 * Scheduling point: before the attempt. */
int mutex_trylock(struct mutex *lock);

/* Context: the owner (checked), process context (not checked). Scheduling point: before the release. */
void mutex_unlock(struct mutex *lock);

/* True if any task owns it. */
bool mutex_is_locked(struct mutex *lock);

/* Marks a mutex as never to be used again; a finding if it is held. */
void mutex_destroy(struct mutex *lock);

#ifdef __cplusplus
}
#endif
#endif
