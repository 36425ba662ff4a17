// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of notifier chains: listeners come and go, others call; a listener that has gone must not be called. */
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "../support/tasks.h"

static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);
SRCU_NOTIFIER_HEAD_STATIC(srcu_chain);

struct listener {
	struct notifier_block nb;
	int alive;
};

static int heard(struct notifier_block *nb, unsigned long, void *data)
{
	struct listener *l = container_of(nb, struct listener, nb);
	int *last = (int *)data;

	BUG_ON(l->alive != 1);
	BUG_ON(nb->priority > *last);
	*last = nb->priority;
	hotweave_yield("in the callback");
	BUG_ON(l->alive != 1);
	return hotweave_choose(4) == 1 ? NOTIFY_STOP : NOTIFY_OK;
}

static void call(void)
{
	int last = 100;

	switch (hotweave_choose(3)) {
	case 1:
		blocking_notifier_call_chain(&blocking_chain, 0, &last);
		break;
	case 2:
		srcu_notifier_call_chain(&srcu_chain, 0, &last);
		break;
	default:
		atomic_notifier_call_chain(&atomic_chain, 0, &last);
	}
}

static int caller(void *)
{
	for (int i = 0; i < 3; i++)
		call();
	return 0;
}

static void come(struct listener *l, unsigned int where)
{
	if (where == 1)
		BUG_ON(blocking_notifier_chain_register(&blocking_chain, &l->nb));
	else if (where == 2)
		BUG_ON(srcu_notifier_chain_register(&srcu_chain, &l->nb));
	else
		BUG_ON(atomic_notifier_chain_register(&atomic_chain, &l->nb));
}

static void go(struct listener *l, unsigned int where)
{
	if (where == 1)
		BUG_ON(blocking_notifier_chain_unregister(&blocking_chain, &l->nb));
	else if (where == 2)
		BUG_ON(srcu_notifier_chain_unregister(&srcu_chain, &l->nb));
	else
		BUG_ON(atomic_notifier_chain_unregister(&atomic_chain, &l->nb));
}

static struct listener *listener(void)
{
	struct listener *l = (struct listener *)kzalloc(sizeof(*l), GFP_KERNEL);

	l->nb.notifier_call = heard;
	l->nb.priority = (int)hotweave_choose(3);
	l->alive = 1;
	return l;
}

static int visitor(void *)
{
	for (int i = 0; i < 2; i++) {
		unsigned int where = hotweave_choose(3);
		struct listener *l = listener();

		come(l, where);
		if (hotweave_choose(2))
			call();
		go(l, where);
		l->alive = 0;
		kfree(l);
	}
	return 0;
}

HOTWEAVE_TARGET(notifier_torture, "two visitors and a caller of three chains") { run_three(visitor, caller, visitor); }

static int early(void *)
{
	unsigned int where = hotweave_choose(3);
	struct listener *l = listener();

	come(l, where);
	l->alive = 0;
	go(l, where);
	kfree(l);
	return 0;
}
HOTWEAVE_TARGET(notifier_torture_mutant_early, "one listener dies before it is unregistered")
{
	run_three(visitor, caller, early);
}
HOTWEAVE_EXPECT(notifier_torture_mutant_early, "", "assertion data-race", "");

static int from_inside(struct notifier_block *nb, unsigned long, void *)
{
	blocking_notifier_chain_unregister(&blocking_chain, nb);
	return NOTIFY_OK;
}
static int suicidal(void *)
{
	struct listener *l = listener();

	l->nb.notifier_call = from_inside;
	come(l, 1);
	return 0;
}
HOTWEAVE_TARGET(notifier_torture_mutant_inside, "one listener unregisters itself from inside")
{
	run_three(visitor, caller, suicidal);
	call();
}
HOTWEAVE_EXPECT(notifier_torture_mutant_inside, "", "recursive-lock lock-order deadlock", "");
