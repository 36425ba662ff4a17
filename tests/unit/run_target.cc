// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets and a history table for guided_test.cc, registry_test.cc and run_test.cc. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/version.h>

#include "../support/tasks.h"

static int word, order;

static const struct hotweave_history_row rows[] = {
	{ "aaaaaaaaaaaa", "first fix", "4.1", "the one" },
	{ "bbbbbbbbbbbb", "second fix", "4.2", "the other" },
	{ "altered", "what no kernel had", "", "an alteration" },
};
static const int none[] = { -1 };
static const int first[] = { 0, -1 };
static const int both[] = { 0, 1, -1 };
static const struct hotweave_profile profiles[] = {
	{ "v4.0", "before", none, 0, NULL },
	{ "v4.1", "between", first, 0, NULL },
	{ "v4.1.7", "by release", NULL, KERNEL_VERSION(4, 1, 7), NULL },
	{ "v4.2", "after", both, 0, NULL },
	{ "A-1", "derived", NULL, 0, "v4.2-aaaaaaaaaaaa+altered" },
	{ "A-1-x", "a name may go on where another ends", NULL, KERNEL_VERSION(4, 9, 0), "A-1-altered" },
};
HOTWEAVE_HISTORY(rows, profiles);

HOTWEAVE_TARGET(run_rows, "fails as rows 0 and 1 say")
{
	BUG_ON(!hotweave_fixed(0));
	WARN(!hotweave_fixed(1), "row 1");
	WARN(hotweave_fixed(2), "row 2");
	BUG_ON(hotweave_fixed(100000));
}
HOTWEAVE_EXPECT(run_rows, "v4.0", "assertion", "");
HOTWEAVE_EXPECT(run_rows, "v4.2", "", "");

static int a(void *)
{
	WRITE_ONCE(word, 1);
	WRITE_ONCE(order, READ_ONCE(order) * 10 + 1);
	return 0;
}

static int b(void *)
{
	WRITE_ONCE(word, 2);
	WRITE_ONCE(order, READ_ONCE(order) * 10 + 2);
	return 0;
}

HOTWEAVE_TARGET(run_order, "found if b goes first")
{
	run_two(a, b);
	BUG_ON(order == 21);
}

HOTWEAVE_TARGET(run_two_words, "two tasks, some points")
{
	run_two(a, b);
}

/* The test checks that these names have one key. */
HOTWEAVE_TARGET(colliding_names, "two tasks whose names have one key")
{
	struct task_struct *ta = kthread_run(a, NULL, "drain");
	struct task_struct *tb = kthread_run(b, NULL, "migration/2");

	hotweave_join(ta);
	hotweave_join(tb);
	BUG_ON(order == 21);
}

static int word_of_a, word_of_b;

static int writes_a(void *)
{
	for (int i = 0; i < 4000; i++)
		WRITE_ONCE(word_of_a, i);
	return 0;
}

static int writes_b(void *)
{
	for (int i = 0; i < 4000; i++)
		WRITE_ONCE(word_of_b, i);
	return 0;
}

HOTWEAVE_TARGET(run_long, "two tasks, thousands of points")
{
	run_two(writes_a, writes_b);
}
