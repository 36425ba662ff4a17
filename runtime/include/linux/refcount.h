/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Saturating reference counts. Follows include/linux/refcount.h and lib/refcount.c of Linux 6.1.
 *
 * A counter that overflows, is incremented from 0 or decremented below 0 becomes REFCOUNT_SATURATED, stays
 * near it (the object leaks instead of being freed too early), and is reported as a finding of kind
 * refcount. Increments are relaxed; decrements release, and acquire when they reach 0. Any context.
 */
#ifndef HOTWEAVE_LINUX_REFCOUNT_H
#define HOTWEAVE_LINUX_REFCOUNT_H

#include <hotweave/hooks.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/types.h>

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n) { ATOMIC_INIT(n) }
#define REFCOUNT_MAX 0x7fffffff
#define REFCOUNT_SATURATED (-0x40000000)

static __always_inline void refcount_set(refcount_t *r, int n) { atomic_set(&r->refs, n); }
static __always_inline unsigned int refcount_read(const refcount_t *r) { return (unsigned int)atomic_read(&r->refs); }

/* The functions report the place of the call, which is why they are macros around hotweave_refcount_*. */
static inline void hotweave_refcount_saturate(refcount_t *r, const char *file, int line, const char *what)
{
	refcount_set(r, REFCOUNT_SATURATED);
	hotweave_refcount_warn(file, line, what);
}

static inline int hotweave_refcount_wrapped_sum(int a, int b)
{
	return (int)((unsigned int)a + (unsigned int)b);
}

/* Adds i unless the count is 0; the count before. */
static inline int hotweave_refcount_add_not_zero(int i, refcount_t *r, const char *file, int line)
{
	int old = atomic_read(&r->refs);

	do {
		if (!old)
			return 0;
	} while (!atomic_try_cmpxchg_relaxed(&r->refs, &old, hotweave_refcount_wrapped_sum(old, i)));
	if (unlikely(old < 0 || hotweave_refcount_wrapped_sum(old, i) < 0))
		hotweave_refcount_saturate(r, file, line, "saturated; leaking memory");
	return old;
}

static inline void hotweave_refcount_add_old(int i, refcount_t *r, int *oldp, const char *file, int line)
{
	int old = atomic_fetch_add_relaxed(i, &r->refs);

	if (oldp)
		*oldp = old;
	if (unlikely(!old))
		hotweave_refcount_saturate(r, file, line, "addition on 0; use-after-free");
	else if (unlikely(old < 0 || hotweave_refcount_wrapped_sum(old, i) < 0))
		hotweave_refcount_saturate(r, file, line, "saturated; leaking memory");
}

static inline void hotweave_refcount_add(int i, refcount_t *r, const char *file, int line)
{
	hotweave_refcount_add_old(i, r, NULL, file, line);
}

/* True if the count is 0 now: the caller holds the last reference to what it counted. */
static inline bool hotweave_refcount_sub_and_test_old(int i, refcount_t *r, int *oldp, const char *file, int line)
{
	int old = atomic_fetch_sub_release(i, &r->refs);

	if (oldp)
		*oldp = old;
	if (old == i) {
		smp_acquire__after_ctrl_dep();
		return true;
	}
	if (unlikely(old <= 0 || old - i < 0))
		hotweave_refcount_saturate(r, file, line, "underflow; use-after-free");
	return false;
}

static inline bool hotweave_refcount_sub_and_test(int i, refcount_t *r, const char *file, int line)
{
	return hotweave_refcount_sub_and_test_old(i, r, NULL, file, line);
}

static inline void hotweave_refcount_dec_old(refcount_t *r, int *oldp, const char *file, int line)
{
	int old = atomic_fetch_sub_release(1, &r->refs);

	if (oldp)
		*oldp = old;
	if (unlikely(old <= 1))
		hotweave_refcount_saturate(r, file, line, "decrement hit 0; leaking memory");
}

static inline void hotweave_refcount_dec(refcount_t *r, const char *file, int line)
{
	hotweave_refcount_dec_old(r, NULL, file, line);
}

/* 1 becomes 0: true. Anything else stays. */
static inline bool refcount_dec_if_one(refcount_t *r)
{
	int val = 1;

	return atomic_try_cmpxchg_release(&r->refs, &val, 0);
}

