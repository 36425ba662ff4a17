/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Spinlocks: raw_spinlock_t and spinlock_t, plain and with bottom halves or interrupts off. Follows
 * include/linux/spinlock.h and spinlock_api_smp.h of Linux 6.1 (SMP, not PREEMPT_RT).
 *
 * Exclusive, owned, not recursive: taking one twice deadlocks (recursive-lock). Holding one disables preemption:
 * the holder stays on its CPU and must not sleep. A contender occupies its CPU while it spins, with interrupts as
 * they were if the plain form is used: a handler of that CPU may run meanwhile. A lock that a handler takes too
 * must be taken with that kind of handler off (_irq, _irqsave, _bh) by everybody else, or a handler on top of the
 * holder spins for ever (finding deadlock; lockdep: irq-lock-order).
 * What the holder did happens before what the next one does. Unlocked by another task, or while free: lock-misuse.
 *
 * Context: any; _bh not in hard interrupts, nor unlocked with interrupts off (assertion). Scheduling points: before
 * the attempt; while it spins; before the release; after it, where preemption or interrupts go on again.
 * lockdep is told before the wait, after a successful trylock, and at the release.
 * Model: a lock that becomes free goes to any contender, not to the one that waits longest.
 */
#ifndef HOTWEAVE_LINUX_SPINLOCK_H
#define HOTWEAVE_LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>
#include <linux/typecheck.h>
#include <hotweave/hooks.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- raw_spinlock_t: the functions ------------------------------------------------------------- */

/* Initialisation; the class is the place of the call. Any context. A lock in use must not be initialised. */
void __raw_spin_lock_init(raw_spinlock_t *lock, const char *name, struct lock_class_key *key, short inner);
#define raw_spin_lock_init(lock)                                                        \
	do {                                                                            \
		static struct lock_class_key __key;                                     \
		__raw_spin_lock_init((lock), #lock, &__key, LD_WAIT_SPIN);              \
	} while (0)

void _raw_spin_lock(raw_spinlock_t *lock);
void _raw_spin_lock_nested(raw_spinlock_t *lock, int subclass);
void _raw_spin_lock_nest_lock(raw_spinlock_t *lock, struct lockdep_map *map);
void _raw_spin_lock_bh(raw_spinlock_t *lock);
void _raw_spin_lock_irq(raw_spinlock_t *lock);
unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock);
unsigned long _raw_spin_lock_irqsave_nested(raw_spinlock_t *lock, int subclass);
/* 1 if taken, 0 if not; then preemption, bottom halves and interrupts are as before. */
int _raw_spin_trylock(raw_spinlock_t *lock);
int _raw_spin_trylock_bh(raw_spinlock_t *lock);
int hotweave_raw_spin_trylock_irq(raw_spinlock_t *lock);
int hotweave_raw_spin_trylock_irqsave(raw_spinlock_t *lock, unsigned long *flags);
void _raw_spin_unlock(raw_spinlock_t *lock);
void _raw_spin_unlock_bh(raw_spinlock_t *lock);
void _raw_spin_unlock_irq(raw_spinlock_t *lock);
void _raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags);
/* True if anybody holds it; if anybody spins for it. Scheduling points. */
int hotweave_raw_spin_is_locked(raw_spinlock_t *lock);
int hotweave_raw_spin_is_contended(raw_spinlock_t *lock);

#define raw_spin_lock(lock) _raw_spin_lock(lock)
/* subclass below 8: the same lock, another lockdep class. */
#define raw_spin_lock_nested(lock, subclass) _raw_spin_lock_nested(lock, subclass)
/* Locks of one class may be taken in any order while `nest_lock` is held. */
#define raw_spin_lock_nest_lock(lock, nest_lock) _raw_spin_lock_nest_lock(lock, &(nest_lock)->dep_map)
#define raw_spin_lock_bh(lock) _raw_spin_lock_bh(lock)
#define raw_spin_lock_irq(lock) _raw_spin_lock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags)                      \
	do {                                                    \
		typecheck(unsigned long, flags);                \
		(flags) = _raw_spin_lock_irqsave(lock);         \
	} while (0)
#define raw_spin_lock_irqsave_nested(lock, flags, subclass)                     \
	do {                                                                    \
		typecheck(unsigned long, flags);                                \
		(flags) = _raw_spin_lock_irqsave_nested(lock, subclass);        \
	} while (0)
#define raw_spin_trylock(lock) _raw_spin_trylock(lock)
#define raw_spin_trylock_bh(lock) _raw_spin_trylock_bh(lock)
#define raw_spin_trylock_irq(lock) hotweave_raw_spin_trylock_irq(lock)
#define raw_spin_trylock_irqsave(lock, flags) hotweave_raw_spin_trylock_irqsave(lock, &(flags))
#define raw_spin_unlock(lock) _raw_spin_unlock(lock)
#define raw_spin_unlock_bh(lock) _raw_spin_unlock_bh(lock)
#define raw_spin_unlock_irq(lock) _raw_spin_unlock_irq(lock)
#define raw_spin_unlock_irqrestore(lock, flags)                 \
	do {                                                    \
		typecheck(unsigned long, flags);                \
		_raw_spin_unlock_irqrestore(lock, flags);       \
	} while (0)
