// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of timer_test.cc: struct timer_list. */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "../support/tasks.h"

static int data;
static atomic_t order;
static atomic_t runs;
static unsigned long when;

static void notes_time(struct timer_list *)
{
	BUG_ON(!in_interrupt());
	when = jiffies;
	atomic_inc(&runs);
}
static DEFINE_TIMER(timer, notes_time);

HOTWEAVE_TARGET(timer_runs_once, "a timer runs when its time has come, in softirq context, once")
{
	BUG_ON(timer_pending(&timer));
	BUG_ON(mod_timer(&timer, jiffies + 10) != 0);
	BUG_ON(!timer_pending(&timer));
	msleep(100);
	BUG_ON(timer_pending(&timer) || atomic_read(&runs) != 1);
	BUG_ON(del_timer_sync(&timer) != 0);
	BUG_ON(when != 10);
}

HOTWEAVE_TARGET(timer_deleted, "a timer that is deleted in time does not run")
{
	timer.expires = jiffies + 10;
	add_timer(&timer);
	if (mod_timer(&timer, jiffies + 20)) {
		int later = timer_reduce(&timer, jiffies + 40);

		BUG_ON(timer.expires < 20 || (later && timer.expires > 21));
		if (timer_reduce(&timer, 15))
			BUG_ON(timer.expires != 15);
	}
	if (!del_timer_sync(&timer))
		BUG_ON(!atomic_read(&runs));
	BUG_ON(mod_timer_pending(&timer, jiffies + 30) != 0);
	BUG_ON(timer_pending(&timer));
}

static void periodic(struct timer_list *t)
{
	if (atomic_inc_return(&runs) < 300)
		mod_timer(t, jiffies + 1);
}

HOTWEAVE_TARGET(timer_periodic, "a timer arms itself again 300 times")
{
	timer_setup(&timer, periodic, 0);
	mod_timer(&timer, jiffies + 1);
	msleep(5000);
	BUG_ON(atomic_read(&runs) != 300);
}

static void in_order(struct timer_list *t) { BUG_ON(atomic_inc_return(&order) != (int)t->flags + 1); }

HOTWEAVE_TARGET(timer_order, "timers run in the order of their times, equal ones in the order of arming")
{
	static struct timer_list t[3];

	for (int i = 0; i < 3; i++) {
		timer_setup(&t[i], in_order, 0);
		t[i].flags = i;
	}
	mod_timer(&t[0], 3);
	mod_timer(&t[1], 5);
	mod_timer(&t[2], 5);
	while (atomic_read(&order) < 3)
		msleep(4);
}

/* ---- Happens-before ---- */

static void reads_data(struct timer_list *) { data++; }

HOTWEAVE_TARGET(timer_arming_orders, "what precedes mod_timer is seen by the function, what that did after del_timer_sync")
{
	timer_setup(&timer, reads_data, 0);
	data = 1;
	mod_timer(&timer, jiffies + 1);
	if (hotweave_choose(2))
		msleep(10);
	del_timer_sync(&timer);
	data++;
}

HOTWEAVE_TARGET(timer_del_does_not_wait, "del_timer of a timer whose function may be running")
{
	timer_setup(&timer, reads_data, 0);
	mod_timer(&timer, jiffies + 1);
	kthread_run([](void *) { msleep(3); return 0; }, NULL, "other");
	msleep(4);
	del_timer(&timer);
	data++;
}

HOTWEAVE_TARGET(timer_write_after_arming, "data is written after mod_timer")
{
	timer_setup(&timer, reads_data, 0);
	mod_timer(&timer, jiffies + 1);
	data = 1;
	del_timer_sync(&timer);
}

/* ---- Life and death ---- */

struct thing {
	int value;
	struct timer_list timer;
};

static void uses_thing(struct timer_list *t)
{
	struct thing *thing = from_timer(thing, t, timer);

	thing->value++;
}

static void arm_and_free(int (*del)(struct timer_list *))
{
	struct thing *thing = (struct thing *)kzalloc(sizeof(*thing), GFP_KERNEL);

	timer_setup(&thing->timer, uses_thing, 0);
	mod_timer(&thing->timer, jiffies + 1);
	hotweave_yield("armed");
	if (del)
		del(&thing->timer);
	kfree(thing);
	msleep(10);
}

