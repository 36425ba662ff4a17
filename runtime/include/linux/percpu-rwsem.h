/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Per-CPU reader/writer semaphores. Follows kernel/locking/percpu-rwsem.c of Linux 4.14 (4.12–5.5).
 *
 * Readers normally touch a per-CPU counter only. A writer first makes new readers take the slow path
 * (rcu_sync_enter: waits until every section with preemption off has been left), excludes other writers
 * and blocked readers by an inner fair rw_semaphore, sets readers_block and waits until the readers that
 * entered before are gone. So a reader that asks again while a writer is pending blocks for ever, and
 * succeeds if none is; readers never starve writers.
 * Model: the per-CPU counters are one integer; rcu_sync has the states idle and passed, and a lock that
 * a writer has released is idle again at once (the kernel: one grace period later; readers of that
 * window take the slow path, which behaves the same).
 */
#ifndef HOTWEAVE_LINUX_PERCPU_RWSEM_H
#define HOTWEAVE_LINUX_PERCPU_RWSEM_H

#include <linux/lockdep.h>
#include <linux/rwsem.h>

#ifdef __cplusplus
extern "C" {
#endif

struct percpu_rw_semaphore {
	struct hotweave_lock lock; /* clocks and magic; `readers` is the sum of the per-CPU counts */
	struct rw_semaphore rw_sem;
	int readers_block;
	int gp_count; /* writers between rcu_sync_enter and rcu_sync_exit */
	struct task_struct *writer; /* the writer that waits for the readers to leave */
	struct lockdep_map dep_map;
};

#define __PERCPU_RWSEM_INITIALIZER(name)                                                       \
	{ __HOTWEAVE_LOCK_INIT, __RWSEM_INITIALIZER(name.rw_sem), 0, 0, NULL, __DEP_MAP_INIT(name) }
#define DEFINE_PERCPU_RWSEM(name) struct percpu_rw_semaphore name = __PERCPU_RWSEM_INITIALIZER(name)
#define DEFINE_STATIC_PERCPU_RWSEM(name) static DEFINE_PERCPU_RWSEM(name)

#define percpu_init_rwsem(sem)                                            \
	({                                                                \
		static struct lock_class_key __key;                       \
		__percpu_init_rwsem((sem), #sem, &__key);                 \
	})
int __percpu_init_rwsem(struct percpu_rw_semaphore *sem, const char *name, struct lock_class_key *key);
void percpu_free_rwsem(struct percpu_rw_semaphore *sem);

/* Context: may sleep. Scheduling points: before the attempt; where it blocks. */
void percpu_down_read(struct percpu_rw_semaphore *sem);
void percpu_down_write(struct percpu_rw_semaphore *sem);
/* 1 if taken, 0 if a writer is pending or active. Scheduling point: before the attempt. */
int percpu_down_read_trylock(struct percpu_rw_semaphore *sem);
/* Context: a holder in that mode. Scheduling point: before the release. */
void percpu_up_read(struct percpu_rw_semaphore *sem);
void percpu_up_write(struct percpu_rw_semaphore *sem);

#define percpu_rwsem_is_held(sem) lockdep_is_held(sem)
#define percpu_rwsem_assert_held(sem) lockdep_assert_held(sem)

#ifdef __cplusplus
}
#endif
#endif
