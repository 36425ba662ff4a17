// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of rcu_test.cc: readers, grace periods, order. Callbacks are in rcu_callback_target.cc. */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/version.h>

#include "../support/tasks.h"

struct item {
	int value;
	int copy;
	struct rcu_head rcu;
};

static struct item *current_item;
static DEFINE_MUTEX(update);
static DEFINE_SPINLOCK(spin);

static struct item *fresh(int value)
{
	struct item *i = (struct item *)kmalloc(sizeof(*i), GFP_KERNEL);

	i->value = i->copy = value;
	return i;
}

static int reader(void *)
{
	rcu_read_lock();
	struct item *i = rcu_dereference(current_item);
	if (i)
		BUG_ON(i->value != i->copy);
	rcu_read_unlock();
	return 0;
}

static int two_readers_in_a_row(void *)
{
	reader(NULL);
	return reader(NULL);
}

static int nested_reader(void *)
{
	rcu_read_lock();
	rcu_read_lock();
	struct item *i = rcu_dereference(current_item);
	rcu_read_unlock();
	if (i)
		BUG_ON(i->value != i->copy);
	rcu_read_unlock();
	return 0;
}

/* Replaces the item, then frees the old one after `wait`. */
static void replace(void (*wait)(void))
{
	struct item *i = fresh(2);

	mutex_lock(&update);
	struct item *old = rcu_replace_pointer(current_item, i, lockdep_is_held(&update));
	mutex_unlock(&update);
	if (wait)
		wait();
	kfree(old);
}

static int updater(void *)
{
	replace(synchronize_rcu);
	return 0;
}

static int expediter(void *)
{
	replace(synchronize_rcu_expedited);
	return 0;
}

static int hasty(void *)
{
	replace(NULL);
	return 0;
}

