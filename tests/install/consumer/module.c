/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A user's code as kernel code is written, in C, with what a driver includes: it has to compile against the installed
 * headers unchanged, and to be silent. With MODULE_BUG it frees an object that RCU readers may still look at.
 */
#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/percpu-rwsem.h>
#include <linux/workqueue.h>
#include <linux/timer.h>
#include <linux/rcupdate.h>
#include <linux/rculist.h>
#include <linux/kref.h>
#include <linux/percpu.h>
#include <linux/notifier.h>
#include <linux/completion.h>
#include <linux/wait.h>
#include <linux/kthread.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/stop_machine.h>
#include <linux/sysfs.h>
#include <linux/kobject.h>
#include <linux/device.h>
#include <linux/seqlock.h>
#include <linux/srcu.h>
#include <linux/interrupt.h>
#include <linux/smp.h>
#include <linux/jump_label.h>
#include <linux/lockdep.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <hotweave/target.h>

struct foo {
	struct list_head list;
	struct kref ref;
	struct rcu_head rcu;
	int id;
};

static LIST_HEAD(foos);
static DEFINE_SPINLOCK(foos_lock);
static DEFINE_PER_CPU(unsigned long, hits);
static DECLARE_WAIT_QUEUE_HEAD(wq);
static DEFINE_STATIC_KEY_FALSE(fast);
static int ready;
static struct workqueue_struct *queue;
static struct work_struct work;
static struct timer_list timer;
static struct completion done;
static enum cpuhp_state state;

static void foo_release(struct kref *ref)
{
	struct foo *f = container_of(ref, struct foo, ref);

#ifdef MODULE_BUG
	kfree(f);
#else
	kfree_rcu(f, rcu);
#endif
}

static void work_fn(struct work_struct *w)
{
	struct foo *f;

	rcu_read_lock();
	list_for_each_entry_rcu(f, &foos, list)
		this_cpu_inc(hits);
	rcu_read_unlock();
	WRITE_ONCE(ready, 1);
	wake_up(&wq);
}

static void timer_fn(struct timer_list *t)
{
	queue_work(queue, &work);
}

static int cpu_online_cb(unsigned int cpu) { return 0; }
static int cpu_offline_cb(unsigned int cpu) { return 0; }

static int stop_fn(void *data) { (*(int *)data)++; return 0; }

static int remover(void *arg)
{
	struct foo *f;
	unsigned long flags;

	spin_lock_irqsave(&foos_lock, flags);
	f = list_first_entry_or_null(&foos, struct foo, list);
	if (f)
		list_del_rcu(&f->list);
	spin_unlock_irqrestore(&foos_lock, flags);
	if (f)
		kref_put(&f->ref, foo_release);
	complete(&done);
	return 0;
}

static int hotplugger(void *arg)
{
	remove_cpu(2);
	add_cpu(2);
	return 0;
}

HOTWEAVE_TARGET(module, "a driver of somebody else: lists, works, timers, RCU, CPU hotplug")
{
	struct foo *f = kzalloc(sizeof(*f), GFP_KERNEL);
	struct task_struct *t, *h;
	int stops = 0;

	INIT_LIST_HEAD(&f->list);
	kref_init(&f->ref);
	list_add_tail_rcu(&f->list, &foos);
	queue = alloc_workqueue("module", WQ_MEM_RECLAIM, 0);
	INIT_WORK(&work, work_fn);
	timer_setup(&timer, timer_fn, 0);
	init_completion(&done);
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "module:online", cpu_online_cb, cpu_offline_cb);
	BUG_ON((int)state < 0);
	mod_timer(&timer, jiffies + msecs_to_jiffies(10));
	t = kthread_run(remover, NULL, "remover");
	h = kthread_run(hotplugger, NULL, "hotplug");
	wait_event(wq, READ_ONCE(ready));
	wait_for_completion(&done);
	static_branch_enable(&fast);
	if (static_branch_unlikely(&fast))
		stop_machine(stop_fn, &stops, NULL);
	BUG_ON(stops != 1);
	hotweave_join(t);
	hotweave_join(h);
	del_timer_sync(&timer);
	destroy_workqueue(queue);
	cpuhp_remove_state(state);
	rcu_barrier();
}
