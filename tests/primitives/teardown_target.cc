// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of teardown_test.cc: memory that goes while something in it is pending, per-CPU locks, rcu_sync, ww_mutexes. */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/percpu.h>
#include <linux/rcu_sync.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <linux/ww_mutex.h>

#include "../support/tasks.h"

struct box {
	struct hrtimer hrtimer;
	struct delayed_work delayed;
	struct rcu_head rcu;
	struct rcu_sync sync;
};

static struct kmem_cache *boxes;

static enum hrtimer_restart on_hrtimer(struct hrtimer *) { return HRTIMER_NORESTART; }
static void on_work(struct work_struct *) {}
static void on_rcu(struct rcu_head *) {}
static void frees_box(struct rcu_head *rcu) { kfree(container_of(rcu, struct box, rcu)); }

static struct box *fill(struct box *b)
{
	hrtimer_init(&b->hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	b->hrtimer.function = on_hrtimer;
	INIT_DELAYED_WORK(&b->delayed, on_work);
	rcu_sync_init(&b->sync);
	return b;
}

static struct box *new_box(void) { return fill((struct box *)kzalloc(sizeof(struct box), GFP_KERNEL)); }

HOTWEAVE_TARGET(teardown_hrtimer, "vfree() of an armed hrtimer")
{
	struct box *b = fill((struct box *)vzalloc(sizeof(*b)));

	hrtimer_start(&b->hrtimer, ms_to_ktime(100), HRTIMER_MODE_REL);
	vfree(b);
}

HOTWEAVE_TARGET(teardown_delayed_work, "kmem_cache_free() of an armed delayed work")
{
	struct box *b;

	boxes = kmem_cache_create("boxes", sizeof(*b), 0, 0, NULL);
	b = fill((struct box *)kmem_cache_zalloc(boxes, GFP_KERNEL));
	schedule_delayed_work(&b->delayed, 1000);
	kmem_cache_free(boxes, b);
}

HOTWEAVE_TARGET(teardown_callback, "kfree() of memory whose RCU callback is pending")
{
	struct box *b = new_box();

	call_rcu(&b->rcu, on_rcu);
	kfree(b);
}

HOTWEAVE_TARGET(teardown_rcu_sync, "kfree() of a rcu_sync whose callback is pending")
{
	struct box *b = new_box();

	rcu_sync_enter(&b->sync);
	rcu_sync_exit(&b->sync);
	kfree(b);
}

HOTWEAVE_TARGET(teardown_in_order, "everything is cancelled, ended or waited for first")
{
	struct box *b = new_box();

	hrtimer_start(&b->hrtimer, ms_to_ktime(100), HRTIMER_MODE_REL);
	schedule_delayed_work(&b->delayed, 1000);
	rcu_sync_enter(&b->sync);
	rcu_sync_exit(&b->sync);
	hrtimer_cancel(&b->hrtimer);
	cancel_delayed_work_sync(&b->delayed);
	rcu_sync_dtor(&b->sync);
	call_rcu(&b->rcu, frees_box);
	rcu_barrier();
	b = new_box();
	kfree_rcu(b, rcu);
	rcu_barrier();
}

/* ---- Locks in per-CPU data ---- */

struct counter {
	raw_spinlock_t lock;
	int n;
};

static DEFINE_PER_CPU(spinlock_t, static_lock) = __SPIN_LOCK_INITIALIZER(static_lock);
static DEFINE_PER_CPU(struct counter, counters);

HOTWEAVE_TARGET(percpu_static_locks_one_class, "two copies of a static per-CPU lock are one class")
{
	spin_lock(&per_cpu(static_lock, 0));
	spin_lock(&per_cpu(static_lock, 1));
}

HOTWEAVE_TARGET(percpu_static_locks_nested, "two copies, with a subclass")
{
	spin_lock(&per_cpu(static_lock, 0));
	spin_lock_nested(&per_cpu(static_lock, 1), SINGLE_DEPTH_NESTING);
	spin_unlock(&per_cpu(static_lock, 1));
	spin_unlock(&per_cpu(static_lock, 0));
}

static int counts(void *)
{
	for (int cpu = 0; cpu < 3; cpu++) {
		struct counter *c = per_cpu_ptr(&counters, cpu);

		raw_spin_lock(&c->lock);
		c->n++;
		raw_spin_unlock(&c->lock);
	}
	return 0;
}

HOTWEAVE_TARGET(percpu_locks_initialised, "locks in per-CPU structures, initialised one by one")
{
	for (int cpu = 0; cpu < 3; cpu++)
		raw_spin_lock_init(&per_cpu_ptr(&counters, cpu)->lock);
	run_three(counts, counts, counts);
	for (int cpu = 0; cpu < 3; cpu++)
		BUG_ON(per_cpu(counters, cpu).n != 3);
}

HOTWEAVE_TARGET(percpu_lock_uninitialised, "a lock in a per-CPU structure that nobody initialised") { counts(NULL); }

/* ---- rcu_sync ---- */

static struct rcu_sync sync;

static bool idle(void)
{
	bool result;

	preempt_disable();
	result = rcu_sync_is_idle(&sync);
	preempt_enable();
	return result;
}

HOTWEAVE_TARGET(rcu_sync_states, "off from enter until a grace period after the last exit")
{
	rcu_sync_init(&sync);
	BUG_ON(!idle());
	rcu_sync_enter(&sync);
	BUG_ON(idle());
	rcu_sync_enter(&sync);
	rcu_sync_exit(&sync);
	BUG_ON(idle());
	rcu_sync_exit(&sync);
	rcu_sync_enter(&sync);
	BUG_ON(idle());
	rcu_sync_exit(&sync);
	rcu_sync_dtor(&sync);
	BUG_ON(!idle());
	rcu_sync_enter_start(&sync);
	BUG_ON(idle());
	rcu_sync_exit(&sync);
	rcu_sync_dtor(&sync);
}

HOTWEAVE_TARGET(rcu_sync_later_section, "a section begins after rcu_sync_exit(), and is there when time is up")
{
	rcu_sync_init(&sync);
	rcu_sync_enter(&sync);
	rcu_sync_exit(&sync);
	preempt_disable();
	mdelay(100);
	BUG_ON(!rcu_sync_is_idle(&sync));
	preempt_enable();
}

HOTWEAVE_TARGET(rcu_sync_earlier_section, "a section is there when rcu_sync_exit() is called, and when time is up")
{
	rcu_sync_init(&sync);
	rcu_sync_enter(&sync);
	preempt_disable();
	rcu_sync_exit(&sync);
	mdelay(100);
	BUG_ON(rcu_sync_is_idle(&sync));
	preempt_enable();
	msleep(100);
	BUG_ON(!idle());
}

HOTWEAVE_TARGET(rcu_sync_exit_twice, "a writer leaves twice")
{
	rcu_sync_init(&sync);
	rcu_sync_enter(&sync);
	rcu_sync_exit(&sync);
	rcu_sync_exit(&sync);
}

HOTWEAVE_TARGET(rcu_sync_unprotected, "a reader asks outside of any section")
{
	rcu_sync_init(&sync);
	rcu_sync_is_idle(&sync);
}

/* ---- ww_mutexes without a context ---- */

static DEFINE_WW_CLASS(ww);
static struct ww_mutex first, second;

static int first_second(void *)
{
	BUG_ON(ww_mutex_lock(&first, NULL));
	BUG_ON(ww_mutex_lock(&second, NULL));
	ww_mutex_unlock(&second);
	ww_mutex_unlock(&first);
	return 0;
}

static int second_first(void *)
{
	BUG_ON(ww_mutex_lock(&second, NULL));
	BUG_ON(ww_mutex_lock(&first, NULL));
	ww_mutex_unlock(&first);
	ww_mutex_unlock(&second);
	return 0;
}

static void ww_set_up(void)
{
	ww_mutex_init(&first, &ww);
	ww_mutex_init(&second, &ww);
}

HOTWEAVE_TARGET(ww_no_context, "two ww_mutexes in both orders, without contexts: nobody backs off")
{
	ww_set_up();
	run_two(first_second, second_first);
}

HOTWEAVE_TARGET(ww_no_context_one_order, "the same in one order")
{
	ww_set_up();
	run_two(first_second, first_second);
}
