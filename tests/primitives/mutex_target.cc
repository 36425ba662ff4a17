// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of mutex_test.cc: what a mutex promises, each broken promise beside the same code without the bug. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_MUTEX(lock_c);
static DEFINE_MUTEX(gate);
static int counter;

static int count(void *)
{
	for (int i = 0; i < 3; i++) {
		mutex_lock(&lock_a);
		counter++;
		mutex_unlock(&lock_a);
	}
	return 0;
}

HOTWEAVE_TARGET(mutex_excludes, "three threads count under one mutex")
{
	run_three(count, count, count);
	BUG_ON(counter != 9);
}

/* ---- One task ---- */

HOTWEAVE_TARGET(mutex_recursive, "a mutex is taken twice by one task")
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_a);
}

HOTWEAVE_TARGET(mutex_again, "a mutex is taken, released and taken again")
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_lock(&lock_a);
	BUG_ON(!mutex_is_locked(&lock_a));
	mutex_unlock(&lock_a);
	BUG_ON(mutex_is_locked(&lock_a));
	hotweave_yield("done");
}

static int unlock_only(void *)
{
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(mutex_unlock_by_other, "a mutex is released by a task that does not own it")
{
	mutex_lock(&lock_a);
	hotweave_join(kthread_run(unlock_only, NULL, "other"));
}

HOTWEAVE_TARGET(mutex_unlock_twice, "a mutex is released twice")
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_a);
}

HOTWEAVE_TARGET(mutex_uninitialised, "a mutex in fresh memory is taken")
{
	struct mutex *m = static_cast<struct mutex *>(kzalloc(sizeof(*m), GFP_KERNEL));

	mutex_lock(m);
}

HOTWEAVE_TARGET(mutex_initialised, "a mutex in fresh memory is initialised and taken")
{
	struct mutex *m = static_cast<struct mutex *>(kmalloc(sizeof(*m), GFP_KERNEL));

	mutex_init(m);
	mutex_lock(m);
	mutex_unlock(m);
	mutex_destroy(m);
	kfree(m);
}

HOTWEAVE_TARGET(mutex_destroyed_held, "a held mutex is destroyed")
{
	mutex_lock(&lock_a);
	mutex_destroy(&lock_a);
}

HOTWEAVE_TARGET(mutex_used_after_destroy, "a destroyed mutex is taken")
{
	mutex_destroy(&lock_a);
	mutex_lock(&lock_a);
}

static int leak(void *)
{
	mutex_lock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(mutex_leak, "a thread ends with a mutex held")
{
	hotweave_join(kthread_run(leak, NULL, "leaker"));
}

HOTWEAVE_TARGET(mutex_leak_by_init, "the first task ends with a mutex held")
{
	mutex_lock(&lock_a);
}

/* ---- trylock ---- */

static int trylock_and_count(void *)
{
	for (int i = 0; i < 4; i++) {
		if (!mutex_trylock(&lock_a))
			continue;
		counter++;
		mutex_unlock(&lock_a);
	}
	return 0;
}

HOTWEAVE_TARGET(mutex_trylock_excludes, "trylock and lock exclude each other")
{
	run_three(trylock_and_count, count, trylock_and_count);
	BUG_ON(counter < 3 || counter > 11);
}

HOTWEAVE_TARGET(mutex_trylock_fails, "no trylock of a held mutex succeeds, not even the owner's")
{
	BUG_ON(!mutex_trylock(&lock_a));
	BUG_ON(mutex_trylock(&lock_a));
	mutex_unlock(&lock_a);
	hotweave_yield("done");
}

static int count_whatever_trylock_said(void *)
{
	int got = mutex_trylock(&lock_a);

	counter++;
	if (got)
		mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(mutex_trylock_ignored, "the result of trylock is ignored")
{
	run_two(count_whatever_trylock_said, count_whatever_trylock_said);
}

/*
 * ---- Hand-off: a waiter gets the lock in the end, however eager the owner is ----
 * The owner sleeps while it holds the mutex, so a waiter that was woken finds it taken again.
 */
static bool waiting;

static int greedy(void *)
{
	int stolen = 0;

	for (int i = 0; i < 20 && !READ_ONCE(counter); i++) {
		mutex_lock(&lock_a);
		if (READ_ONCE(waiting) && !READ_ONCE(counter))
			BUG_ON(++stolen > 3);
		msleep(1);
		mutex_unlock(&lock_a);
	}
	return 0;
}

static int patient(void *)
{
	WRITE_ONCE(waiting, true);
	mutex_lock(&lock_a);
	WRITE_ONCE(counter, 1);
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(mutex_hand_off, "a waiter that lost a race for the mutex is handed it")
{
	run_two(greedy, patient);
	BUG_ON(counter != 1);
}

/* ---- Deadlocks ---- */

static int a_then_b(void *)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);
	return 0;
}

static int b_then_a(void *)
{
	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
	return 0;
}

HOTWEAVE_TARGET(mutex_abba, "two mutexes are taken in both orders")
{
	run_two(a_then_b, b_then_a);
}

HOTWEAVE_TARGET(mutex_same_order, "two mutexes are taken in one order")
{
	run_two(a_then_b, a_then_b);
}

static int gated_a_then_b(void *)
{
	mutex_lock(&gate);
	a_then_b(NULL);
	mutex_unlock(&gate);
	return 0;
}

static int gated_b_then_a(void *)
{
	mutex_lock(&gate);
	b_then_a(NULL);
	mutex_unlock(&gate);
	return 0;
}

HOTWEAVE_TARGET(mutex_gated, "two mutexes are taken in both orders, under a third")
{
	run_two(gated_a_then_b, gated_b_then_a);
}

static int b_then_trylock_a(void *)
{
	mutex_lock(&lock_b);
	if (mutex_trylock(&lock_a))
		mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
	return 0;
}

HOTWEAVE_TARGET(mutex_trylock_backs_off, "two mutexes in both orders, one of them by trylock")
{
	run_two(a_then_b, b_then_trylock_a);
}

static int b_then_c(void *)
{
	mutex_lock(&lock_b);
	mutex_lock(&lock_c);
	mutex_unlock(&lock_c);
	mutex_unlock(&lock_b);
	return 0;
}

static int c_then_a(void *)
{
	mutex_lock(&lock_c);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_c);
	return 0;
}

static int a_then_c(void *)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_c);
	mutex_unlock(&lock_c);
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(mutex_cycle_of_three, "three tasks, three mutexes, one cycle")
{
	run_three(a_then_b, b_then_c, c_then_a);
}

HOTWEAVE_TARGET(mutex_three_in_order, "three tasks, three mutexes, no cycle")
{
	run_three(a_then_b, b_then_c, a_then_c);
}

/* A cycle is final however busy the others are: it is found while a third task still runs. */
static int busy(void *)
{
	for (int i = 0; i < 100000; i++)
		hotweave_yield("busy");
	return 0;
}

HOTWEAVE_TARGET(mutex_abba_beside_busy, "two tasks deadlock while a third runs on and on")
{
	run_three(a_then_b, b_then_a, busy);
}

/* A join is an edge as well: the joiner holds what the joined task wants. */
static int wants_a(void *)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(mutex_join_under_lock, "a task joins another one and holds the mutex that it wants")
{
	struct task_struct *t = kthread_run(wants_a, NULL, "wants");

	mutex_lock(&lock_a);
	hotweave_join(t);
	mutex_unlock(&lock_a);
}
