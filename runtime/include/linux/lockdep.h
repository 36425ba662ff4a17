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

struct lock_class_key {
	char unused;
};

struct lockdep_map {
	const char *name;           /* class as written: "device_hotplug_lock", "&mem->dev.mutex" */
	struct lock_class_key *key; /* NULL for a statically defined lock: the object is its own class */
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
#define __DEP_MAP_INIT(lockname) { #lockname, NULL }

void hotweave_lock_init(struct hotweave_lock *lock, struct lockdep_map *map, const char *name,
			struct lock_class_key *key);
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