static void wait_by_polling(void)
{
	unsigned long cookie = start_poll_synchronize_rcu();

	while (!poll_state_synchronize_rcu(cookie))
		cpu_relax();
	cond_synchronize_rcu(cookie);
	BUG_ON(!poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
}

static int poller(void *)
{
	replace(wait_by_polling);
	return 0;
}

static void wait_if_needed(void)
{
	cond_synchronize_rcu(get_state_synchronize_rcu());
}

static int conditional(void *)
{
	replace(wait_if_needed);
	return 0;
}

#define WITH_ITEM(name, what, a, b, c)          \
	HOTWEAVE_TARGET(name, what)             \
	{                                       \
		current_item = fresh(1);        \
		run_three(a, b, c);             \
		kfree(current_item);            \
	}

WITH_ITEM(rcu_synchronize, "freed after synchronize_rcu()", reader, updater, two_readers_in_a_row)
WITH_ITEM(rcu_nested, "readers that nest", nested_reader, updater, reader)
WITH_ITEM(rcu_two_updaters, "two updaters, one expedited", reader, updater, expediter)
WITH_ITEM(rcu_polled, "freed when a poll says so", reader, poller, two_readers_in_a_row)
WITH_ITEM(rcu_conditional, "freed after cond_synchronize_rcu()", reader, conditional, nested_reader)
WITH_ITEM(rcu_hasty, "freed without a grace period", reader, hasty, reader)

/* The cookie is of before; a grace period of somebody else may have made it true meanwhile. */
static int stale_poller(void *)
{
	unsigned long cookie = get_state_synchronize_rcu();
	struct item *old = NULL;

	mutex_lock(&update);
	old = rcu_replace_pointer(current_item, fresh(3), lockdep_is_held(&update));
	mutex_unlock(&update);
	while (!poll_state_synchronize_rcu(cookie))
		synchronize_rcu();
	kfree(old);
	return 0;
}

WITH_ITEM(rcu_stale_cookie, "the cookie was taken before the item was unlinked", reader, stale_poller, updater)

static int lockless_reader(void *)
{
	struct item *i = READ_ONCE(current_item);

	BUG_ON(i->value != i->copy);
	return 0;
}
WITH_ITEM(rcu_reader_without_lock, "a reader that is none", reader, updater, lockless_reader)

static int careless_dereference(void *)
{
	struct item *i = rcu_dereference(current_item);

	BUG_ON(!i);
	return 0;
}
WITH_ITEM(rcu_dereference_outside, "rcu_dereference() outside a reader", reader, reader, careless_dereference)

static int locked_dereference(void *)
{
	mutex_lock(&update);
	struct item *i = rcu_dereference_check(current_item, lockdep_is_held(&update));
	BUG_ON(i->value != i->copy);
	mutex_unlock(&update);
	return 0;
}
WITH_ITEM(rcu_dereference_locked, "rcu_dereference_check() under the updaters' lock", reader, locked_dereference,
	  locked_dereference)

static int unlocked_protected(void *)
{
	struct item *i = rcu_dereference_protected(current_item, lockdep_is_held(&update));

	BUG_ON(!i);
	return 0;
}
WITH_ITEM(rcu_protected_outside, "rcu_dereference_protected() without the lock", reader, reader, unlocked_protected)

/* ---- The other readers --------------------------------------------------------------------------- */

static void use_raw(void)
{
	struct item *i = rcu_dereference_raw(current_item);

	if (i)
		BUG_ON(i->value != i->copy);
}

static int sched_reader(void *)
{
	rcu_read_lock_sched();
	struct item *i = rcu_dereference_sched(current_item);
	BUG_ON(i->value != i->copy);
	rcu_read_unlock_sched();
	return 0;
}

static int bh_reader(void *)
{
	rcu_read_lock_bh();
	struct item *i = rcu_dereference_bh(current_item);
	BUG_ON(i->value != i->copy);
	rcu_read_unlock_bh();
	return 0;
}

static int preempt_reader(void *)
{
	preempt_disable();
	use_raw();
	preempt_enable();
	return 0;
}

static int spin_reader(void *)
{
	spin_lock(&spin);
	use_raw();
	spin_unlock(&spin);
	return 0;
}

static int irq_reader(void *)
{
	local_irq_disable();
	use_raw();
	local_irq_enable();
	return 0;
}

static void handler(void *) { use_raw(); }

static int raiser(void *)
{
	hotweave_raise_irq(1, handler, NULL);
	hotweave_yield("meanwhile");
	return 0;
}

static void wait_sched(void) { synchronize_sched(); }
static void wait_bh(void) { synchronize_rcu_bh(); }

static int sched_updater(void *)
{
	replace(wait_sched);
	return 0;
}

static int bh_updater(void *)
{
	replace(wait_bh);
	return 0;
}

WITH_ITEM(rcu_sched_reader, "synchronize_rcu() and rcu_read_lock_sched()", sched_reader, updater, preempt_reader)
WITH_ITEM(rcu_bh_reader, "synchronize_rcu() and rcu_read_lock_bh()", bh_reader, updater, bh_reader)
WITH_ITEM(rcu_context_reader, "synchronize_rcu(), a spinlock and interrupts off", spin_reader, updater, irq_reader)
/* The handler may come last of all: nobody frees the item that is current at the end. */
HOTWEAVE_TARGET(rcu_handler_reader, "synchronize_rcu() and an interrupt handler")
{
	current_item = fresh(1);
	run_three(raiser, updater, reader);
}
HOTWEAVE_TARGET(rcu_sched_handler, "synchronize_sched() and an interrupt handler")
{
	current_item = fresh(1);
	run_three(raiser, sched_updater, irq_reader);
}
WITH_ITEM(rcu_sched_sched, "synchronize_sched() and rcu_read_lock_sched()", sched_reader, sched_updater, preempt_reader)
WITH_ITEM(rcu_bh_bh, "synchronize_rcu_bh() and rcu_read_lock_bh()", bh_reader, bh_updater, bh_reader)
WITH_ITEM(rcu_sched_plain, "synchronize_sched() and rcu_read_lock()", reader, sched_updater, reader)

/* ---- A grace period waits for those that were inside, and for no other ------------------------------ */

static int phase;

/* Stays inside until it sees that the grace period is over: it must have begun before this reader did. */
static int late_reader(void *)
{
	while (READ_ONCE(phase) == 0)
		cpu_relax();
	rcu_read_lock();
	while (READ_ONCE(phase) != 2)
		cpu_relax();
	rcu_read_unlock();
	return 0;
}

static int polling_updater(void *)
{
	unsigned long cookie;

	rcu_read_lock();
	cookie = start_poll_synchronize_rcu();
	WRITE_ONCE(phase, 1);
	hotweave_yield("inside");
	BUG_ON(poll_state_synchronize_rcu(cookie));
	rcu_read_unlock();
	BUG_ON(!poll_state_synchronize_rcu(cookie));
	WRITE_ONCE(phase, 2);
	return 0;
}

HOTWEAVE_TARGET(rcu_later_readers, "a grace period does not wait for later readers, and waits for its own")
{
	run_two(polling_updater, late_reader);
}

/* ---- Order ---------------------------------------------------------------------------------------------- */

static int data, flag, also;

/* A store before the grace period is seen by readers that see what follows it, though nothing else orders them. */
static int publish_by_grace_period(void *)
{
	data = 1;
	synchronize_rcu();
	WRITE_ONCE(flag, 1);
	return 0;
}

static int read_flagged(void *)
{
	rcu_read_lock();
	if (READ_ONCE(flag))
		BUG_ON(data != 1);
	rcu_read_unlock();
	return 0;
}

static int read_flagged_unlocked(void *)
{
	if (READ_ONCE(flag))
		BUG_ON(data != 1);
	return 0;
}

static int publish_at_once(void *)
{
	data = 1;
	WRITE_ONCE(flag, 1);
	return 0;
}

static int read_flagged_sched(void *)
{
	preempt_disable();
	if (READ_ONCE(flag))
		BUG_ON(data != 1);
	preempt_enable();
	return 0;
}

HOTWEAVE_TARGET(rcu_orders_later_readers, "what precedes a grace period, seen after it")
{
	run_three(publish_by_grace_period, read_flagged, read_flagged_sched);
}
HOTWEAVE_TARGET(rcu_orders_only_readers, "the same, by one who is no reader")
{
	run_two(publish_by_grace_period, read_flagged_unlocked);
}
HOTWEAVE_TARGET(rcu_no_grace_period, "the same without a grace period") { run_two(publish_at_once, read_flagged); }

/* What readers did before they left precedes what follows the grace period. */
static int writing_reader(void *)
{
	rcu_read_lock();
	if (!READ_ONCE(flag))
		data = 1;
	rcu_read_unlock();
	return 0;
}

static int close_and_use(void *)
{
	WRITE_ONCE(flag, 1);
	synchronize_rcu();
	also = data;
	data = 2;
	return 0;
}

static int close_and_use_at_once(void *)
{
	WRITE_ONCE(flag, 1);
	data = 2;
	return 0;
}

static int careless_writer(void *)
{
	if (!READ_ONCE(flag))
		data = 1;
	return 0;
}

/* Inside a grace period from end to end: ordered with neither. */
static int reader_of_both(void *)
{
	rcu_read_lock();
	data = 3;
	rcu_read_unlock();
	return 0;
}

HOTWEAVE_TARGET(rcu_orders_earlier_readers, "what a reader did, used after a grace period")
{
	run_two(writing_reader, close_and_use);
}
HOTWEAVE_TARGET(rcu_earlier_no_grace_period, "the same without a grace period")
{
	run_two(writing_reader, close_and_use_at_once);
}
HOTWEAVE_TARGET(rcu_earlier_no_reader, "the same by one who is no reader") { run_two(careless_writer, close_and_use); }
HOTWEAVE_TARGET(rcu_unclosed, "readers may come after the grace period") { run_two(reader_of_both, close_and_use); }

static int publish_racily(void *)
{
	struct item *i = fresh(1);

	RCU_INIT_POINTER(current_item, i);
	return 0;
}
static int publish(void *)
{
	struct item *i = fresh(1);

	rcu_assign_pointer(current_item, i);
	return 0;
}
HOTWEAVE_TARGET(rcu_published, "rcu_assign_pointer() orders the initialisation") { run_two(publish, reader); }
HOTWEAVE_TARGET(rcu_published_by_init, "RCU_INIT_POINTER() does not") { run_two(publish_racily, reader); }

/* ---- Misuse ------------------------------------------------------------------------------------------------ */

HOTWEAVE_TARGET(rcu_synchronize_inside, "synchronize_rcu() in a reader")
{
	rcu_read_lock();
	synchronize_rcu();
	rcu_read_unlock();
}
HOTWEAVE_TARGET(rcu_synchronize_inside_sched, "synchronize_rcu() in rcu_read_lock_sched()")
{
	rcu_read_lock_sched();
	synchronize_rcu();
	rcu_read_unlock_sched();
}
HOTWEAVE_TARGET(rcu_synchronize_atomic, "synchronize_rcu() with preemption off")
{
	preempt_disable();
	synchronize_rcu();
	preempt_enable();
}
HOTWEAVE_TARGET(rcu_sleep_inside, "mutex_lock() in a reader")
{
	rcu_read_lock();
	mutex_lock(&update);
	mutex_unlock(&update);
	rcu_read_unlock();
}
HOTWEAVE_TARGET(rcu_msleep_bh, "msleep() with bottom halves off")
{
	rcu_read_lock_bh();
	msleep(1);
	rcu_read_unlock_bh();
}
HOTWEAVE_TARGET(rcu_sleep_after, "mutex_lock() after a reader")
{
	rcu_read_lock();
	rcu_read_lock();
	rcu_read_unlock();
	rcu_read_unlock();
	mutex_lock(&update);
	mutex_unlock(&update);
}
HOTWEAVE_TARGET(rcu_leak, "a task ends inside a reader") { rcu_read_lock(); }
HOTWEAVE_TARGET(rcu_unlock_unheld, "rcu_read_unlock() without rcu_read_lock()") { rcu_read_unlock(); }
HOTWEAVE_TARGET(rcu_lockdep_warn, "RCU_LOCKDEP_WARN()")
{
	RCU_LOCKDEP_WARN(rcu_read_lock_held(), "it is not");
	rcu_read_lock();
	RCU_LOCKDEP_WARN(rcu_read_lock_held(), "held it is");
}
HOTWEAVE_TARGET(rcu_held, "who is a reader of what")
{
	BUG_ON(rcu_read_lock_held() || rcu_read_lock_sched_held() || rcu_read_lock_bh_held() || rcu_read_lock_any_held());
	rcu_read_lock();
	BUG_ON(!rcu_read_lock_held() || rcu_read_lock_sched_held() || !rcu_read_lock_any_held() || rcu_preempt_depth() != 1);
	rcu_read_unlock();
	preempt_disable();
	BUG_ON(rcu_read_lock_held() || !rcu_read_lock_sched_held());
	preempt_enable();
	rcu_read_lock_bh();
	BUG_ON(rcu_read_lock_held() || !rcu_read_lock_bh_held() || !rcu_read_lock_sched_held());
	rcu_sleep_check();
}
