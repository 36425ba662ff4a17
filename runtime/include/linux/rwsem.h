/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reader/writer semaphores. Follows kernel/locking/rwsem*.c of Linux 4.14 (strict FIFO).
 *
 * Many readers or one writer; sleeping; recursive in neither mode. A reader that arrives while anybody
 * is queued must queue behind, even though only readers hold the lock: this rule makes the deadlocks.
 * Wake-up: a writer at the head is woken alone, otherwise the leading run of readers.
 * Model: ownership is granted by the releasing task (no stealing; writers' optimistic spinning and the
 * reader stealing of 6.1 are not modelled).
 */
#ifndef HOTWEAVE_LINUX_RWSEM_H
#define HOTWEAVE_LINUX_RWSEM_H

#include <linux/lockdep.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rw_semaphore {
	struct hotweave_lock lock;
	struct lockdep_map dep_map;
};

#define __RWSEM_INITIALIZER(name) { __HOTWEAVE_LOCK_INIT, __DEP_MAP_INIT(name) }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

#define init_rwsem(sem)                                                   \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__init_rwsem((sem), #sem, &__key);                        \
	} while (0)
void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key);

/* Context: may sleep. Scheduling points: before the attempt; where it blocks. */
void down_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
/* 1 if taken, 0 if not; never sleep. Scheduling point: before the attempt. */
int down_read_trylock(struct rw_semaphore *sem);
int down_write_trylock(struct rw_semaphore *sem);
/* Context: a holder in that mode. Scheduling point: before the release. */
void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
/* A writer becomes a reader without letting another writer in. */
void downgrade_write(struct rw_semaphore *sem);
int rwsem_is_locked(struct rw_semaphore *sem);

#define down_read_nested(sem, subclass) ((void)(subclass), down_read(sem))
#define down_write_nested(sem, subclass) ((void)(subclass), down_write(sem))

#ifdef __cplusplus
}
#endif
#endif
