// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of notifier_test.cc: atomic, raw and SRCU chains, robust calls, unique priorities; RCU lists. */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rculist.h>
#include <linux/rculist_nulls.h>
#include <linux/slab.h>

#include "../support/tasks.h"

static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);
static RAW_NOTIFIER_HEAD(raw_chain);
SRCU_NOTIFIER_HEAD_STATIC(srcu_chain);
static DEFINE_MUTEX(mutex);

static int ups[4], downs[4];

static int count_call(struct notifier_block *nb, unsigned long action, void *)
{
	(action ? ups : downs)[nb->priority]++;
	return NOTIFY_OK;
}
static int veto_call(struct notifier_block *nb, unsigned long action, void *)
{
	(action ? ups : downs)[nb->priority]++;
	return notifier_from_errno(-EBUSY);
}
static int sleep_call(struct notifier_block *, unsigned long, void *)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	return NOTIFY_OK;
}

static struct notifier_block third = { count_call, NULL, 1 };
static struct notifier_block second = { veto_call, NULL, 2 };
static struct notifier_block first = { count_call, NULL, 3 };
static struct notifier_block also_third = { count_call, NULL, 1 };
static struct notifier_block sleeper = { sleep_call, NULL, 0 };

HOTWEAVE_TARGET(notifier_robust, "a veto is followed by the opposite call of those before it")
{
	int ret;

	blocking_notifier_chain_register(&blocking_chain, &third);
	blocking_notifier_chain_register(&blocking_chain, &second);
	blocking_notifier_chain_register(&blocking_chain, &first);
	ret = blocking_notifier_call_chain_robust(&blocking_chain, 1, 0, NULL);
	BUG_ON(notifier_to_errno(ret) != -EBUSY);
	BUG_ON(ups[3] != 1 || ups[2] != 1 || ups[1] != 0);
	BUG_ON(downs[3] != 1 || downs[2] != 0 || downs[1] != 0);
}
HOTWEAVE_TARGET(notifier_raw_robust, "the same of a raw chain, and without a veto")
{
	raw_notifier_chain_register(&raw_chain, &third);
	raw_notifier_chain_register(&raw_chain, &first);
	BUG_ON(raw_notifier_call_chain_robust(&raw_chain, 1, 0, NULL) != NOTIFY_OK);
	BUG_ON(ups[3] != 1 || ups[1] != 1 || downs[3] || downs[1]);
	BUG_ON(raw_notifier_chain_register(&raw_chain, &second));
	BUG_ON(notifier_to_errno(raw_notifier_call_chain_robust(&raw_chain, 1, 0, NULL)) != -EBUSY);
	BUG_ON(ups[3] != 2 || ups[1] != 1 || downs[3] != 1);
	BUG_ON(raw_notifier_chain_unregister(&raw_chain, &second));
	BUG_ON(raw_notifier_chain_unregister(&raw_chain, &second) != -ENOENT);
}
HOTWEAVE_TARGET(notifier_unique_priority, "a priority that another block has")
{
	BUG_ON(atomic_notifier_call_chain_is_empty(&atomic_chain) != true);
	BUG_ON(atomic_notifier_chain_register_unique_prio(&atomic_chain, &third));
	BUG_ON(atomic_notifier_chain_register_unique_prio(&atomic_chain, &also_third) != -EBUSY);
	BUG_ON(atomic_notifier_chain_register(&atomic_chain, &also_third));
	BUG_ON(atomic_notifier_call_chain_is_empty(&atomic_chain));
	BUG_ON(blocking_notifier_chain_register_unique_prio(&blocking_chain, &first));
	BUG_ON(atomic_notifier_call_chain(&atomic_chain, 1, NULL) != NOTIFY_OK || ups[1] != 2);
}

HOTWEAVE_TARGET(notifier_atomic_sleeps, "a callback of an atomic chain takes a mutex")
{
	atomic_notifier_chain_register(&atomic_chain, &sleeper);
	atomic_notifier_call_chain(&atomic_chain, 0, NULL);
}
HOTWEAVE_TARGET(notifier_srcu_sleeps, "one of an SRCU chain may")
{
	srcu_notifier_chain_register(&srcu_chain, &sleeper);
	BUG_ON(srcu_notifier_call_chain(&srcu_chain, 0, NULL) != NOTIFY_OK);
}
static struct srcu_notifier_head made;
HOTWEAVE_TARGET(notifier_srcu_life, "an SRCU chain that is made at run time")
{
	srcu_init_notifier_head(&made);
	srcu_notifier_chain_register(&made, &first);
	BUG_ON(srcu_notifier_call_chain(&made, 1, NULL) != NOTIFY_OK || ups[3] != 1);
	BUG_ON(srcu_notifier_chain_unregister(&made, &first));
	srcu_cleanup_notifier_head(&made);
}

/* A block that is unregistered, then freed, while others walk. */
struct listener {
	struct notifier_block nb;
	int alive;
};
static int listen(struct notifier_block *nb, unsigned long, void *)
{
	struct listener *l = container_of(nb, struct listener, nb);

	BUG_ON(!l->alive);
	return NOTIFY_OK;
}
static struct listener *listener(void)
{
	struct listener *l = (struct listener *)kzalloc(sizeof(*l), GFP_KERNEL);

	l->nb.notifier_call = listen;
	l->alive = 1;
	return l;
}

