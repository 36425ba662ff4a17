// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of check_test.cc: assertions, reference counts, invariants, choices, budgets. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/refcount.h>

#include "../support/tasks.h"

static int present, other_place, chosen[2];
static refcount_t refs = REFCOUNT_INIT(1);
static DEFINE_MUTEX(lock);

/* ---- BUG, WARN, refcount ---- */

HOTWEAVE_TARGET(check_bug, "BUG_ON of something true") { BUG_ON(present == 0); }
HOTWEAVE_TARGET(check_warn, "WARN_ON of something true") { WARN_ON(present == 0); }
HOTWEAVE_TARGET(check_warn_text, "WARN with a message") { WARN(present == 0, "zone %d\n", 3); }
HOTWEAVE_TARGET(check_holds, "assertions that hold")
{
	BUG_ON(present);
	WARN_ON(present);
	WARN_ON_ONCE(present);
	hotweave_yield("done");
}

HOTWEAVE_TARGET(check_refcount_underflow, "a reference too many is dropped")
{
	if (refcount_dec_and_test(&refs))
		refcount_dec_and_test(&refs);
}

HOTWEAVE_TARGET(check_refcount_revived, "a reference is taken on zero")
{
	if (refcount_dec_and_test(&refs))
		refcount_inc(&refs);
}

HOTWEAVE_TARGET(check_refcount_good, "references are balanced")
{
	refcount_inc(&refs);
	refcount_dec(&refs);
	BUG_ON(!refcount_dec_and_test(&refs));
	BUG_ON(refcount_inc_not_zero(&refs));
}

/* ---- Invariants ---- */

static bool sum_holds(void)
{
	return present == 2;
}

static int adds(void *)
{
	present++;
	return 0;
}

static int adds_locked(void *)
{
	mutex_lock(&lock);
	present++;
	mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(invariant_lost_update, "two tasks add without a lock")
{
	hotweave_invariant("present is what was added", sum_holds, HOTWEAVE_AT_QUIESCENCE);
	run_two(adds, adds);
}

HOTWEAVE_TARGET(invariant_locked, "two tasks add under a lock")
{
	hotweave_invariant("present is what was added", sum_holds, HOTWEAVE_AT_QUIESCENCE);
	run_two(adds_locked, adds_locked);
}

static int sets_to_one(void *)
{
	present = 1;
	return 0;
}

/* Wrong in every schedule: nothing was lost, the sum was never right. */
HOTWEAVE_TARGET(invariant_plainly_wrong, "two tasks store a constant")
{
	hotweave_invariant("present is what was added", sum_holds, HOTWEAVE_AT_QUIESCENCE);
	run_two(sets_to_one, sets_to_one);
}

static int adds_to_other_place(void *)
{
	other_place++;
	return 0;
}

/* An update is lost, but not one of what the invariant reads. */
HOTWEAVE_TARGET(invariant_other_place, "an update of something else is lost")
{
	hotweave_invariant("present is what was added", sum_holds, HOTWEAVE_AT_QUIESCENCE);
	run_two(adds_to_other_place, adds_to_other_place);
}

/* ---- Choices ---- */

HOTWEAVE_TARGET(choose_zero, "the sequential execution chooses 0")
{
	for (int i = 0; i < 10; i++)
		BUG_ON(hotweave_choose(5) != 0);
}

HOTWEAVE_TARGET(choose_in_range, "choices are below n")
{
	for (unsigned int n = 0; n < 20; n++)
		BUG_ON(hotweave_choose(n) >= (n ? n : 1));
}

HOTWEAVE_TARGET(choose_three, "some input chooses 3")
{
	unsigned int first = hotweave_choose(4);

	BUG_ON(first == 3 && hotweave_choose(3) == 2);
}

static int chooses(void *arg)
{
	int me = (int)(long)arg;

	for (int i = 0; i < 3; i++) {
		chosen[me] = chosen[me] * 10 + (int)hotweave_choose(10);
		hotweave_yield("between choices");
	}
	return 0;
}

/* With choices 1 2 3 for the one and 4 5 6 for the other this is found, whatever the schedule. */
HOTWEAVE_TARGET(choose_streams, "each task chooses from a stream of its own")
{
	struct task_struct *a = kthread_run(chooses, (void *)0L, "first");
	struct task_struct *b = kthread_run(chooses, (void *)1L, "second");

	hotweave_join(a);
	hotweave_join(b);
	BUG_ON(chosen[0] == 123 && chosen[1] == 456);
}

/* ---- Budgets ---- */

HOTWEAVE_TARGET(budget_steps, "more scheduling points than allowed")
{
	for (;;)
		hotweave_yield("again");
}

static int ends_at_once(void *)
{
	return 0;
}

HOTWEAVE_TARGET(budget_tasks, "more tasks than there can be")
{
	for (int i = 0; i < 1000; i++)
		kthread_run(ends_at_once, NULL, "one of many");
}
