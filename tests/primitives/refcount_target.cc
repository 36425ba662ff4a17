// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of refcount_test.cc: refcount_t and kref, each warning and the order of the last put; llist. */
#include <linux/bug.h>
#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static refcount_t refs = REFCOUNT_INIT(1);
static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(spin);

HOTWEAVE_TARGET(refcount_counts, "what each function does to a count in its range")
{
	int old;
	unsigned long flags;

	refcount_inc(&refs);
	refcount_add(2, &refs);
	BUG_ON(refcount_read(&refs) != 4);
	BUG_ON(refcount_sub_and_test(2, &refs));
	refcount_dec(&refs);
	BUG_ON(!refcount_inc_not_zero(&refs) || !refcount_add_not_zero(1, &refs));
	BUG_ON(refcount_dec_and_test(&refs) || !refcount_dec_not_one(&refs));
	BUG_ON(refcount_read(&refs) != 1 || refcount_dec_not_one(&refs));
	__refcount_inc(&refs, &old);
	BUG_ON(old != 1);
	BUG_ON(__refcount_sub_and_test(1, &refs, &old) || old != 2);
	BUG_ON(!__refcount_inc_not_zero(&refs, &old) || old != 1);
	__refcount_dec(&refs, &old);
	BUG_ON(old != 2 || refcount_read(&refs) != 1);
	BUG_ON(!refcount_dec_if_one(&refs) || refcount_dec_if_one(&refs));
	BUG_ON(refcount_inc_not_zero(&refs) || refcount_read(&refs) != 0);
	refcount_set(&refs, 1);
	BUG_ON(!refcount_dec_and_mutex_lock(&refs, &mutex));
	mutex_unlock(&mutex);
	refcount_set(&refs, 2);
	BUG_ON(refcount_dec_and_lock(&refs, &spin));
	BUG_ON(!refcount_dec_and_lock_irqsave(&refs, &spin, &flags));
	BUG_ON(!irqs_disabled());
	spin_unlock_irqrestore(&spin, flags);
}

HOTWEAVE_TARGET(refcount_inc_zero, "an increment from 0")
{
	refcount_set(&refs, 0);
	refcount_inc(&refs);
}
HOTWEAVE_TARGET(refcount_overflow, "an increment beyond the largest value")
{
	refcount_set(&refs, REFCOUNT_MAX);
	refcount_inc(&refs);
}
HOTWEAVE_TARGET(refcount_not_zero_overflow, "an increment unless 0 beyond the largest value")
{
	refcount_set(&refs, REFCOUNT_MAX);
	BUG_ON(!refcount_inc_not_zero(&refs));
}
HOTWEAVE_TARGET(refcount_saturated, "an increment of a saturated count")
{
	refcount_set(&refs, REFCOUNT_SATURATED);
	refcount_inc(&refs);
}
HOTWEAVE_TARGET(refcount_underflow, "more is taken than there is")
{
	BUG_ON(refcount_sub_and_test(2, &refs));
}
HOTWEAVE_TARGET(refcount_double_put, "a put of what is gone")
{
	BUG_ON(!refcount_dec_and_test(&refs));
	refcount_dec_and_test(&refs);
}
HOTWEAVE_TARGET(refcount_dec_to_zero, "refcount_dec() of the last reference") { refcount_dec(&refs); }
HOTWEAVE_TARGET(refcount_not_one_zero, "refcount_dec_not_one() of 0")
{
	refcount_set(&refs, 0);
	BUG_ON(!refcount_dec_not_one(&refs));
}
HOTWEAVE_TARGET(refcount_not_one_saturated, "refcount_dec_not_one() of a saturated count stays quiet")
{
	refcount_set(&refs, REFCOUNT_SATURATED);
	BUG_ON(!refcount_dec_not_one(&refs));
	BUG_ON((int)refcount_read(&refs) != REFCOUNT_SATURATED);
}

/* ---- The last put frees, after everybody's use ------------------------------------------------------- */

struct object {
	struct kref ref;
	int uses[3];
	int sum;
};
static struct object *object;
static int released;

static void release(struct kref *ref)
{
	struct object *o = container_of(ref, struct object, ref);

	o->sum = o->uses[0] + o->uses[1] + o->uses[2];
	released += o->sum;
	kfree(o);
}

