// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of rcu_callback_test.cc: call_rcu(), rcu_barrier(), kfree_rcu(), and SRCU. */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>

#include "../support/tasks.h"

struct item {
	int value;
	struct rcu_head rcu;
};

static struct item *current_item;
static DEFINE_MUTEX(update);
static DEFINE_SPINLOCK(spin);
static int freed, state;

static struct item *fresh(int value)
{
	struct item *i = (struct item *)kmalloc(sizeof(*i), GFP_KERNEL);

	i->value = value;
	return i;
}

static void free_item(struct rcu_head *head)
{
	kfree(container_of(head, struct item, rcu));
	freed++;
}

static struct item *unlink_item(void)
{
	mutex_lock(&update);
	struct item *old = rcu_replace_pointer(current_item, fresh(2), lockdep_is_held(&update));
	mutex_unlock(&update);
	return old;
}

static int reader(void *)
{
	rcu_read_lock();
	struct item *i = rcu_dereference(current_item);
	BUG_ON(i->value < 1);
	hotweave_yield("still inside");
	BUG_ON(i->value > 2);
	rcu_read_unlock();
	return 0;
}

static int caller(void *)
{
	struct item *old = unlink_item();

	call_rcu(&old->rcu, free_item);
	return 0;
}

static int kfreer(void *)
{
	struct item *old = unlink_item();

	kfree_rcu(old, rcu);
	kfree_rcu((struct item *)NULL, rcu);
	return 0;
}

static int headless_kfreer(void *)
{
	struct item *old = unlink_item();

	kvfree_rcu_mightsleep(old);
	return 0;
}

static int barrier_after(void *)
{
	struct item *old = unlink_item();

	call_rcu(&old->rcu, free_item);
	rcu_barrier();
	BUG_ON(freed != 1);
	return 0;
}

static int no_barrier(void *)
{
	struct item *old = unlink_item();

	call_rcu(&old->rcu, free_item);
	synchronize_rcu();
	BUG_ON(freed != 1);
	return 0;
}

#define WITH_ITEM(name, what, a, b, c)          \
	HOTWEAVE_TARGET(name, what)             \
	{                                       \
		current_item = fresh(1);        \
		run_three(a, b, c);             \
		rcu_barrier();                  \
		kfree(current_item);            \
	}

WITH_ITEM(rcu_call, "freed by a callback", reader, caller, reader)
WITH_ITEM(rcu_kfree, "freed by kfree_rcu()", reader, kfreer, reader)
WITH_ITEM(rcu_kfree_headless, "freed by kvfree_rcu_mightsleep()", reader, headless_kfreer, reader)
WITH_ITEM(rcu_barrier_waits, "rcu_barrier() waits for the callback", reader, barrier_after, reader)
WITH_ITEM(rcu_synchronize_is_no_barrier, "synchronize_rcu() does not wait for callbacks", reader, no_barrier, reader)

/* Frees what readers still find. */
static int linked_kfreer(void *)
{
	kfree_rcu(current_item, rcu);
	return 0;
}
HOTWEAVE_TARGET(rcu_kfree_linked, "kfree_rcu() of something that readers still find")
{
	current_item = fresh(1);
	run_three(linked_kfreer, reader, reader);
}

/* ---- The callback as an event -------------------------------------------------------------------- */

static void set_state(struct rcu_head *) { WRITE_ONCE(state, 1); }
static struct rcu_head head, second;

HOTWEAVE_TARGET(rcu_callback_is_late, "a callback need not have run when call_rcu() returns")
{
	call_rcu(&head, set_state);
	hotweave_yield("here it may run");
	BUG_ON(READ_ONCE(state) == 1);
}
HOTWEAVE_TARGET(rcu_callback_is_not_immediate, "call_rcu() does not call it itself")
{
	preempt_disable();
	call_rcu(&head, set_state);
	hotweave_yield("nothing runs here");
	BUG_ON(READ_ONCE(state) == 1);
	preempt_enable();
	rcu_barrier();
	BUG_ON(READ_ONCE(state) != 1);
}
static void order_first(struct rcu_head *)
{
	BUG_ON(state);
	state = 1;
}
static void order_second(struct rcu_head *)
{
	BUG_ON(state != 1);
	state = 2;
}
static int two_calls(void *)
{
	preempt_disable();
	call_rcu(&head, order_first);
	call_rcu(&second, order_second);
	preempt_enable();
	rcu_barrier();
	BUG_ON(state != 2);
	return 0;
}
static int plain_reader(void *)
{
	rcu_read_lock();
	hotweave_yield("inside");
	rcu_read_unlock();
	return 0;
}
HOTWEAVE_TARGET(rcu_callbacks_in_order, "callbacks of one CPU run in order") { run_three(plain_reader, two_calls, plain_reader); }

