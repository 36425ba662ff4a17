/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Spinlocks, plain and with interrupts off. Follows include/linux/spinlock.h of Linux 6.1 (!PREEMPT_RT).
 *
 * Holding one disables preemption: the holder stays on its CPU and must not sleep. A contender occupies
 * its CPU while it spins. spin_lock_irqsave() masks interrupts on this CPU first and keeps the previous
 * state in `flags`.
 */
#ifndef HOTWEAVE_LINUX_SPINLOCK_H
#define HOTWEAVE_LINUX_SPINLOCK_H

#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spinlock {
	struct hotweave_lock lock;
	struct lockdep_map dep_map;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED(lockname) { __HOTWEAVE_LOCK_INIT, __SPIN_DEP_MAP_INIT(lockname) }
#define DEFINE_SPINLOCK(x) spinlock_t x = __SPIN_LOCK_UNLOCKED(x)

/* Initialises a spinlock; its class is the place of this call. Any context. */
#define spin_lock_init(lock)                                              \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__spin_lock_init((lock), #lock, &__key);                  \
	} while (0)
void __spin_lock_init(spinlock_t *lock, const char *name, struct lock_class_key *key);

/* Context: any. Scheduling points: before the attempt; while it spins. Preemption is off on return. */
void spin_lock(spinlock_t *lock);
/* 1 if taken (preemption off), 0 if not. Scheduling point: before the attempt. */
int spin_trylock(spinlock_t *lock);
/* Context: the holder. Scheduling point: before the release. */
void spin_unlock(spinlock_t *lock);
int spin_is_locked(spinlock_t *lock);

/* As above with interrupts of this CPU off while it is held. */
void spin_lock_irq(spinlock_t *lock);
void spin_unlock_irq(spinlock_t *lock);
unsigned long hotweave_spin_lock_irqsave(spinlock_t *lock);
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags);

#define spin_lock_irqsave(lock, flags) ((flags) = hotweave_spin_lock_irqsave(lock))
/* As spin_lock(), with another lockdep class (0 to 7). */
void spin_lock_nested(spinlock_t *lock, int subclass);
#define assert_spin_locked(lock) lockdep_assert_held(lock)

#ifdef __cplusplus
}
#endif
#endif
