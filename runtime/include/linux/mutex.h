/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Mutexes. Follows include/linux/mutex.h and kernel/locking/mutex.c of Linux 6.1.
 *
 * Sleeping, exclusive, not recursive, owned: only the owner may unlock; FIFO waiters. A task that locks
 * a mutex it owns deadlocks with itself (finding recursive-lock).
 * An unlocked mutex is free until its first waiter runs again: whoever runs first takes it. So stealing, as by the
 * fast path and by optimistic spinning, is a decision of the schedule. From 4.10 a waiter that was woken once and
 * came too late is handed the mutex at the next unlock (HANDOFF, 9d659ae14b54); before, it may starve.
 * Model: release and wake-up are one step; a mutex never spins on its owner.
 */
#ifndef HOTWEAVE_LINUX_MUTEX_H
#define HOTWEAVE_LINUX_MUTEX_H

#include <linux/atomic.h>
#include <linux/compiler.h>
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

/*
 * Takes the mutex, sleeping until it is free. _nested: `subclass` (0 to 7) makes another lockdep class of it, for
 * several locks of one class in an order of the caller's; _nest_lock: several of one class in any order, because
 * `nest_lock` (any lock with a dep_map, held by the caller) excludes others who do so. _io: counts as waiting for I/O.
 * Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
void mutex_lock(struct mutex *lock);
void mutex_lock_nested(struct mutex *lock, unsigned int subclass);
void _mutex_lock_nest_lock(struct mutex *lock, struct lockdep_map *nest_lock);
#define mutex_lock_nest_lock(lock, nest_lock) _mutex_lock_nest_lock(lock, &(nest_lock)->dep_map)
void mutex_lock_io(struct mutex *lock);
void mutex_lock_io_nested(struct mutex *lock, unsigned int subclass);

/*
 * The same, but any signal (_interruptible), or SIGKILL (_killable), ends the wait: 0 with the mutex, -EINTR without.
 * A mutex that is free is taken whatever signals are pending. When signals come: <linux/sched/signal.h>.
 * Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
int __must_check mutex_lock_interruptible(struct mutex *lock);
int __must_check mutex_lock_killable(struct mutex *lock);
int __must_check mutex_lock_interruptible_nested(struct mutex *lock, unsigned int subclass);
int __must_check mutex_lock_killable_nested(struct mutex *lock, unsigned int subclass);

/* Returns 1 if the mutex was taken, 0 if not; never sleeps. Context: not in interrupts (not checked).
 * Scheduling point: before the attempt. */
int mutex_trylock(struct mutex *lock);

/* Context: the owner (checked), process context (not checked). Scheduling point: before the release. */
void mutex_unlock(struct mutex *lock);

/* True if any task owns it. Any context. Scheduling point: before the look. */
bool mutex_is_locked(struct mutex *lock);

/* Marks a mutex as never to be used again; a finding if it is held. Any context; not a scheduling point. */
void mutex_destroy(struct mutex *lock);

/*
 * Decrements `cnt`, and if that makes it 0 returns 1 with the mutex held; else 0 without it.
 * Context: may sleep. Scheduling points: the atomic operations, and those of mutex_lock().
 * Source: atomic_dec_and_mutex_lock(), 6.1.
 */
static inline int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)
{
	if (atomic_add_unless(cnt, -1, 1))
		return 0;
	mutex_lock(lock);
	if (atomic_dec_and_test(cnt))
		return 1;
	mutex_unlock(lock);
	return 0;
}

#ifdef __cplusplus
}
#endif
#endif