HOTWEAVE_TARGET(timer_freed_after_sync, "a timer's memory is freed after del_timer_sync") { arm_and_free(del_timer_sync); }
HOTWEAVE_TARGET(timer_freed_after_del, "a timer's memory is freed after del_timer") { arm_and_free(del_timer); }
HOTWEAVE_TARGET(timer_freed_pending, "a timer's memory is freed while it is pending") { arm_and_free(NULL); }

static noinline void arms_on_stack(bool destroy)
{
	struct timer_list t;

	timer_setup_on_stack(&t, notes_time, 0);
	mod_timer(&t, jiffies + 1);
	if (destroy)
		del_timer_sync(&t);
	destroy_timer_on_stack(&t);
}

HOTWEAVE_TARGET(timer_on_stack, "a timer on the stack, deleted in time") { arms_on_stack(true); }
HOTWEAVE_TARGET(timer_left_on_stack, "a timer on the stack is pending when its function returns") { arms_on_stack(false); }

HOTWEAVE_TARGET(timer_never_set_up, "mod_timer of zeroed memory")
{
	struct thing *thing = (struct thing *)kzalloc(sizeof(*thing), GFP_KERNEL);

	mod_timer(&thing->timer, jiffies + 1);
}

HOTWEAVE_TARGET(timer_added_twice, "add_timer of a pending timer")
{
	timer.expires = 100;
	add_timer(&timer);
	add_timer(&timer);
}

HOTWEAVE_TARGET(timer_set_up_again, "timer_setup of a pending timer")
{
	mod_timer(&timer, 100);
	timer_setup(&timer, notes_time, 0);
}

/* ---- del_timer_sync ---- */

static DEFINE_SPINLOCK(lock);

static void takes_lock(struct timer_list *)
{
	spin_lock(&lock);
	data++;
	spin_unlock(&lock);
}

static void delete_it(bool locked)
{
	timer_setup(&timer, takes_lock, 0);
	kthread_run([](void *) { mod_timer(&timer, jiffies + 1); return 0; }, NULL, "arms");
	msleep(4);
	if (locked)
		spin_lock_irq(&lock);
	del_timer_sync(&timer);
	if (locked)
		spin_unlock_irq(&lock);
}

HOTWEAVE_TARGET(timer_sync_under_its_lock, "del_timer_sync by the holder of a lock that the function takes") { delete_it(true); }
HOTWEAVE_TARGET(timer_sync_without_lock, "del_timer_sync of a timer whose function takes a lock") { delete_it(false); }

static void deletes_itself(struct timer_list *t) { del_timer_sync(t); }

HOTWEAVE_TARGET(timer_sync_in_itself, "a timer's function calls del_timer_sync of it")
{
	timer_setup(&timer, deletes_itself, 0);
	mod_timer(&timer, 1);
	msleep(10);
}

static void arms_again(struct timer_list *t)
{
	atomic_inc(&runs);
	mod_timer(t, jiffies + 1);
}

static void kill_periodic(bool shutdown)
{
	int n;

	timer_setup(&timer, arms_again, 0);
	mod_timer(&timer, 1);
	msleep(10);
	if (shutdown)
		timer_shutdown_sync(&timer);
	else
		del_timer(&timer);
	n = atomic_read(&runs);
	msleep(20);
	BUG_ON(atomic_read(&runs) != n);
	BUG_ON(timer_pending(&timer));
}

HOTWEAVE_TARGET(timer_shutdown_ends, "timer_shutdown_sync of a timer that arms itself") { kill_periodic(true); }
HOTWEAVE_TARGET(timer_del_may_not_end, "del_timer of a timer that arms itself") { kill_periodic(false); }

static void sleeps(struct timer_list *) { msleep(1); }

HOTWEAVE_TARGET(timer_function_sleeps, "a timer's function sleeps")
{
	timer_setup(&timer, sleeps, 0);
	mod_timer(&timer, 1);
	msleep(10);
}

static void unbalanced(struct timer_list *) { preempt_disable(); }

HOTWEAVE_TARGET(timer_function_unbalanced, "a timer's function leaves preemption off")
{
	timer_setup(&timer, unbalanced, 0);
	mod_timer(&timer, 1);
	msleep(10);
}

static void on_cpu_two(struct timer_list *)
{
	BUG_ON(smp_processor_id() != 2);
	atomic_inc(&runs);
}

HOTWEAVE_TARGET(timer_on_cpu, "add_timer_on runs the function on that CPU")
{
	timer_setup(&timer, on_cpu_two, 0);
	timer.expires = 2;
	add_timer_on(&timer, 2);
	msleep(20);
	BUG_ON(atomic_read(&runs) != 1);
}
