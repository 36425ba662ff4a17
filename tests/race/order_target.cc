// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of order_test.cc: what orders two accesses, and what does not. */
#include <asm/barrier.h>
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static int x, y, flag;
static atomic_t counter, users;
static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static volatile int sink;

static int plain_write(void *) { x = 1; return 0; }
static int plain_write_too(void *) { x = 2; return 0; }
static int plain_read(void *) { sink = x; return 0; }
static int marked_write(void *) { WRITE_ONCE(x, 3); return 0; }
static int marked_read(void *) { sink = READ_ONCE(x); return 0; }
static int forgiven_read(void *) { sink = data_race(x); return 0; }
static int forgiven_write(void *) { data_race(x = 4); return 0; }

HOTWEAVE_TARGET(race_write_write, "two plain writes") { run_two(plain_write, plain_write_too); }
HOTWEAVE_TARGET(race_write_read, "a plain write and a plain read") { run_two(plain_write, plain_read); }
HOTWEAVE_TARGET(race_read_read, "two plain reads") { run_two(plain_read, plain_read); }
HOTWEAVE_TARGET(race_plain_marked, "a plain write and READ_ONCE") { run_two(plain_write, marked_read); }
HOTWEAVE_TARGET(race_marked_plain, "WRITE_ONCE and a plain read") { run_two(marked_write, plain_read); }
HOTWEAVE_TARGET(race_marked_marked, "WRITE_ONCE and READ_ONCE") { run_three(marked_write, marked_read, marked_write); }
HOTWEAVE_TARGET(race_read_marked_read, "a plain read and READ_ONCE") { run_two(plain_read, marked_read); }
HOTWEAVE_TARGET(race_forgiven_read, "a plain write and data_race") { run_two(marked_write, forgiven_read); }
HOTWEAVE_TARGET(race_forgiven_write, "data_race on both sides") { run_two(forgiven_write, forgiven_read); }

/* data_race ends where it ends. */
static int forgiven_then_plain(void *)
{
	sink = data_race(x);
	sink = x;
	return 0;
}

HOTWEAVE_TARGET(race_after_forgiven, "a plain read after data_race") { run_two(marked_write, forgiven_then_plain); }

/* ---- Publication: x is written, then flag; who sees the flag reads x ---- */

static int publish_release(void *)
{
	x = 1;
	smp_store_release(&flag, 1);
	return 0;
}

static int publish_relaxed(void *)
{
	x = 1;
	WRITE_ONCE(flag, 1);
	return 0;
}

static int publish_wmb(void *)
{
	x = 1;
	smp_wmb();
	WRITE_ONCE(flag, 1);
	return 0;
}

static int publish_wmb_too_early(void *)
{
	smp_wmb();
	x = 1;
	WRITE_ONCE(flag, 1);
	return 0;
}

static int publish_before_data(void *)
{
	smp_store_release(&flag, 1);
	x = 1;
	return 0;
}

static int use_acquire(void *)
{
	if (smp_load_acquire(&flag))
		BUG_ON(x != 1);
	return 0;
}

static int use_relaxed(void *)
{
	if (READ_ONCE(flag))
		BUG_ON(x != 1);
	return 0;
}

static int use_rmb(void *)
{
	if (READ_ONCE(flag)) {
		smp_rmb();
		BUG_ON(x != 1);
	}
	return 0;
}

static int use_rmb_too_early(void *)
{
	smp_rmb();
	if (READ_ONCE(flag))
		BUG_ON(x != 1);
	return 0;
}

static int use_without_look(void *)
{
	smp_load_acquire(&flag);
	sink = x;
	return 0;
}

HOTWEAVE_TARGET(publish_release_acquire, "release and acquire") { run_two(publish_release, use_acquire); }
HOTWEAVE_TARGET(publish_relaxed_acquire, "relaxed and acquire") { run_two(publish_relaxed, use_acquire); }
HOTWEAVE_TARGET(publish_release_relaxed, "release and relaxed") { run_two(publish_release, use_relaxed); }
HOTWEAVE_TARGET(publish_wmb_rmb, "smp_wmb and smp_rmb") { run_two(publish_wmb, use_rmb); }
HOTWEAVE_TARGET(publish_release_rmb, "release and smp_rmb") { run_two(publish_release, use_rmb); }
HOTWEAVE_TARGET(publish_wmb_acquire, "smp_wmb and acquire") { run_two(publish_wmb, use_acquire); }
HOTWEAVE_TARGET(publish_wmb_alone, "smp_wmb and relaxed") { run_two(publish_wmb, use_relaxed); }
HOTWEAVE_TARGET(publish_rmb_alone, "relaxed and smp_rmb") { run_two(publish_relaxed, use_rmb); }
HOTWEAVE_TARGET(publish_wmb_early, "smp_wmb before the data") { run_two(publish_wmb_too_early, use_rmb); }
HOTWEAVE_TARGET(publish_rmb_early, "smp_rmb before the flag") { run_two(publish_wmb, use_rmb_too_early); }
HOTWEAVE_TARGET(publish_too_early, "the flag before the data") { run_two(publish_before_data, use_acquire); }
HOTWEAVE_TARGET(publish_not_looked, "the flag is not looked at") { run_two(publish_release, use_without_look); }

/* ---- Read-modify-write: whoever is last reads what both have written ---- */

static int last_full_x(void *)
{
	x = 1;
	if (atomic_dec_and_test(&users))
		sink = x + y;
	return 0;
}

