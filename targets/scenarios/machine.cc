// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole machine: two to four tasks, each does up to three of all operations there are. How many, which, and what exactly
 * is drawn; so are refusals and failing allocations. Only what the operations need is booted. What must hold at the end are
 * the invariants of the parts.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "entry_points.h"
#include "machine.h"
#include "memory.h"
#include "pages.h"

#define MAX_TASKS 4
#define MAX_OPS 3

struct user {
	const struct machine_op *ops[MAX_OPS];
	unsigned int nr_ops;
	bool out_of_memory; /* some of its allocations fail */
};

static struct user users[MAX_TASKS];
static unsigned int nr_users;
static bool memory_is_short;

static int act(void *arg)
{
	const struct user *u = (const struct user *)arg;

	for (unsigned int i = 0; i < u->nr_ops; i++) {
		hotweave_fail_allocations(u->out_of_memory && u->ops[i]->fails ? 16 : 0);
		u->ops[i]->run();
	}
	return 0;
}

static bool drawn_before(const struct machine_op *op)
{
	for (unsigned int i = 0; i < nr_users; i++)
		for (unsigned int j = 0; j < users[i].nr_ops; j++)
			if (users[i].ops[j] == op)
				return true;
	return false;
}

static void draw_op(struct user *u)
{
	const struct machine_op *op = &machine_ops[hotweave_choose(nr_machine_ops)];

	if (!op->once || !drawn_before(op))
		u->ops[u->nr_ops++] = op;
}

static void draw_users(void)
{
	nr_users = 2 + hotweave_choose(MAX_TASKS - 1);
	for (unsigned int i = 0; i < nr_users; i++) {
		unsigned int ops = 1 + hotweave_choose(MAX_OPS);

		while (ops--)
			draw_op(&users[i]);
		users[i].out_of_memory = hotweave_one_in(8);
	}
}

/* Each init function once, whoever drew its operation. */
static void init_ops(void)
{
	for (unsigned int n = 0; n < nr_machine_ops; n++)
		if (machine_ops[n].init && drawn_before(&machine_ops[n]))
			machine_ops[n].init();
}

static void boot(void)
{
	unsigned int parts = 0;

	for (unsigned int i = 0; i < nr_users; i++)
		for (unsigned int j = 0; j < users[i].nr_ops; j++)
			parts |= users[i].ops[j]->parts;
	machine_make(parts);
	init_ops();
	memory_is_short = (parts & MACHINE_PAGES) && hotweave_choose(2);
	if (memory_is_short)
		take_all_pages();
}

HOTWEAVE_TARGET(machine, "two to four tasks draw from everything that a machine may do with its memory and CPUs")
{
	struct task_struct *tasks[MAX_TASKS];

	draw_users();
	boot();
	for (unsigned int i = 0; i < nr_users; i++)
		tasks[i] = kthread_run(act, &users[i], "user/%u", i);
	if (memory_is_short) {
		for (int i = 0; i < 16; i++)
			cond_resched();
		give_pages_back();
	}
	for (unsigned int i = 0; i < nr_users; i++)
		hotweave_join(tasks[i]);
}

HOTWEAVE_EXPECT(machine, "v6.7", "", "all of them");