static int rounds;
static void again(struct rcu_head *h)
{
	WRITE_ONCE(rounds, rounds + 1);
	if (rounds < 4)
		call_rcu(h, again);
}
HOTWEAVE_TARGET(rcu_callback_again, "a callback queues itself again")
{
	call_rcu(&head, again);
	while (READ_ONCE(rounds) < 4)
		rcu_barrier();
}

static void sleepy(struct rcu_head *) { mutex_lock(&update); }
HOTWEAVE_TARGET(rcu_callback_sleeps, "a callback takes a mutex") { call_rcu(&head, sleepy); }
static void leaky(struct rcu_head *) { preempt_disable(); }
HOTWEAVE_TARGET(rcu_callback_leaks, "a callback leaves preemption off") { call_rcu(&head, leaky); }
HOTWEAVE_TARGET(rcu_call_twice, "an rcu_head is queued twice")
{
	call_rcu(&head, set_state);
	call_rcu(&head, set_state);
}
HOTWEAVE_TARGET(rcu_call_again_after, "an rcu_head is queued again after it was invoked")
{
	call_rcu(&head, set_state);
	rcu_barrier();
	call_rcu(&head, set_state);
}
HOTWEAVE_TARGET(rcu_head_freed, "the memory of a queued rcu_head is freed")
{
	struct item *i = fresh(1);

	call_rcu(&i->rcu, free_item);
	kfree(i);
}
HOTWEAVE_TARGET(rcu_barrier_inside, "rcu_barrier() in a reader")
{
	rcu_read_lock();
	rcu_barrier();
	rcu_read_unlock();
}

/* A callback interrupts the holder of a lock that it wants itself. */
static void wants_spin(struct rcu_head *)
{
	spin_lock(&spin);
	state++;
	spin_unlock(&spin);
}
HOTWEAVE_TARGET(rcu_callback_deadlock, "a callback on top of the holder of its spinlock")
{
	call_rcu(&head, wants_spin);
	spin_lock(&spin);
	state++;
	hotweave_yield("the softirq may come here");
	spin_unlock(&spin);
}
HOTWEAVE_TARGET(rcu_callback_no_deadlock, "the holder keeps interrupts off")
{
	unsigned long flags;

	call_rcu(&head, wants_spin);
	spin_lock_irqsave(&spin, flags);
	state++;
	hotweave_yield("no softirq comes here");
	spin_unlock_irqrestore(&spin, flags);
}

/* Order: what precedes call_rcu() and what readers did precedes the callback; the callback precedes rcu_barrier(). */
static int data;
static int closed;
static void use_data(struct rcu_head *) { data++; }
static int data_caller(void *)
{
	data = 1;
	WRITE_ONCE(closed, 1);
	call_rcu(&head, use_data);
	return 0;
}
static int data_reader(void *)
{
	rcu_read_lock();
	if (!READ_ONCE(closed))
		BUG_ON(data > 1);
	rcu_read_unlock();
	return 0;
}
static int data_non_reader(void *)
{
	if (!READ_ONCE(closed))
		BUG_ON(data > 1);
	return 0;
}
static int data_caller_alone(void *)
{
	WRITE_ONCE(closed, 1);
	call_rcu(&head, use_data);
	return 0;
}
HOTWEAVE_TARGET(rcu_callback_ordered, "a callback after readers")
{
	run_two(data_caller_alone, data_reader);
	rcu_barrier();
	BUG_ON(data != 1);
}
HOTWEAVE_TARGET(rcu_callback_not_ordered, "a callback after what was no reader") { run_two(data_caller_alone, data_non_reader); }
HOTWEAVE_TARGET(rcu_callback_no_barrier, "the callback's data without rcu_barrier()")
{
	run_two(data_caller, plain_reader);
	data++;
}

/* ---- SRCU ------------------------------------------------------------------------------------------- */

DEFINE_STATIC_SRCU(domain);
DEFINE_STATIC_SRCU(other);