static int last_full_y(void *)
{
	y = 1;
	if (atomic_dec_and_test(&users))
		sink = x + y;
	return 0;
}

static int last_relaxed_x(void *)
{
	x = 1;
	if (atomic_fetch_sub_relaxed(1, &users) == 1)
		sink = x + y;
	return 0;
}

static int last_relaxed_y(void *)
{
	y = 1;
	if (atomic_fetch_sub_relaxed(1, &users) == 1)
		sink = x + y;
	return 0;
}

static int last_release_x(void *)
{
	x = 1;
	if (atomic_fetch_sub_release(1, &users) == 1) {
		smp_acquire__after_ctrl_dep();
		sink = x + y;
	}
	return 0;
}

static int last_release_y(void *)
{
	y = 1;
	if (atomic_fetch_sub_release(1, &users) == 1) {
		smp_acquire__after_ctrl_dep();
		sink = x + y;
	}
	return 0;
}

static void run_last(task_fn a, task_fn b)
{
	atomic_set(&users, 2);
	run_two(a, b);
}

HOTWEAVE_TARGET(rmw_full, "the last user by a fully ordered decrement") { run_last(last_full_x, last_full_y); }
HOTWEAVE_TARGET(rmw_relaxed, "the last user by a relaxed decrement") { run_last(last_relaxed_x, last_relaxed_y); }
HOTWEAVE_TARGET(rmw_release_acquire, "the last user by a release and an acquiring fence") { run_last(last_release_x, last_release_y); }

static int count_atomically(void *)
{
	for (int i = 0; i < 3; i++)
		atomic_inc(&counter);
	return 0;
}

static int count_by_read_and_set(void *)
{
	atomic_set(&counter, atomic_read(&counter) + 1);
	return 0;
}

HOTWEAVE_TARGET(rmw_is_atomic, "atomic_inc loses nothing")
{
	run_two(count_atomically, count_atomically);
	BUG_ON(atomic_read(&counter) != 6);
}

HOTWEAVE_TARGET(read_and_set_is_not, "atomic_read and atomic_set do")
{
	run_two(count_by_read_and_set, count_by_read_and_set);
	BUG_ON(atomic_read(&counter) != 2);
}

/* A lock of atomics: cmpxchg_acquire and a release store. */
static int takes_word_lock(void *)
{
	while (atomic_cmpxchg_acquire(&users, 0, 1) != 0)
		cpu_relax();
	x++;
	atomic_set_release(&users, 0);
	return 0;
}

static int takes_word_lock_relaxed(void *)
{
	while (atomic_cmpxchg_relaxed(&users, 0, 1) != 0)
		cpu_relax();
	x++;
	atomic_set_release(&users, 0);
	return 0;
}

HOTWEAVE_TARGET(word_lock, "a lock of cmpxchg_acquire and a release store") { run_two(takes_word_lock, takes_word_lock); }
HOTWEAVE_TARGET(word_lock_relaxed, "the same with a relaxed cmpxchg") { run_two(takes_word_lock_relaxed, takes_word_lock_relaxed); }

/* A failed cmpxchg orders nothing. */
static int fails_to_exchange(void *)
{
	if (atomic_cmpxchg(&users, 5, 6) == 1)
		sink = x;
	return 0;
}

static int sets_users_release(void *)
{
	x = 1;
	atomic_set_release(&users, 1);
	return 0;
}

HOTWEAVE_TARGET(cmpxchg_failed, "a failed cmpxchg does not acquire") { run_two(sets_users_release, fails_to_exchange); }

/* ---- Locks ---- */

static int write_under_a(void *)
{
	mutex_lock(&lock_a);
	x++;
	mutex_unlock(&lock_a);
	return 0;
}

static int write_under_b(void *)
{
	mutex_lock(&lock_b);
	x++;
	mutex_unlock(&lock_b);
	return 0;
}

static int write_after_unlock(void *)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	x++;
	return 0;
}

HOTWEAVE_TARGET(one_lock, "both under one lock") { run_two(write_under_a, write_under_a); }
HOTWEAVE_TARGET(two_locks, "each under a lock of its own") { run_two(write_under_a, write_under_b); }
HOTWEAVE_TARGET(after_unlock, "one of them after the unlock") { run_two(write_under_a, write_after_unlock); }

/* ---- Many readers, then a writer ---- */

static void run_readers(struct task_struct **t)
{
	for (int i = 0; i < 6; i++)
		t[i] = kthread_run(plain_read, NULL, "reader");
}

HOTWEAVE_TARGET(readers_then_writer, "six concurrent readers, and a writer that waits for none")
{
	struct task_struct *t[6], *w;

	run_readers(t);
	w = kthread_run(plain_write, NULL, "writer");
	for (int i = 0; i < 6; i++)
		hotweave_join(t[i]);
	hotweave_join(w);
}

HOTWEAVE_TARGET(readers_joined_but_one, "six readers, and a writer that waits for all but the first")
{
	struct task_struct *t[6];

	run_readers(t);
	for (int i = 1; i < 6; i++)
		hotweave_join(t[i]);
	x = 1;
	hotweave_join(t[0]);
}

HOTWEAVE_TARGET(readers_joined, "six readers, and a writer that waits for all of them")
{
	struct task_struct *t[6];

	run_readers(t);
	for (int i = 0; i < 6; i++)
		hotweave_join(t[i]);
	x = 1;
}
