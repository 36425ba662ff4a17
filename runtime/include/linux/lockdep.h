/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * lockdep: names and identities of locks, and the assertions that a lock is held.
 * Follows include/linux/lockdep.h of Linux 6.1 (lockdep_assert_held_write/read there too).
 *
 * Every lock of this interface begins with a struct hotweave_lock (the engine's state) and has a
 * `dep_map`. A lock that was never initialised is reported as lock-misuse at its first use.
 * Context: the assertions may be called anywhere; they are no scheduling points.
 */
#ifndef HOTWEAVE_LINUX_LOCKDEP_H
#define HOTWEAVE_LINUX_LOCKDEP_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

/* What may be taken inside what; the order of the constants is the rule (PROVE_RAW_LOCK_NESTING). */
enum lockdep_wait_type {
	LD_WAIT_INV = 0, /* not checked */
	LD_WAIT_FREE,    /* waits for nothing: rcu_read_lock */
	LD_WAIT_SPIN,    /* raw_spinlock_t */
	LD_WAIT_CONFIG,  /* spinlock_t, rwlock_t: sleeps with PREEMPT_RT */
	LD_WAIT_SLEEP,   /* mutex, rwsem */
	LD_WAIT_MAX,
};

enum lockdep_lock_type {
	LD_LOCK_NORMAL = 0,
	LD_LOCK_PERCPU,
	LD_LOCK_MAX,
};

struct lock_class_key {
	char unused;
};

#define NR_LOCKDEP_CACHING_CLASSES 2
struct lock_class;

struct lockdep_map {
	struct lock_class_key *key; /* NULL for a statically defined lock: the object is its own class */
	struct lock_class *class_cache[NR_LOCKDEP_CACHING_CLASSES]; /* of the detector; NULL: not looked up */
	const char *name;           /* class as written: "device_hotplug_lock", "&mem->dev.mutex" */
	u8 wait_type_outer, wait_type_inner, lock_type;
};

/* Engine state of a lock. Written by the runtime only; zero plus `magic` is the unlocked state. */
struct hotweave_lock {
	unsigned int magic;
	unsigned int write_clock; /* what the last exclusive owner published */
	unsigned int read_clock;  /* what all shared owners published since */
	unsigned int readers;     /* shared owners now */
	struct task_struct *owner; /* exclusive owner */
	struct task_struct *first_waiter, *last_waiter;
};

#define HOTWEAVE_LOCK_MAGIC 0x4c4f434bu
#define __HOTWEAVE_LOCK_INIT { HOTWEAVE_LOCK_MAGIC, 0, 0, 0, NULL, NULL, NULL }
#define __DEP_MAP_INIT_TYPE(lockname, inner) \
	{ NULL, { NULL, NULL }, #lockname, LD_WAIT_INV, inner, LD_LOCK_NORMAL }
#define __DEP_MAP_INIT(lockname) __DEP_MAP_INIT_TYPE(lockname, LD_WAIT_SLEEP)
#define __SPIN_DEP_MAP_INIT(lockname) __DEP_MAP_INIT_TYPE(lockname, LD_WAIT_CONFIG)
#define __RAW_SPIN_DEP_MAP_INIT(lockname) __DEP_MAP_INIT_TYPE(lockname, LD_WAIT_SPIN)

/* For the initialisers of locks: unlocked state, a class by `key` and `name`, wait type `inner`. */
void hotweave_lock_init(struct hotweave_lock *lock, struct lockdep_map *map, const char *name,
			struct lock_class_key *key, enum lockdep_wait_type inner);

/*
 * The annotations that every lock makes, and that code may make for things that act like locks.
 * read: 0 exclusive, 1 shared, 2 shared and recursive. check: 0 only asserts may see it, 1 fully checked.
 * lock_acquire() comes before the wait for the lock, lock_release() before the release. An acquisition that
 * fails after lock_acquire() (a signal) is followed by lock_release(). Source: kernel/locking/lockdep.c, 6.1.
 */
void lock_acquire(struct lockdep_map *lock, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest_lock, unsigned long ip);
void lock_release(struct lockdep_map *lock, unsigned long ip);
int hotweave_lock_is_held(const struct lockdep_map *map, int mode);
void hotweave_assert_held(const struct lockdep_map *map, int mode, const char *expression);

/* mode: -1 any, 0 exclusive, 1 shared (LOCK_STATE_* of the kernel are not distinguished) */
#define lock_is_held(map) hotweave_lock_is_held(map, -1)
#define lock_is_held_type(map, r) hotweave_lock_is_held(map, r)
#define lockdep_is_held(lock) lock_is_held(&(lock)->dep_map)
#define lockdep_is_held_type(lock, r) lock_is_held_type(&(lock)->dep_map, r)

/* A failed assertion is a finding of kind missing-lock. */
#define lockdep_assert_held(l) hotweave_assert_held(&(l)->dep_map, -1, #l)
#define lockdep_assert_held_write(l) hotweave_assert_held(&(l)->dep_map, 0, #l)
#define lockdep_assert_held_read(l) hotweave_assert_held(&(l)->dep_map, 1, #l)

#ifdef __cplusplus
}
#endif
#endif