static int srcu_reader(void *)
{
	int idx = srcu_read_lock(&domain);
	struct item *i = srcu_dereference(current_item, &domain);

	BUG_ON(i->value < 1);
	mutex_lock(&update);
	BUG_ON(i->value > 2);
	mutex_unlock(&update);
	srcu_read_unlock(&domain, idx);
	return 0;
}
static int overlapping_srcu_reader(void *)
{
	int first = srcu_read_lock(&domain), again;

	hotweave_yield("in the first");
	again = srcu_read_lock(&domain);
	struct item *i = srcu_dereference(current_item, &domain);
	srcu_read_unlock(&domain, first);
	BUG_ON(i->value < 1);
	srcu_read_unlock(&domain, again);
	return 0;
}
static int srcu_updater(void *)
{
	struct item *old = unlink_item();

	synchronize_srcu(&domain);
	kfree(old);
	return 0;
}
static int wrong_srcu_updater(void *)
{
	struct item *old = unlink_item();

	synchronize_srcu(&other);
	synchronize_rcu();
	kfree(old);
	return 0;
}
static int srcu_caller(void *)
{
	struct item *old = unlink_item();

	call_srcu(&domain, &old->rcu, free_item);
	srcu_barrier(&domain);
	BUG_ON(freed != 1);
	return 0;
}
static int srcu_poller(void *)
{
	struct item *old = unlink_item();
	unsigned long cookie = start_poll_synchronize_srcu(&domain);

	while (!poll_state_synchronize_srcu(&domain, cookie))
		cpu_relax();
	kfree(old);
	return 0;
}
WITH_ITEM(srcu_synchronize, "freed after synchronize_srcu()", srcu_reader, srcu_updater, overlapping_srcu_reader)
WITH_ITEM(srcu_call, "freed by call_srcu()", srcu_reader, srcu_caller, overlapping_srcu_reader)
WITH_ITEM(srcu_poll, "freed when a poll says so", srcu_reader, srcu_poller, overlapping_srcu_reader)
WITH_ITEM(srcu_wrong_domain, "the grace period of another domain", srcu_reader, wrong_srcu_updater, srcu_reader)
WITH_ITEM(srcu_dereference_outside, "srcu_dereference() in RCU's reader", reader, srcu_updater,
	  [](void *) -> int {
		  rcu_read_lock();
		  struct item *i = srcu_dereference(current_item, &domain);
		  BUG_ON(!i);
		  rcu_read_unlock();
		  return 0;
	  })

/* synchronize_srcu(domain) under a mutex that a reader of the domain wants. */
static int synchronize_locked(void *)
{
	mutex_lock(&update);
	synchronize_srcu(&domain);
	mutex_unlock(&update);
	return 0;
}
static int locking_srcu_reader(void *)
{
	int idx = srcu_read_lock(&domain);

	mutex_lock(&update);
	mutex_unlock(&update);
	srcu_read_unlock(&domain, idx);
	return 0;
}
static int locking_other_reader(void *)
{
	int idx = srcu_read_lock(&other);

	mutex_lock(&update);
	mutex_unlock(&update);
	srcu_read_unlock(&other, idx);
	return 0;
}
HOTWEAVE_TARGET(srcu_deadlock, "a grace period under a mutex that its reader wants")
{
	run_two(synchronize_locked, locking_srcu_reader);
}
HOTWEAVE_TARGET(srcu_no_deadlock, "the reader is of another domain") { run_two(synchronize_locked, locking_other_reader); }
static int barrier_locked(void *)
{
	mutex_lock(&update);
	call_srcu(&domain, &head, set_state);
	srcu_barrier(&domain);
	mutex_unlock(&update);
	return 0;
}
HOTWEAVE_TARGET(srcu_barrier_deadlock, "a barrier under a mutex that a reader wants")
{
	run_two(barrier_locked, locking_srcu_reader);
}
HOTWEAVE_TARGET(srcu_synchronize_inside, "synchronize_srcu() in its own reader")
{
	int idx = srcu_read_lock(&domain);

	synchronize_srcu(&domain);
	srcu_read_unlock(&domain, idx);
}
HOTWEAVE_TARGET(srcu_synchronize_other_inside, "synchronize_srcu() in another domain's reader")
{
	int idx = srcu_read_lock(&other);

	BUG_ON(srcu_read_lock_held(&domain) || !srcu_read_lock_held(&other));
	synchronize_srcu(&domain);
	srcu_read_unlock(&other, idx);
}
HOTWEAVE_TARGET(srcu_wrong_unlock, "srcu_read_unlock() of another domain")
{
	int idx = srcu_read_lock(&other);

	srcu_read_unlock(&domain, idx);
}
HOTWEAVE_TARGET(srcu_leak, "a task ends inside a reader") { srcu_read_lock(&domain); }

static struct srcu_struct made;
HOTWEAVE_TARGET(srcu_uninitialised, "an srcu_struct that was never initialised") { srcu_read_lock(&made); }
HOTWEAVE_TARGET(srcu_life, "a domain that is made, used and cleaned up")
{
	BUG_ON(init_srcu_struct(&made));
	srcu_read_unlock(&made, srcu_read_lock(&made));
	call_srcu(&made, &head, set_state);
	srcu_barrier(&made);
	BUG_ON(state != 1);
	cleanup_srcu_struct(&made);
}
HOTWEAVE_TARGET(srcu_cleanup_busy, "a domain that is cleaned up while a reader is inside")
{
	BUG_ON(init_srcu_struct(&made));
	srcu_read_lock(&made);
	cleanup_srcu_struct(&made);
}
HOTWEAVE_TARGET(srcu_cleanup_no_barrier, "a domain that is cleaned up while a callback waits")
{
	BUG_ON(init_srcu_struct(&made));
	call_srcu(&made, &head, set_state);
	cleanup_srcu_struct(&made);
}
HOTWEAVE_TARGET(srcu_callback_sleeps, "an SRCU callback takes a mutex") { call_srcu(&domain, &head, sleepy); }
