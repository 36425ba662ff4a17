// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of jump_label_test.cc: static keys. */
#include <linux/bug.h>
#include <linux/jump_label.h>
#include <linux/mutex.h>
#include <linux/preempt.h>

#include "../support/tasks.h"

static DEFINE_STATIC_KEY_FALSE(off);
static DEFINE_STATIC_KEY_TRUE(on);
static int data;

HOTWEAVE_TARGET(static_key_states, "enabling, disabling, counting")
{
	BUG_ON(static_branch_unlikely(&off) || !static_branch_likely(&on));
	static_branch_enable(&off);
	static_branch_enable(&off);
	static_branch_disable(&on);
	BUG_ON(!static_branch_unlikely(&off) || static_branch_likely(&on));
	BUG_ON(!static_key_enabled(&off) || static_key_count(&on.key) != 0);
	static_branch_inc(&on);
	static_branch_inc(&on);
	BUG_ON(static_key_count(&on.key) != 2);
	static_branch_dec(&on);
	BUG_ON(!static_branch_likely(&on));
	cpus_read_lock();
	static_branch_dec_cpuslocked(&on);
	cpus_read_unlock();
	BUG_ON(static_branch_likely(&on) || static_key_enabled(&on));
}

HOTWEAVE_TARGET(static_key_negative, "one user too few") { static_branch_dec(&off); }
HOTWEAVE_TARGET(static_key_mixed, "a counted key is switched")
{
	static_branch_inc(&off);
	static_branch_inc(&off);
	static_branch_disable(&off);
}
HOTWEAVE_TARGET(static_key_atomic, "a key is changed with preemption off")
{
	preempt_disable();
	static_branch_enable(&off);
	preempt_enable();
}

static int user(void *)
{
	static_branch_inc(&off);
	BUG_ON(!static_branch_unlikely(&off));
	static_branch_dec(&off);
	return 0;
}
HOTWEAVE_TARGET(static_key_users, "three users at once")
{
	run_three(user, user, user);
	BUG_ON(static_branch_unlikely(&off));
}

static int enabler(void *)
{
	data = 1;
	static_branch_enable(&off);
	return 0;
}
static int tester(void *)
{
	if (static_branch_unlikely(&off))
		BUG_ON(data != 1);
	return 0;
}
static int early_tester(void *)
{
	if (static_key_enabled(&off))
		BUG_ON(data != 1);
	return 0;
}
HOTWEAVE_TARGET(static_key_orders, "what precedes the change, seen behind the branch") { run_three(enabler, tester, tester); }
HOTWEAVE_TARGET(static_key_count_orders_nothing, "the count is no branch") { run_two(enabler, early_tester); }