#define CHAIN(kind)                                                                          \
	static int kind##_walks(void *)                                                      \
	{                                                                                    \
		kind##_notifier_call_chain(&kind##_chain, 0, NULL);                          \
		return 0;                                                                    \
	}                                                                                    \
	static int kind##_comes_and_goes(void *)                                             \
	{                                                                                    \
		struct listener *l = listener();                                             \
		kind##_notifier_chain_register(&kind##_chain, &l->nb);                       \
		hotweave_yield("registered");                                                \
		kind##_notifier_chain_unregister(&kind##_chain, &l->nb);                     \
		l->alive = 0;                                                                \
		kfree(l);                                                                    \
		return 0;                                                                    \
	}                                                                                    \
	HOTWEAVE_TARGET(notifier_##kind##_unregister, "unregistering waits for walks")       \
	{                                                                                    \
		run_three(kind##_walks, kind##_comes_and_goes, kind##_walks);                \
	}
CHAIN(atomic)
CHAIN(blocking)
CHAIN(srcu)
CHAIN(raw)

static int frees_registered(void *)
{
	struct listener *l = listener();

	blocking_notifier_chain_register(&blocking_chain, &l->nb);
	kfree(l);
	return 0;
}
HOTWEAVE_TARGET(notifier_freed, "a registered block is freed")
{
	frees_registered(NULL);
	blocking_notifier_call_chain(&blocking_chain, 0, NULL);
}

/* ---- RCU lists ------------------------------------------------------------------------------------------ */

struct entry {
	struct list_head node;
	struct hlist_node hnode;
	struct hlist_nulls_node nnode;
	int value;
	struct rcu_head rcu;
};
static LIST_HEAD(list);
static LIST_HEAD(other_list);
static HLIST_HEAD(hlist);
static struct hlist_nulls_head nulls = HLIST_NULLS_HEAD_INIT(7);

static struct entry *entry(int value)
{
	struct entry *e = (struct entry *)kzalloc(sizeof(*e), GFP_KERNEL);

	e->value = value;
	return e;
}

static int list_reader(void *)
{
	struct entry *e;
	struct hlist_nulls_node *pos;
	int n = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(e, &list, node) {
		BUG_ON(e->value < 1 || e->value > 3);
		n++;
	}
	hlist_for_each_entry_rcu(e, &hlist, hnode)
		BUG_ON(e->value < 1 || e->value > 3);
	hlist_nulls_for_each_entry_rcu(e, pos, &nulls, nnode)
		BUG_ON(e->value < 1 || e->value > 3);
	BUG_ON(get_nulls_value(pos) != 7);
	rcu_read_unlock();
	BUG_ON(n > 3);
	return 0;
}

static void fill(int n)
{
	for (int i = 1; i <= n; i++) {
		struct entry *e = entry(i);

		mutex_lock(&mutex);
		list_add_tail_rcu(&e->node, &list);
		hlist_add_head_rcu(&e->hnode, &hlist);
		hlist_nulls_add_head_rcu(&e->nnode, &nulls);
		mutex_unlock(&mutex);
	}
}

static void take_off(struct entry *e)
{
	list_del_rcu(&e->node);
	hlist_del_rcu(&e->hnode);
	hlist_nulls_del_rcu(&e->nnode);
}

static int list_updater(void *)
{
	struct entry *e, *fresh = entry(3);

	fill(2);
	mutex_lock(&mutex);
	e = list_first_or_null_rcu(&list, struct entry, node);
	list_replace_rcu(&e->node, &fresh->node);
	hlist_replace_rcu(&e->hnode, &fresh->hnode);
	hlist_nulls_del_rcu(&e->nnode);
	hlist_nulls_add_tail_rcu(&fresh->nnode, &nulls);
	mutex_unlock(&mutex);
	kfree_rcu(e, rcu);
	mutex_lock(&mutex);
	take_off(fresh);
	mutex_unlock(&mutex);
	synchronize_rcu();
	kfree(fresh);
	list_splice_init_rcu(&list, &other_list, synchronize_rcu);
	BUG_ON(!list_empty(&list) || list_empty(&other_list));
	return 0;
}
HOTWEAVE_TARGET(rculist_walks, "readers walk lists that change") { run_three(list_reader, list_updater, list_reader); }

static int list_hasty(void *)
{
	struct entry *e;

	fill(1);
	mutex_lock(&mutex);
	e = list_first_or_null_rcu(&list, struct entry, node);
	take_off(e);
	mutex_unlock(&mutex);
	kfree(e);
	return 0;
}
HOTWEAVE_TARGET(rculist_hasty, "an entry is freed without a grace period")
{
	run_three(list_reader, list_hasty, list_reader);
}
static int list_plain_adder(void *)
{
	struct entry *e = entry(1);

	list_add(&e->node, &list);
	return 0;
}
HOTWEAVE_TARGET(rculist_plain_add, "list_add() where readers walk") { run_two(list_reader, list_plain_adder); }
HOTWEAVE_TARGET(rculist_no_reader, "a walk that is no reader")
{
	struct entry *e;

	fill(1);
	list_for_each_entry_rcu(e, &list, node)
		BUG_ON(!e->value);
}
HOTWEAVE_TARGET(rculist_locked, "a walk under the updaters' lock")
{
	struct entry *e;

	fill(1);
	mutex_lock(&mutex);
	list_for_each_entry_rcu(e, &list, node, lockdep_is_held(&mutex))
		BUG_ON(!e->value);
	mutex_unlock(&mutex);
}
