// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of reference counts: objects in a table, looked up, used and put; the last put frees. */
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../support/tasks.h"

struct object {
	struct kref ref;
	int alive;
	struct rcu_head rcu;
};

static struct object *table[2];
static DEFINE_MUTEX(mutex);

static struct object *make(void)
{
	struct object *o = (struct object *)kzalloc(sizeof(*o), GFP_KERNEL);

	kref_init(&o->ref);
	o->alive = 1;
	return o;
}

static void release(struct kref *ref)
{
	struct object *o = container_of(ref, struct object, ref);

	BUG_ON(o->alive != 1);
	o->alive = 0;
	kfree_rcu(o, rcu);
}

static struct object *find_locked(unsigned int n)
{
	mutex_lock(&mutex);
	struct object *o = rcu_dereference_protected(table[n], lockdep_is_held(&mutex));
	if (o)
		kref_get(&o->ref);
	mutex_unlock(&mutex);
	return o;
}

static struct object *find_lockless(unsigned int n)
{
	rcu_read_lock();
	struct object *o = rcu_dereference(table[n]);
	if (o && !kref_get_unless_zero(&o->ref))
		o = NULL;
	rcu_read_unlock();
	return o;
}

static int user(void *)
{
	for (int i = 0; i < 3; i++) {
		unsigned int n = hotweave_choose(2);
		struct object *o = hotweave_choose(2) ? find_locked(n) : find_lockless(n);

		if (!o)
			continue;
		BUG_ON(o->alive != 1);
		kref_put(&o->ref, release);
	}
	return 0;
}

/* The table's reference goes with the entry. */
static void replace(unsigned int n, struct object *by)
{
	mutex_lock(&mutex);
	struct object *old = rcu_replace_pointer(table[n], by, lockdep_is_held(&mutex));
	mutex_unlock(&mutex);
	if (old)
		kref_put(&old->ref, release);
}

static int replacer(void *)
{
	for (int i = 0; i < 2; i++)
		replace(hotweave_choose(2), hotweave_choose(2) ? NULL : make());
	return 0;
}

static void torture(task_fn a, task_fn b, task_fn c)
{
	table[0] = make();
	table[1] = make();
	run_three(a, b, c);
	replace(0, NULL);
	replace(1, NULL);
}

HOTWEAVE_TARGET(refcount_torture, "two users and one who replaces") { torture(user, replacer, user); }

static int double_putter(void *)
{
	struct object *o = find_locked(0);

	if (o) {
		kref_put(&o->ref, release);
		kref_put(&o->ref, release);
	}
	return 0;
}
HOTWEAVE_TARGET(refcount_torture_mutant_double_put, "one user puts twice") { torture(user, replacer, double_putter); }
HOTWEAVE_EXPECT(refcount_torture_mutant_double_put, "", "refcount use-after-free data-race assertion", "");

static int late_getter(void *)
{
	rcu_read_lock();
	struct object *o = rcu_dereference(table[0]);
	if (o)
		kref_get(&o->ref);
	rcu_read_unlock();
	if (o)
		kref_put(&o->ref, release);
	return 0;
}
HOTWEAVE_TARGET(refcount_torture_mutant_get, "one lockless lookup uses kref_get()")
{
	torture(user, replacer, late_getter);
}
HOTWEAVE_EXPECT(refcount_torture_mutant_get, "", "refcount", "");

static int non_reader(void *)
{
	struct object *o = READ_ONCE(table[1]);

	if (o && kref_get_unless_zero(&o->ref))
		kref_put(&o->ref, release);
	return 0;
}
HOTWEAVE_TARGET(refcount_torture_mutant_no_reader, "one lockless lookup is no RCU reader")
{
	torture(user, replacer, non_reader);
}
HOTWEAVE_EXPECT(refcount_torture_mutant_no_reader, "", "use-after-free data-race", "");