#define raw_spin_is_locked(lock) hotweave_raw_spin_is_locked(lock)
#define raw_spin_is_contended(lock) hotweave_raw_spin_is_contended(lock)

/* A BUG unless somebody holds it. (lockdep_assert_held() asks whether this task does.) */
#define assert_raw_spin_locked(x)                                                       \
	do {                                                                            \
		if (!raw_spin_is_locked(x))                                             \
			hotweave_bug(__FILE__, __LINE__, "assert_raw_spin_locked()");   \
	} while (0)

/* ---- spinlock_t: the same ---------------------------------------------------------------------- */

static inline raw_spinlock_t *spinlock_check(spinlock_t *lock) { return &lock->rlock; }

void __spin_lock_init(spinlock_t *lock, const char *name, struct lock_class_key *key);
#define spin_lock_init(lock)                                              \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__spin_lock_init((lock), #lock, &__key);                  \
	} while (0)

static inline void spin_lock(spinlock_t *lock) { raw_spin_lock(&lock->rlock); }
static inline void spin_lock_bh(spinlock_t *lock) { raw_spin_lock_bh(&lock->rlock); }
static inline void spin_lock_irq(spinlock_t *lock) { raw_spin_lock_irq(&lock->rlock); }
static inline int spin_trylock(spinlock_t *lock) { return raw_spin_trylock(&lock->rlock); }
static inline int spin_trylock_bh(spinlock_t *lock) { return raw_spin_trylock_bh(&lock->rlock); }
static inline int spin_trylock_irq(spinlock_t *lock) { return raw_spin_trylock_irq(&lock->rlock); }
static inline void spin_unlock(spinlock_t *lock) { raw_spin_unlock(&lock->rlock); }
static inline void spin_unlock_bh(spinlock_t *lock) { raw_spin_unlock_bh(&lock->rlock); }
static inline void spin_unlock_irq(spinlock_t *lock) { raw_spin_unlock_irq(&lock->rlock); }
static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	raw_spin_unlock_irqrestore(&lock->rlock, flags);
}
static inline int spin_is_locked(spinlock_t *lock) { return raw_spin_is_locked(&lock->rlock); }
static inline int spin_is_contended(spinlock_t *lock) { return raw_spin_is_contended(&lock->rlock); }

#define spin_lock_nested(lock, subclass) raw_spin_lock_nested(spinlock_check(lock), subclass)
#define spin_lock_nest_lock(lock, nest_lock) raw_spin_lock_nest_lock(spinlock_check(lock), nest_lock)
#define spin_lock_irqsave(lock, flags) raw_spin_lock_irqsave(spinlock_check(lock), flags)
#define spin_lock_irqsave_nested(lock, flags, subclass) \
	raw_spin_lock_irqsave_nested(spinlock_check(lock), flags, subclass)
#define spin_trylock_irqsave(lock, flags) raw_spin_trylock_irqsave(spinlock_check(lock), flags)
#define assert_spin_locked(lock) assert_raw_spin_locked(&(lock)->rlock)

/* Would dropping the lock help somebody? (CONFIG_PREEMPTION.) */
#define spin_needbreak(lock) spin_is_contended(lock)

/*
 * Decrements *atomic; if that makes it 0, returns 1 with the lock held, and nobody saw 0 without the lock held.
 * Source: _atomic_dec_and_lock(), lib/dec_and_lock.c, 6.1.
 */
static inline int _atomic_dec_and_lock(atomic_t *atomic, spinlock_t *lock)
{
	if (atomic_add_unless(atomic, -1, 1))
		return 0;
	spin_lock(lock);
	if (atomic_dec_and_test(atomic))
		return 1;
	spin_unlock(lock);
	return 0;
}
#define atomic_dec_and_lock(atomic, lock) _atomic_dec_and_lock(atomic, lock)

static inline int _atomic_dec_and_lock_irqsave(atomic_t *atomic, spinlock_t *lock, unsigned long *flags)
{
	if (atomic_add_unless(atomic, -1, 1))
		return 0;
	spin_lock_irqsave(lock, *flags);
	if (atomic_dec_and_test(atomic))
		return 1;
	spin_unlock_irqrestore(lock, *flags);
	return 0;
}
#define atomic_dec_and_lock_irqsave(atomic, lock, flags) _atomic_dec_and_lock_irqsave(atomic, lock, &(flags))

#ifdef __cplusplus
}
#endif

#include <linux/rwlock.h>

#endif
