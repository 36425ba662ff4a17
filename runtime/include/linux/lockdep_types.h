/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * lockdep: the types that are part of every lock. Follows include/linux/lockdep_types.h of Linux 6.1 with
 * CONFIG_LOCKDEP. Depends on <linux/types.h>.
 */
#ifndef HOTWEAVE_LINUX_LOCKDEP_TYPES_H
#define HOTWEAVE_LINUX_LOCKDEP_TYPES_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Subclasses of one key: what *_nested() takes. */
#define MAX_LOCKDEP_SUBCLASSES 8UL
#define NR_LOCKDEP_CACHING_CLASSES 2

/*
 * What may be taken inside what; the order of the constants is the rule ("invalid wait context").
 * Model: LD_WAIT_CONFIG has a value of its own always; without the option raw_lock_nesting (as in 6.1's default
 * configuration, CONFIG_PROVE_RAW_LOCK_NESTING=n) lockdep treats it as LD_WAIT_SPIN.
 */
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
	LD_LOCK_PERCPU, /* local_lock_t: no part of irq inversions */
	LD_LOCK_MAX,
};

struct lockdep_subclass_key {
	char __one_byte;
} __attribute__((__packed__));

/* The identity of a class: its address. Static, or registered by lockdep_register_key(). */
struct lock_class_key {
	struct lockdep_subclass_key subkeys[MAX_LOCKDEP_SUBCLASSES];
};

/* The class of locks that lockdep does not check: lockdep_set_novalidate_class(). */
extern struct lock_class_key __lockdep_no_validate__;

struct lock_class;

struct lockdep_map {
	struct lock_class_key *key; /* NULL for a statically defined lock: the object is its own class */
	struct lock_class *class_cache[NR_LOCKDEP_CACHING_CLASSES]; /* of the detector; any value is harmless */
	const char *name;           /* class as written: "device_hotplug_lock", "&mem->dev.mutex" */
	u8 wait_type_outer;         /* in which context it may be taken; 0: as wait_type_inner */
	u8 wait_type_inner;         /* which context it makes */
	u8 lock_type;
};

struct pin_cookie {
	unsigned int val;
};

#ifdef __cplusplus
}
#endif
#endif
