/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The types of spinning locks and their initialisers. Follows include/linux/spinlock_types_raw.h,
 * spinlock_types.h and rwlock_types.h of Linux 6.1 (not PREEMPT_RT). Contracts: <linux/spinlock.h>,
 * <linux/rwlock.h>.
 *
 * A statically defined lock is its own lock class; others get theirs from the place of their initialisation.
 */
#ifndef HOTWEAVE_LINUX_SPINLOCK_TYPES_H
#define HOTWEAVE_LINUX_SPINLOCK_TYPES_H

#include <linux/lockdep.h>

/* Spins in every kernel configuration: lockdep wait type LD_WAIT_SPIN. */
typedef struct raw_spinlock {
	struct hotweave_lock lock;
	struct lockdep_map dep_map;
} raw_spinlock_t;

/* Sleeps with PREEMPT_RT, and lockdep says so if it is taken inside a raw one: LD_WAIT_CONFIG. */
typedef struct spinlock {
	union {
		struct raw_spinlock rlock;
		struct {
			struct hotweave_lock lock;
			struct lockdep_map dep_map;
		};
	};
} spinlock_t;

/* Likewise. */
typedef struct {
	struct hotweave_lock lock;
	struct lockdep_map dep_map;
} rwlock_t;

#define __RAW_SPIN_LOCK_INITIALIZER(lockname) { __HOTWEAVE_LOCK_INIT, __RAW_SPIN_DEP_MAP_INIT(lockname) }
#define __RAW_SPIN_LOCK_UNLOCKED(lockname) (raw_spinlock_t) __RAW_SPIN_LOCK_INITIALIZER(lockname)
#define DEFINE_RAW_SPINLOCK(x) raw_spinlock_t x = __RAW_SPIN_LOCK_INITIALIZER(x)

#define __SPIN_LOCK_INITIALIZER(lockname) { { { __HOTWEAVE_LOCK_INIT, __SPIN_DEP_MAP_INIT(lockname) } } }
#define __SPIN_LOCK_UNLOCKED(lockname) (spinlock_t) __SPIN_LOCK_INITIALIZER(lockname)
#define DEFINE_SPINLOCK(x) spinlock_t x = __SPIN_LOCK_INITIALIZER(x)

#define __RW_LOCK_UNLOCKED(lockname) { __HOTWEAVE_LOCK_INIT, __SPIN_DEP_MAP_INIT(lockname) }
#define DEFINE_RWLOCK(x) rwlock_t x = __RW_LOCK_UNLOCKED(x)

#endif
