/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Spinlocks of one bit. Follows include/linux/bit_spinlock.h of Linux 6.1.
 *
 * Exclusive, not recursive; lockdep does not know them. Preemption is off while one is held. A contender spins with
 * preemption as it was before. Deadlocks are findings as with spinlocks: the runtime remembers who holds which bit.
 * What the holder did happens before what the next one does; the word's other bits are the caller's business.
 *
 * Context: any. Scheduling points: each access of the word; while it spins; after the release.
 * Model: a bit that is set by other means than these functions is spun on as with cpu_relax().
 */
#ifndef HOTWEAVE_LINUX_BIT_SPINLOCK_H
#define HOTWEAVE_LINUX_BIT_SPINLOCK_H

#include <hotweave/hooks.h>
#include <linux/bitops.h>
#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The runtime's part: a wait for the bit to be clear; who holds it; waking those who wait. */
void hotweave_bit_spin_wait(int bitnum, unsigned long *addr);
void hotweave_bit_spin_owner(int bitnum, unsigned long *addr, bool takes);
void hotweave_bit_spin_wake(int bitnum, unsigned long *addr);

static inline void bit_spin_lock(int bitnum, unsigned long *addr)
{
	preempt_disable();
	while (unlikely(test_and_set_bit_lock(bitnum, addr))) {
		preempt_enable();
		hotweave_bit_spin_wait(bitnum, addr);
		preempt_disable();
	}
	hotweave_bit_spin_owner(bitnum, addr, true);
}

/* 1 if taken, 0 if not. */
static inline int bit_spin_trylock(int bitnum, unsigned long *addr)
{
	preempt_disable();
	if (unlikely(test_and_set_bit_lock(bitnum, addr))) {
		preempt_enable();
		return 0;
	}
	hotweave_bit_spin_owner(bitnum, addr, true);
	return 1;
}

/* A BUG if the bit is clear (CONFIG_DEBUG_SPINLOCK). __: not atomic, for words that nobody else changes meanwhile. */
static inline void bit_spin_unlock(int bitnum, unsigned long *addr)
{
	if (!test_bit((unsigned long)bitnum, addr))
		hotweave_bug(__FILE__, __LINE__, "bit_spin_unlock() of a bit that is clear");
	hotweave_bit_spin_owner(bitnum, addr, false);
	clear_bit_unlock(bitnum, addr);
	hotweave_bit_spin_wake(bitnum, addr);
	preempt_enable();
}

static inline void __bit_spin_unlock(int bitnum, unsigned long *addr)
{
	if (!test_bit((unsigned long)bitnum, addr))
		hotweave_bug(__FILE__, __LINE__, "__bit_spin_unlock() of a bit that is clear");
	hotweave_bit_spin_owner(bitnum, addr, false);
	__clear_bit_unlock((unsigned long)bitnum, addr);
	hotweave_bit_spin_wake(bitnum, addr);
	preempt_enable();
}

static inline int bit_spin_is_locked(int bitnum, unsigned long *addr)
{
	return test_bit((unsigned long)bitnum, addr);
}

#ifdef __cplusplus
}
#endif
#endif
