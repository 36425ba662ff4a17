/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Per-CPU reader/writer semaphores. Follows include/linux/percpu-rwsem.h and kernel/locking/percpu-rwsem.c of
 * Linux 6.1 (from 5.6) and of 4.14 (before); the version of the execution decides.
 *
 * Readers normally touch a per-CPU counter only. A writer first makes new readers take the slow path
 * (rcu_sync_enter: waits until every section with preemption off has been left, unless a writer has been there
 * shortly before), excludes other writers, makes new readers block and waits until the readers that entered before
 * are gone. So a reader that asks again while a writer is pending blocks for ever, and succeeds if none is; readers
 * never starve writers. Recursive in neither mode.
 *   up to 5.5: writers exclude each other, and blocked readers wait, by an inner rw_semaphore with its rules
 *              (<linux/rwsem.h>); for lockdep a writer asks for the lock when it takes that one, after rcu_sync_enter;
 *   from 5.6:  one FIFO queue: a wake-up lets readers in up to the first writer, which is then the next to block new
 *              ones; for lockdep a writer asks before anything else.
 * Model: the per-CPU counters are one integer; counting a reader and looking whether it must wait is one step.
 */
#ifndef HOTWEAVE_LINUX_PERCPU_RWSEM_H
#define HOTWEAVE_LINUX_PERCPU_RWSEM_H

#include <linux/lockdep.h>
#include <linux/rcu_sync.h>
#include <linux/rwsem.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Written by the runtime only. */
struct percpu_rw_semaphore {
	struct hotweave_lock lock; /* `readers` is the sum of the per-CPU counts */
	struct hotweave_lock block; /* owned by the writer that makes readers wait; the queue */
	struct rcu_sync rss;
	unsigned int non_owners; /* of the readers, those of percpu_rwsem_release() */
	struct task_struct *writer; /* waits for the readers to leave */
	struct lockdep_map dep_map;
};

#define __PERCPU_RWSEM_INITIALIZER(name)                                                       \
	{ __HOTWEAVE_LOCK_INIT, __HOTWEAVE_LOCK_INIT, __RCU_SYNC_INITIALIZER(name.rss), 0, NULL, __DEP_MAP_INIT(name) }
#define DEFINE_PERCPU_RWSEM(name) struct percpu_rw_semaphore name = __PERCPU_RWSEM_INITIALIZER(name)
#define DEFINE_STATIC_PERCPU_RWSEM(name) static DEFINE_PERCPU_RWSEM(name)

/* Initialises a semaphore; its class is the place of this call. 0 (the kernel: or -ENOMEM).
 * Any context; not a scheduling point. */
#define percpu_init_rwsem(sem)                                            \
	({                                                                \
		static struct lock_class_key __key;                       \
		__percpu_init_rwsem((sem), #sem, &__key);                 \
	})
int __percpu_init_rwsem(struct percpu_rw_semaphore *sem, const char *name, struct lock_class_key *key);

/* The end of its life: a finding if it is held. Context: may sleep (for a grace period that is pending). */
void percpu_free_rwsem(struct percpu_rw_semaphore *sem);

/* Takes the semaphore for read or write. Context: may sleep. Scheduling points: before the attempt; where it blocks. */
void percpu_down_read(struct percpu_rw_semaphore *sem);
void percpu_down_write(struct percpu_rw_semaphore *sem);

/* true if taken, false if a writer is pending or active. Context: any. Scheduling point: before the attempt. */
bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem);

/* Context: a holder in that mode (checked). Scheduling point: before the release. */
void percpu_up_read(struct percpu_rw_semaphore *sem);
void percpu_up_write(struct percpu_rw_semaphore *sem);

/* Are there readers and no writer, not even a pending one? Is there a writer, pending ones included?
 * Any context. Scheduling point: before the look. */
bool percpu_is_read_locked(struct percpu_rw_semaphore *sem);
bool percpu_is_write_locked(struct percpu_rw_semaphore *sem);

/* Held by the current task, in either mode? The assertion is a finding of kind missing-lock if not.
 * Any context; not scheduling points. */
#define percpu_rwsem_is_held(sem) lockdep_is_held(sem)
#define percpu_rwsem_assert_held(sem) lockdep_assert_held(sem)

/*
 * For a semaphore that one task takes and another releases: _release() after the one has taken it (in the mode
 * `read`), _acquire() before the other releases it. In between nobody is its holder, in assertions, reports and
 * lockdep. Context: a holder (checked); any task, while nobody is (checked). Not scheduling points; they order nothing.
 */
void percpu_rwsem_release(struct percpu_rw_semaphore *sem, bool read, unsigned long ip);
void percpu_rwsem_acquire(struct percpu_rw_semaphore *sem, bool read, unsigned long ip);

#ifdef __cplusplus
}
#endif
#endif
