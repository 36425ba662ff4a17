/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Mutexes with priority inheritance. Follows include/linux/rtmutex.h and kernel/locking/rtmutex_api.c of Linux 6.1.
 *
 * Sleeping, exclusive, not recursive, owned: only the owner may unlock. Strictly FIFO among tasks of one priority: an
 * unlocked rt_mutex goes to its first waiter, and nobody, not even rt_mutex_trylock(), overtakes.
 * Model: all tasks have one priority; there is no boosting and no chain walk (a deadlock shows as of any lock).
 */
#ifndef HOTWEAVE_LINUX_RTMUTEX_H
#define HOTWEAVE_LINUX_RTMUTEX_H

#include <linux/compiler.h>
#include <linux/lockdep.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rt_mutex {
	struct hotweave_lock rtmutex;
	struct lockdep_map dep_map;
};

#define __RT_MUTEX_INITIALIZER(mutexname) { __HOTWEAVE_LOCK_INIT, __DEP_MAP_INIT(mutexname) }
#define DEFINE_RT_MUTEX(mutexname) struct rt_mutex mutexname = __RT_MUTEX_INITIALIZER(mutexname)

/* Initialises an rt_mutex; its class is the place of this call. Any context; not a scheduling point. */
#define rt_mutex_init(mutex)                                              \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__rt_mutex_init((mutex), #mutex, &__key);                 \
	} while (0)
void __rt_mutex_init(struct rt_mutex *lock, const char *name, struct lock_class_key *key);

/*
 * Takes the mutex, sleeping until it is given to the caller. _nested, _nest_lock: as of mutexes (<linux/mutex.h>).
 * _interruptible, _killable: any signal, or SIGKILL, ends the wait: 0 with the mutex, -EINTR without.
 * Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
void rt_mutex_lock(struct rt_mutex *lock);
void rt_mutex_lock_nested(struct rt_mutex *lock, unsigned int subclass);
void _rt_mutex_lock_nest_lock(struct rt_mutex *lock, struct lockdep_map *nest_lock);
#define rt_mutex_lock_nest_lock(lock, nest_lock) _rt_mutex_lock_nest_lock(lock, &(nest_lock)->dep_map)
int __must_check rt_mutex_lock_interruptible(struct rt_mutex *lock);
int __must_check rt_mutex_lock_killable(struct rt_mutex *lock);

/* 1 if taken, 0 if not; never sleeps. Context: not in interrupts. Scheduling point: before the attempt. */
int rt_mutex_trylock(struct rt_mutex *lock);

/* Context: the owner (checked). Scheduling point: before the release. */
void rt_mutex_unlock(struct rt_mutex *lock);

#ifdef __cplusplus
}
#endif
#endif
