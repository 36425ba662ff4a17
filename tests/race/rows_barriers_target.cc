// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: barriers, acquire and release, atomics, reference counts. */
#include <asm/barrier.h>
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/kref.h>
#include <linux/refcount.h>

#include "rows.h"

static int flag;
static unsigned long flags;
static atomic_t counter, counter_2;

static void flag_set(void) { WRITE_ONCE(flag, 1); }
static bool flag_seen(void) { return READ_ONCE(flag); }

/* The first one publishes; the second one goes on only if it has seen that. */
#define PUBLISH(name, publish, saw)                                                  \
	static int first_##name(void *) { first_access(); publish; return 0; }       \
	static int second_##name(void *) { if (saw) second_access(); return 0; }     \
	static __maybe_unused void sync_##name(void) { run_two(first_##name, second_##name); }

PUBLISH(release_acquire, smp_store_release(&flag, 1), smp_load_acquire(&flag))
ORDERED(release_acquire);
PUBLISH(relaxed, WRITE_ONCE(flag, 1), READ_ONCE(flag))
UNORDERED(relaxed);
PUBLISH(release_alone, smp_store_release(&flag, 1), READ_ONCE(flag))
UNORDERED(release_alone);
PUBLISH(acquire_alone, WRITE_ONCE(flag, 1), smp_load_acquire(&flag))
UNORDERED(acquire_alone);
PUBLISH(not_looked, smp_store_release(&flag, 1), (smp_load_acquire(&flag), 1))
UNORDERED(not_looked);
PUBLISH(wmb_rmb, (smp_wmb(), flag_set()), (flag_seen() && (smp_rmb(), 1)))
ROW(wmb_rmb, w_w, "");
ROW(wmb_rmb, w_r, "");
PUBLISH(mb_mb, (smp_mb(), flag_set()), (flag_seen() && (smp_mb(), 1)))
ORDERED(mb_mb);
PUBLISH(mb_acquire, (smp_mb(), flag_set()), smp_load_acquire(&flag))
ORDERED(mb_acquire);
PUBLISH(release_mb, smp_store_release(&flag, 1), (flag_seen() && (smp_mb(), 1)))
ORDERED(release_mb);
PUBLISH(wmb_alone, (smp_wmb(), flag_set()), flag_seen())
UNORDERED(wmb_alone);
PUBLISH(rmb_alone, flag_set(), (flag_seen() && (smp_rmb(), 1)))
UNORDERED(rmb_alone);
PUBLISH(store_mb, smp_store_mb(flag, 1), smp_load_acquire(&flag))
UNORDERED(store_mb);

PUBLISH(rmw_full, atomic_inc_return(&counter), atomic_fetch_add(0, &counter))
ORDERED(rmw_full);
PUBLISH(rmw_release_acquire, atomic_fetch_inc_release(&counter), atomic_fetch_add_acquire(0, &counter))
ORDERED(rmw_release_acquire);
PUBLISH(rmw_relaxed, atomic_fetch_inc_relaxed(&counter), atomic_fetch_add_relaxed(0, &counter))
UNORDERED(rmw_relaxed);
PUBLISH(atomic_inc, atomic_inc(&counter), atomic_read(&counter))
UNORDERED(atomic_inc);
PUBLISH(atomic_set_release, atomic_set_release(&counter, 1), atomic_read_acquire(&counter))
ORDERED(atomic_set_release);
PUBLISH(mb_before_atomic, (smp_mb__before_atomic(), atomic_inc(&counter)), atomic_read_acquire(&counter))
ORDERED(mb_before_atomic);
PUBLISH(mb_after_atomic, (atomic_inc(&counter), smp_mb__after_atomic()), atomic_read_acquire(&counter))
UNORDERED(mb_after_atomic);
/* A fully ordered operation on one variable orders relaxed accesses to another one around it. */
PUBLISH(full_as_fence, (atomic_inc_return(&counter), flag_set()), (flag_seen() && atomic_inc_return(&counter_2)))
ORDERED(full_as_fence);
PUBLISH(cmpxchg_as_fence, (atomic_cmpxchg(&counter, 0, 1), flag_set()), (flag_seen() && !atomic_cmpxchg(&counter_2, 0, 1)))
ORDERED(cmpxchg_as_fence);
PUBLISH(relaxed_as_fence, (atomic_fetch_inc_relaxed(&counter), flag_set()), smp_load_acquire(&flag))
UNORDERED(relaxed_as_fence);
/* The acquire must see the release or what a read-modify-write made of it. */
PUBLISH(release_sequence, smp_store_release(&flag, 1), (cmpxchg_relaxed(&flag, 1, 2) == 1 && smp_load_acquire(&flag)))
ORDERED(release_sequence);
PUBLISH(release_broken, smp_store_release(&flag, 1); WRITE_ONCE(flag, 2), smp_load_acquire(&flag) == 2)
UNORDERED(release_broken);
PUBLISH(cmpxchg_won, cmpxchg(&flag, 0, 1), cmpxchg(&flag, 1, 2) == 1)
ORDERED(cmpxchg_won);
PUBLISH(cmpxchg_failed, smp_store_release(&flag, 1), cmpxchg(&flag, 5, 6) == 1)
UNORDERED(cmpxchg_failed);
PUBLISH(exchange, xchg(&flag, 1), xchg(&flag, 2) == 1)
ORDERED(exchange);
PUBLISH(set_bit, set_bit(1, &flags), test_bit(1, &flags))
UNORDERED(set_bit);
PUBLISH(test_and_set, test_and_set_bit(1, &flags), test_and_clear_bit(1, &flags))
ORDERED(test_and_set);
PUBLISH(unlock_bit, clear_bit_unlock(1, &flags), !test_and_set_bit_lock(1, &flags))
static void sync_bit_unlock(void)
{
	flags = 2;
	sync_unlock_bit();
}
ORDERED(bit_unlock);

/* ---- Reference counts: the last user does what comes after ---- */

static refcount_t refs;
static struct kref kref;

static int put_first(void *)
{
	first_access();
	if (refcount_dec_and_test(&refs))
		second_access();
	return 0;
}

static int put_second(void *)
{
	if (refcount_dec_and_test(&refs))
		second_access();
	return 0;
}

static void sync_refcount_put(void)
{
	refcount_set(&refs, 2);
	run_two(put_first, put_second);
}
ORDERED(refcount_put);

static void kref_released(struct kref *) { second_access(); }
static int kref_first(void *) { first_access(); kref_put(&kref, kref_released); return 0; }
static int kref_second(void *) { kref_put(&kref, kref_released); return 0; }

static void sync_kref_put(void)
{
	kref_init(&kref);
	kref_get(&kref);
	run_two(kref_first, kref_second);
}
ORDERED(kref_put);

/* Taking a reference orders nothing. */
static int get_second(void *)
{
	if (refcount_inc_not_zero(&refs))
		second_access();
	return 0;
}

static int get_first(void *)
{
	first_access();
	refcount_inc(&refs);
	return 0;
}

static void sync_refcount_get(void)
{
	refcount_set(&refs, 1);
	run_two(get_first, get_second);
}
UNORDERED(refcount_get);