static int use_and_put(void *)
{
	int me = current->comm[0] - 'a';

	object->uses[me] = 1;
	kref_put(&object->ref, release);
	return 0;
}

static struct object *make(void)
{
	object = (struct object *)kzalloc(sizeof(*object), GFP_KERNEL);
	kref_init(&object->ref);
	return object;
}

HOTWEAVE_TARGET(kref_last_put_frees, "three owners use an object and put it; the last one frees it")
{
	make();
	kref_get(&object->ref);
	kref_get(&object->ref);
	run_three(use_and_put, use_and_put, use_and_put);
	BUG_ON(released != 3);
}

/* A plain counter that only counts: the last one is not ordered after the others. */
static atomic_t relaxed = ATOMIC_INIT(3);
static int use_and_put_relaxed(void *)
{
	object->uses[current->comm[0] - 'a'] = 1;
	if (atomic_fetch_sub_relaxed(1, &relaxed) == 1)
		release(&object->ref);
	return 0;
}
HOTWEAVE_TARGET(kref_relaxed, "the same with a relaxed count")
{
	make();
	run_three(use_and_put_relaxed, use_and_put_relaxed, use_and_put_relaxed);
}

static int put_twice(void *)
{
	use_and_put(NULL);
	kref_put(&object->ref, release);
	return 0;
}
HOTWEAVE_TARGET(kref_put_too_often, "one owner puts twice")
{
	make();
	kref_get(&object->ref);
	kref_get(&object->ref);
	run_three(use_and_put, put_twice, use_and_put);
}

/* Found in a table under a lock: only with kref_get_unless_zero(). */
static int find_and_put(void *)
{
	struct object *o;

	mutex_lock(&mutex);
	o = object;
	if (o && !kref_get_unless_zero(&o->ref))
		o = NULL;
	mutex_unlock(&mutex);
	if (o)
		kref_put_mutex(&o->ref, [](struct kref *ref) {
			object = NULL;
			mutex_unlock(&mutex);
			kfree(container_of(ref, struct object, ref));
		}, &mutex);
	return 0;
}
static int owner_puts(void *)
{
	struct object *o = object;

	kref_put_mutex(&o->ref, [](struct kref *ref) {
		object = NULL;
		mutex_unlock(&mutex);
		kfree(container_of(ref, struct object, ref));
	}, &mutex);
	return 0;
}
HOTWEAVE_TARGET(kref_table, "lookups under a mutex, the last put takes it")
{
	make();
	kref_get(&object->ref);
	struct task_struct *t = kthread_run(find_and_put, NULL, "finder");
	owner_puts(NULL);
	run_two(find_and_put, find_and_put);
	hotweave_join(t);
	owner_puts(NULL);
	BUG_ON(object);
}
static int find_and_get(void *)
{
	if (object) {
		kref_get(&object->ref);
		kref_put(&object->ref, release);
	}
	return 0;
}
HOTWEAVE_TARGET(kref_get_too_late, "kref_get() of something that may be gone")
{
	make();
	run_two(find_and_get, owner_puts);
}

/* ---- llist ------------------------------------------------------------------------------------------------ */

struct message {
	struct llist_node node;
	int value;
};
static LLIST_HEAD(inbox);
static int received, sum;

static int sender(void *)
{
	for (int i = 1; i <= 2; i++) {
		struct message *m = (struct message *)kmalloc(sizeof(*m), GFP_KERNEL);

		m->value = i;
		llist_add(&m->node, &inbox);
	}
	return 0;
}
static void take_all(void)
{
	struct message *m, *next;

	llist_for_each_entry_safe(m, next, llist_reverse_order(llist_del_all(&inbox)), node) {
		received++;
		sum += m->value;
		kfree(m);
	}
}
static int receiver(void *)
{
	take_all();
	struct llist_node *first = llist_del_first(&inbox);
	if (first) {
		received++;
		sum += llist_entry(first, struct message, node)->value;
		kfree(llist_entry(first, struct message, node));
	}
	return 0;
}
HOTWEAVE_TARGET(llist_messages, "two senders and a receiver of a lock-less list")
{
	run_three(sender, receiver, sender);
	take_all();
	BUG_ON(received != 4 || sum != 6 || !llist_empty(&inbox));
}
HOTWEAVE_TARGET(llist_two_consumers, "two consumers take single entries")
{
	sender(NULL);
	run_three(receiver, sender, receiver);
}
