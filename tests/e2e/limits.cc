// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A program of its own (hotweave_add_target in ../CMakeLists.txt) whose targets reach limits of hotweave: e2e/ expects that
// it says so.
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

/* More than a schedule counts (kMaxNth). */
#define TURNS 18000

static int turn;
static bool often;

static int counts(void *)
{
	for (int i = 1; i <= TURNS; i++)
		WRITE_ONCE(turn, i);
	return 0;
}

static int looks_late(void *)
{
	int seen = READ_ONCE(turn);

	BUG_ON(seen > 16500 && seen < TURNS);
	return 0;
}

static int looks_once(void *)
{
	often = READ_ONCE(turn) < TURNS;
	return 0;
}

static void run_both(int (*look)(void *))
{
	struct task_struct *a = kthread_run(counts, NULL, "counts");
	struct task_struct *b = kthread_run(look, NULL, "looks");

	hotweave_join(a);
	hotweave_join(b);
}

HOTWEAVE_TARGET(fails_by_a_late_switch, "fails if another task runs after the 16,500th write of one place")
{
	run_both(looks_late);
}

HOTWEAVE_TARGET(fails_with_late_switches, "fails whatever the schedule, at the end")
{
	run_both(looks_once);
	BUG();
}
