// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of progress_test.cc: loops that never end, the wait-for graph, and invariants at their moments. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <asm/processor.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_MUTEX(lock_c);
static DEFINE_SPINLOCK(spin_a);
static int turn, balance_left = 10, balance_right, done;

/* ---- Livelock ---- */

static int wait_for_turn_two(void *)
{
	while (READ_ONCE(turn) != 2)
		cpu_relax();
	return 0;
}

static int wait_for_turn_three(void *)
{
	while (READ_ONCE(turn) != 3)
		cpu_relax();
	return 0;
}

HOTWEAVE_TARGET(livelock_of_two, "two threads spin, each for what nobody does")
{
	run_two(wait_for_turn_two, wait_for_turn_three);
}

static int take_turn_three(void *)
{
	WRITE_ONCE(turn, 2);
	while (READ_ONCE(turn) != 3)
		cpu_relax();
	return 0;
}

static int answer_turn_two(void *)
{
	wait_for_turn_two(NULL);
	WRITE_ONCE(turn, 3);
	return 0;
}

HOTWEAVE_TARGET(spinning_that_ends, "two threads spin for each other in turn")
{
	run_two(take_turn_three, answer_turn_two);
}

static int poll_for_ever(void *)
{
	while (!READ_ONCE(done))
		msleep(5);
	return 0;
}

HOTWEAVE_TARGET(polling_for_nothing, "two threads sleep and look again for ever")
{
	run_two(poll_for_ever, poll_for_ever);
}

static int finish_later(void *)
{
	for (int i = 0; i < 100; i++)
		msleep(20);
	WRITE_ONCE(done, 1);
	return 0;
}

HOTWEAVE_TARGET(polling_that_ends, "a thread polls for what another does much later")
{
	run_two(poll_for_ever, finish_later);
}

/* ---- The wait-for graph ---- */

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

static int c_then_a(void *)
{
	mutex_lock(&lock_c);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_c);
	return 0;
}

HOTWEAVE_TARGET(graph_of_three, "two threads deadlock, a third one may wait for them")
{
	run_three(a_then_b, b_then_a, c_then_a);
}

static int spin_on_cpu_of(void *)
{
	spin_lock(&spin_a);
	while (!READ_ONCE(done))
		cpu_relax();
	spin_unlock(&spin_a);
	return 0;
}

static int take_spin_then_done(void *)
{
	spin_lock(&spin_a);
	WRITE_ONCE(done, 1);
	spin_unlock(&spin_a);
	return 0;
}

HOTWEAVE_TARGET(spinning_under_a_lock, "a thread spins under a lock for what another does under that lock")
{
	run_two(spin_on_cpu_of, take_spin_then_done);
}

/* ---- Invariants ---- */

static bool balanced(void)
{
	return balance_left + balance_right == 10;
}

static int move_under_lock(void *)
{
	for (int i = 0; i < 2; i++) {
		mutex_lock(&lock_a);
		balance_left--;
		balance_right++;
		mutex_unlock(&lock_a);
	}
	return 0;
}

static int move_in_two_sections(void *)
{
	mutex_lock(&lock_a);
	balance_left--;
	mutex_unlock(&lock_a);
	mutex_lock(&lock_a);
	balance_right++;
	mutex_unlock(&lock_a);
	return 0;
}

static int release_another_lock_in_between(void *)
{
	mutex_lock(&lock_a);
	balance_left--;
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	balance_right++;
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(release_invariant_holds, "the sum is right whenever the lock is released")
{
	hotweave_invariant_at_release("left + right is 10", balanced, &lock_a);
	run_two(move_under_lock, release_another_lock_in_between);
}

HOTWEAVE_TARGET(release_invariant_broken, "the lock is released with half of the work done")
{
	hotweave_invariant_at_release("left + right is 10", balanced, &lock_a);
	run_two(move_under_lock, move_in_two_sections);
}

HOTWEAVE_TARGET(any_release_invariant_broken, "another lock is released while the sum is wrong")
{
	hotweave_invariant("left + right is 10", balanced, HOTWEAVE_AT_RELEASE);
	run_two(move_under_lock, release_another_lock_in_between);
}

HOTWEAVE_TARGET(quiescent_invariant_holds, "the sum is right at the end, whatever happens in between")
{
	hotweave_invariant("left + right is 10", balanced, HOTWEAVE_AT_QUIESCENCE);
	run_two(move_under_lock, move_in_two_sections);
}

HOTWEAVE_TARGET(always_invariant_broken, "the sum is wrong inside the critical section, where a switch can happen")
{
	hotweave_invariant("left + right is 10", balanced, HOTWEAVE_ALWAYS);
	run_two(move_under_lock, move_under_lock);
}

static int atomic_sum;

static bool sum_is_even(void)
{
	return atomic_sum % 2 == 0;
}

static int add_two(void *)
{
	for (int i = 0; i < 3; i++) {
		mutex_lock(&lock_a);
		atomic_sum += 2;
		mutex_unlock(&lock_a);
	}
	return 0;
}

HOTWEAVE_TARGET(always_invariant_holds, "the number is even at every moment")
{
	hotweave_invariant("the number is even", sum_is_even, HOTWEAVE_ALWAYS);
	run_two(add_two, add_two);
}
