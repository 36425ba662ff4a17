/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reader/writer semaphores. Follows include/linux/rwsem.h of Linux 6.1; kernel/locking/rwsem-xadd.c of 4.14 and
 * kernel/locking/rwsem.c of 5.3 to 6.1 (the version of the execution decides).
 *
 * Many readers or one writer; sleeping; recursive in neither mode. One FIFO queue. A reader that arrives while
 * anybody is queued must queue behind, even though only readers hold the lock: this rule makes the deadlocks.
 * Readers are given the lock by whoever wakes them; a writer at the head of the queue is only woken, and while it
 * has not run the lock is free: another writer may take it first.
 *   up to 5.2: a wake-up lets the leading run of queued readers in; no hand-off, a writer may starve;
 *   from 5.3:  all queued readers (d3681e269fff); hand-off to the first waiter that came too late (4f23dbc1e657);
 *   from 5.12: a reader takes a lock that is free although somebody is queued, unless that somebody has asked for
 *              hand-off, and then lets the readers at the head of the queue in as well (1a728dff855a).
 * Model: release and wake-up are one step. A waiter asks for hand-off after one wake-up that came too late (the
 * kernel: 4 ms). Readers of 5.3 to 5.11 do not spin on a writer. No limit of 256 readers per wake-up.
 */
#ifndef HOTWEAVE_LINUX_RWSEM_H
#define HOTWEAVE_LINUX_RWSEM_H

#include <linux/compiler.h>
#include <linux/lockdep.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rw_semaphore {
	struct hotweave_lock lock;
	unsigned int non_owners; /* of lock.readers, those of down_read_non_owner() */
	struct lockdep_map dep_map;
};

#define __RWSEM_INITIALIZER(name) { __HOTWEAVE_LOCK_INIT, 0, __DEP_MAP_INIT(name) }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

/* Initialises a semaphore; its class is the place of this call. Any context; not a scheduling point. */
#define init_rwsem(sem)                                                   \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__init_rwsem((sem), #sem, &__key);                        \
	} while (0)
void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key);

/*
 * Takes the semaphore for read or write. _nested, _nest_lock: as of mutexes (<linux/mutex.h>).
 * Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
void down_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
void down_read_nested(struct rw_semaphore *sem, int subclass);
void down_write_nested(struct rw_semaphore *sem, int subclass);
void _down_write_nest_lock(struct rw_semaphore *sem, struct lockdep_map *nest_lock);
#define down_write_nest_lock(sem, nest_lock) _down_write_nest_lock(sem, &(nest_lock)->dep_map)

/*
 * The same, but any signal (_interruptible), or SIGKILL (_killable), ends the wait: 0 with the semaphore, -EINTR
 * without. Context: may sleep. Scheduling points: before the attempt; where it blocks.
 */
int __must_check down_read_interruptible(struct rw_semaphore *sem);
int __must_check down_read_killable(struct rw_semaphore *sem);
int __must_check down_read_killable_nested(struct rw_semaphore *sem, int subclass);
int __must_check down_write_killable(struct rw_semaphore *sem);
int __must_check down_write_killable_nested(struct rw_semaphore *sem, int subclass);

/* 1 if taken, 0 if not: they never sleep and never overtake a waiter. Scheduling point: before the attempt. */
int down_read_trylock(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);

/* Context: a holder in that mode (checked). Scheduling point: before the release. */
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

/* A writer becomes a reader without letting another writer in; readers at the head of the queue get in.
 * Context: the writer (checked). Scheduling point: before. */
void downgrade_write(struct rw_semaphore *sem);

/*
 * For a read side that another task releases: nobody counts as its holder, in assertions, reports and lockdep.
 * Context and scheduling points as of down_read() and up_read(); up_read_non_owner() may be called by any task, but
 * only once for each down_read_non_owner() (checked).
 */
void down_read_non_owner(struct rw_semaphore *sem);
void up_read_non_owner(struct rw_semaphore *sem);

/* Is it held or waited for? Is it waited for? Any context. Scheduling point: before the look. */
int rwsem_is_locked(struct rw_semaphore *sem);
int rwsem_is_contended(struct rw_semaphore *sem);

#ifdef __cplusplus
}
#endif
#endif
