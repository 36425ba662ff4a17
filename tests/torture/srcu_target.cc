// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of SRCU: as rcu_target.cc; readers sleep, and two domains must not be confused. */
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "../support/tasks.h"

struct item {
	int alive;
	struct rcu_head rcu;
};

static struct item *items[2];
DEFINE_STATIC_SRCU(first);
DEFINE_STATIC_SRCU(second);
static DEFINE_MUTEX(update);
static DEFINE_MUTEX(inside);

static struct srcu_struct *domain(int n) { return n ? &second : &first; }

static struct item *fresh(void)
{
	struct item *i = (struct item *)kmalloc(sizeof(*i), GFP_KERNEL);

	i->alive = 1;
	return i;
}

static void use(struct item *i)
{
	BUG_ON(i->alive != 1);
	switch (hotweave_choose(3)) {
	case 1:
		mutex_lock(&inside);
		mutex_unlock(&inside);
		break;
	case 2:
		usleep_range(10, 20);
		break;
	}
	BUG_ON(i->alive != 1);
}

static void read_domain(int n)
{
	int idx = srcu_read_lock(domain(n));

	use(srcu_dereference(items[n], domain(n)));
	if (hotweave_choose(3) == 1) {
		int again = srcu_read_lock(domain(n));
		struct item *i = srcu_dereference(items[n], domain(n));

		srcu_read_unlock(domain(n), idx);
		use(i);
		idx = again;
	}
	srcu_read_unlock(domain(n), idx);
}

static int reader(void *)
{
	for (int i = 0; i < 2; i++)
		read_domain((int)hotweave_choose(2));
	return 0;
}

static struct item *unlink_item(int n)
{
	struct item *i = fresh();

	mutex_lock(&update);
	struct item *old = rcu_replace_pointer(items[n], i, lockdep_is_held(&update));
	mutex_unlock(&update);
	return old;
}

static void free_item(struct item *i)
{
	i->alive = 0;
	kfree(i);
}

static void callback(struct rcu_head *head) { free_item(container_of(head, struct item, rcu)); }

static void let_go(struct item *old, struct srcu_struct *d)
{
	unsigned long cookie;

	switch (hotweave_choose(4)) {
	case 1:
		call_srcu(d, &old->rcu, callback);
		if (hotweave_choose(2))
			srcu_barrier(d);
		break;
	case 2:
		synchronize_srcu_expedited(d);
		free_item(old);
		break;
	case 3:
		cookie = start_poll_synchronize_srcu(d);
		if (!poll_state_synchronize_srcu(d, cookie))
			synchronize_srcu(d);
		free_item(old);
		break;
	default:
		synchronize_srcu(d);
		free_item(old);
	}
}

static int updater(void *)
{
	for (int i = 0; i < 2; i++) {
		int n = (int)hotweave_choose(2);

		let_go(unlink_item(n), domain(n));
	}
	return 0;
}

static void torture(task_fn a, task_fn b, task_fn c)
{
	items[0] = fresh();
	items[1] = fresh();
	run_three(a, b, c);
	srcu_barrier(&first);
	srcu_barrier(&second);
	free_item(items[0]);
	free_item(items[1]);
}

HOTWEAVE_TARGET(srcu_torture, "readers that sleep and updaters of two domains") { torture(updater, reader, updater); }

static int wrong_updater(void *)
{
	let_go(unlink_item(0), &second);
	return 0;
}
HOTWEAVE_TARGET(srcu_torture_mutant_wrong_domain, "one updater waits for the other domain")
{
	torture(wrong_updater, reader, reader);
}
HOTWEAVE_EXPECT(srcu_torture_mutant_wrong_domain, "", "use-after-free data-race", "");

static int synchronizing_reader(void *)
{
	int idx = srcu_read_lock(&first);

	use(srcu_dereference(items[0], &first));
	synchronize_srcu(&first);
	srcu_read_unlock(&first, idx);
	return 0;
}
HOTWEAVE_TARGET(srcu_torture_mutant_synchronize_inside, "one reader waits for its own domain")
{
	torture(updater, synchronizing_reader, reader);
}
HOTWEAVE_EXPECT(srcu_torture_mutant_synchronize_inside, "", "assertion", "");

/* A grace period under a mutex that readers of the domain take. */
static int locked_updater(void *)
{
	mutex_lock(&inside);
	synchronize_srcu(&first);
	mutex_unlock(&inside);
	return 0;
}
HOTWEAVE_TARGET(srcu_torture_mutant_deadlock, "a grace period under a mutex that readers take")
{
	torture(locked_updater, reader, reader);
}
HOTWEAVE_EXPECT(srcu_torture_mutant_deadlock, "", "deadlock lock-order", "");
