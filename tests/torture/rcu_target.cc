// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Torture of RCU, after kernel/rcu/rcutorture.c: readers look at the current item and pretend to use it; updaters
 * replace it and let the old one go in every way there is. A reader must never see an item that has been let go.
 */
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../support/tasks.h"

struct item {
	int alive;
	int copy;
	struct rcu_head rcu;
};

static struct item *current_item;
static DEFINE_MUTEX(update);
static int invoked;

static struct item *fresh(void)
{
	struct item *i = (struct item *)kmalloc(sizeof(*i), GFP_KERNEL);

	i->alive = i->copy = 1;
	return i;
}

static void use(struct item *i)
{
	BUG_ON(i->alive != 1);
	if (hotweave_choose(2))
		hotweave_yield("inside the reader");
	BUG_ON(i->copy != i->alive);
}

static void read_nested(int depth)
{
	rcu_read_lock();
	use(rcu_dereference(current_item));
	if (depth > 1 && hotweave_choose(2))
		read_nested(depth - 1);
	use(rcu_dereference(current_item));
	rcu_read_unlock();
}

static void read_once(void)
{
	struct item *i;
	unsigned long flags;

	switch (hotweave_choose(5)) {
	case 1:
		rcu_read_lock_bh();
		use(rcu_dereference_bh(current_item));
		rcu_read_unlock_bh();
		break;
	case 2:
		rcu_read_lock_sched();
		use(rcu_dereference_sched(current_item));
		rcu_read_unlock_sched();
		break;
	case 3:
		local_irq_save(flags);
		use(rcu_dereference_raw(current_item));
		local_irq_restore(flags);
		break;
	case 4:
		/* One kind of reader takes over from another without a gap. */
		rcu_read_lock();
		i = rcu_dereference(current_item);
		preempt_disable();
		rcu_read_unlock();
		use(i);
		preempt_enable();
		break;
	default:
		read_nested(3);
	}
}

static int reader(void *)
{
	for (int i = 0; i < 2; i++)
		read_once();
	return 0;
}

static struct item *unlink_item(void)
{
	struct item *i = fresh();

	mutex_lock(&update);
	struct item *old = rcu_replace_pointer(current_item, i, lockdep_is_held(&update));
	mutex_unlock(&update);
	return old;
}

static void free_item(struct item *i)
{
	i->alive = i->copy = 0;
	kfree(i);
}

static void callback(struct rcu_head *head)
{
	struct item *i = container_of(head, struct item, rcu);

	BUG_ON(!in_interrupt());
	WRITE_ONCE(invoked, READ_ONCE(invoked) + 1);
	free_item(i);
}

/* Every way to free it after a grace period. */
static void let_go(struct item *old)
{
	unsigned long cookie;

	switch (hotweave_choose(7)) {
	case 1:
		call_rcu(&old->rcu, callback);
		break;
	case 2:
		kfree_rcu(old, rcu);
		break;
	case 3:
		synchronize_rcu_expedited();
		free_item(old);
		break;
	case 4:
		kvfree_rcu_mightsleep(old);
		break;
	case 5:
		cookie = start_poll_synchronize_rcu();
		if (!poll_state_synchronize_rcu(cookie))
			cond_synchronize_rcu(cookie);
		free_item(old);
		break;
	case 6:
		cookie = get_state_synchronize_rcu();
		cond_synchronize_rcu(cookie);
		free_item(old);
		break;
	default:
		synchronize_rcu();
		free_item(old);
	}
}

static int updater(void *)
{
	for (int i = 0; i < 2; i++) {
		let_go(unlink_item());
		if (hotweave_choose(4) == 1)
			rcu_barrier();
	}
	return 0;
}

/* Readers of its own in between, and a callback whose end it waits for. */
static int barrier_updater(void *)
{
	struct item *old = unlink_item();

	call_rcu(&old->rcu, callback);
	read_once();
	rcu_barrier();
	BUG_ON(!READ_ONCE(invoked));
	return 0;
}

static void torture(task_fn a, task_fn b, task_fn c)
{
	struct task_struct *t;

	current_item = fresh();
	t = kthread_run(reader, NULL, "reader");
	run_three(a, b, c);
	hotweave_join(t);
	rcu_barrier();
	free_item(current_item);
}

HOTWEAVE_TARGET(rcu_torture, "two readers and two updaters in every form there is")
{
	torture(updater, reader, hotweave_choose(2) ? barrier_updater : updater);
}

static int careless_updater(void *)
{
	free_item(unlink_item());
	return 0;
}
HOTWEAVE_TARGET(rcu_torture_mutant_no_grace_period, "one updater frees without a grace period")
{
	torture(updater, reader, careless_updater);
}
HOTWEAVE_EXPECT(rcu_torture_mutant_no_grace_period, "", "use-after-free data-race", "");

static int careless_reader(void *)
{
	use(READ_ONCE(current_item));
	return 0;
}
HOTWEAVE_TARGET(rcu_torture_mutant_no_reader, "one reader forgets rcu_read_lock()")
{
	torture(updater, careless_reader, updater);
}
HOTWEAVE_EXPECT(rcu_torture_mutant_no_reader, "", "use-after-free data-race", "");

static int early_unlocker(void *)
{
	rcu_read_lock();
	struct item *i = rcu_dereference(current_item);
	rcu_read_unlock();
	use(i);
	return 0;
}
HOTWEAVE_TARGET(rcu_torture_mutant_early_unlock, "one reader uses the item after rcu_read_unlock()")
{
	torture(updater, early_unlocker, updater);
}
HOTWEAVE_EXPECT(rcu_torture_mutant_early_unlock, "", "use-after-free data-race", "");

static int synchronizing_reader(void *)
{
	rcu_read_lock();
	use(rcu_dereference(current_item));
	synchronize_rcu();
	rcu_read_unlock();
	return 0;
}
HOTWEAVE_TARGET(rcu_torture_mutant_synchronize_inside, "one reader waits for a grace period")
{
	torture(updater, synchronizing_reader, updater);
}
HOTWEAVE_EXPECT(rcu_torture_mutant_synchronize_inside, "", "assertion", "");

static int linked_updater(void *)
{
	mutex_lock(&update);
	struct item *old = rcu_dereference_protected(current_item, lockdep_is_held(&update));
	kfree_rcu(old, rcu);
	hotweave_yield("readers still find it");
	rcu_assign_pointer(current_item, fresh());
	mutex_unlock(&update);
	return 0;
}
HOTWEAVE_TARGET(rcu_torture_mutant_linked, "one updater lets an item go before it unlinks it")
{
	torture(updater, reader, linked_updater);
}
HOTWEAVE_EXPECT(rcu_torture_mutant_linked, "", "use-after-free data-race", "");

static void plain_publish(void)
{
	struct item *i = fresh();

	mutex_lock(&update);
	struct item *old = rcu_dereference_protected(current_item, lockdep_is_held(&update));
	WRITE_ONCE(current_item, i);
	mutex_unlock(&update);
	synchronize_rcu();
	free_item(old);
}
static int plain_updater(void *)
{
	plain_publish();
	return 0;
}
HOTWEAVE_TARGET(rcu_torture_mutant_publish, "one updater publishes without rcu_assign_pointer()")
{
	torture(updater, reader, plain_updater);
}
HOTWEAVE_EXPECT(rcu_torture_mutant_publish, "", "data-race", "");