/* Decrements unless the count is 1; false if it is. A saturated count stays and counts as decremented. */
static inline bool hotweave_refcount_dec_not_one(refcount_t *r, const char *file, int line)
{
	int old = atomic_read(&r->refs);

	do {
		if (unlikely(old == REFCOUNT_SATURATED))
			return true;
		if (old == 1)
			return false;
		if (unlikely(old == 0)) {
			hotweave_refcount_warn(file, line, "underflow; use-after-free");
			return true;
		}
	} while (!atomic_try_cmpxchg_release(&r->refs, &old, old - 1));
	return true;
}

/* The forms that tell the count before (if oldp is not NULL). */
#define __refcount_add_not_zero(i, r, oldp)                                                        \
	({                                                                                         \
		int *hw_oldp = (oldp);                                                             \
		int hw_old = hotweave_refcount_add_not_zero((i), (r), __FILE__, __LINE__);         \
		if (hw_oldp)                                                                       \
			*hw_oldp = hw_old;                                                         \
		hw_old != 0;                                                                       \
	})
#define __refcount_inc_not_zero(r, oldp) __refcount_add_not_zero(1, (r), (oldp))
#define __refcount_add(i, r, oldp) hotweave_refcount_add_old((i), (r), (oldp), __FILE__, __LINE__)
#define __refcount_inc(r, oldp) __refcount_add(1, (r), (oldp))
#define __refcount_sub_and_test(i, r, oldp) \
	hotweave_refcount_sub_and_test_old((i), (r), (oldp), __FILE__, __LINE__)
#define __refcount_dec_and_test(r, oldp) __refcount_sub_and_test(1, (r), (oldp))
#define __refcount_dec(r, oldp) hotweave_refcount_dec_old((r), (oldp), __FILE__, __LINE__)

#define refcount_add_not_zero(i, r) (hotweave_refcount_add_not_zero((i), (r), __FILE__, __LINE__) != 0)
#define refcount_inc_not_zero(r) refcount_add_not_zero(1, (r))
#define refcount_add(i, r) hotweave_refcount_add((i), (r), __FILE__, __LINE__)
#define refcount_inc(r) refcount_add(1, (r))
#define refcount_sub_and_test(i, r) hotweave_refcount_sub_and_test((i), (r), __FILE__, __LINE__)
#define refcount_dec_and_test(r) refcount_sub_and_test(1, (r))
#define refcount_dec(r) hotweave_refcount_dec((r), __FILE__, __LINE__)
#define refcount_dec_not_one(r) hotweave_refcount_dec_not_one((r), __FILE__, __LINE__)

/*
 * Decrement, and return true with the lock held if that made it 0. Macros: the caller includes the
 * lock's header, this file needs neither.
 */
#define refcount_dec_and_mutex_lock(r, lock) hotweave_refcount_dec_and(r, lock, mutex_lock, mutex_unlock)
#define refcount_dec_and_lock(r, lock) hotweave_refcount_dec_and(r, lock, spin_lock, spin_unlock)
/* The same with interrupts off; *flags keeps their state. */
#define refcount_dec_and_lock_irqsave(r, lock, flags)                        \
	({                                                                   \
		refcount_t *hw_refs = (r);                                   \
		bool hw_last = false;                                        \
		if (!refcount_dec_not_one(hw_refs)) {                        \
			spin_lock_irqsave((lock), *(flags));                 \
			hw_last = refcount_dec_and_test(hw_refs);            \
			if (!hw_last)                                        \
				spin_unlock_irqrestore((lock), *(flags));    \
		}                                                            \
		hw_last;                                                     \
	})
#define hotweave_refcount_dec_and(r, lock, take, drop)               \
	({                                                           \
		refcount_t *hw_refs = (r);                           \
		bool hw_last = false;                                \
		if (!refcount_dec_not_one(hw_refs)) {                \
			take(lock);                                  \
			hw_last = refcount_dec_and_test(hw_refs);    \
			if (!hw_last)                                \
				drop(lock);                          \
		}                                                    \
		hw_last;                                             \
	})

#endif
