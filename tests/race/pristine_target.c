/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Targets of pristine_test.cc, the C half: target code in C is as good as in C++. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "../support/tasks.h"

static int counter = 41;
static int table[3] = { 1, 2, 3 };
static DEFINE_MUTEX(c_lock);

static int next_in_function(void)
{
	static int next;

	return ++next;
}

HOTWEAVE_TARGET(pristine_c, "globals and function statics of C are as new")
{
	BUG_ON(++counter != 42);
	BUG_ON(table[1]++ != 2);
	BUG_ON(next_in_function() != 1);
	mutex_lock(&c_lock);
	mutex_unlock(&c_lock);
}

static int c_counts(void *unused)
{
	counter++;
	return 0;
}

static int c_counts_locked(void *unused)
{
	mutex_lock(&c_lock);
	counter++;
	mutex_unlock(&c_lock);
	return 0;
}

HOTWEAVE_TARGET(c_race, "two C threads count")
{
	run_two(c_counts, c_counts);
}

HOTWEAVE_TARGET(c_no_race, "two C threads count under a mutex")
{
	run_two(c_counts_locked, c_counts_locked);
	BUG_ON(counter != 43);
}

HOTWEAVE_TARGET(c_use_after_free, "C code reads what it has freed")
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	*p = 1;
	kfree(p);
	WRITE_ONCE(counter, *p);
}
