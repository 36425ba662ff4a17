// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * One small target for each kind of finding, named like the kind; this file has those about locks, contexts and waiting.
 * All play in a driver for banks of memory that come and go: what a maintainer might really get wrong. The program
 * `kinds` is made of them; golden_test.cc has the report of each.
 */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "kinds_tasks.h"

#define BANK_PAGES 64
#define BANK_IRQ 5

struct bank {
	unsigned long present_pages;
	unsigned long errors;
	unsigned long *bitmap;
	bool online;
	bool ready;
};

static struct bank bank;
static DEFINE_MUTEX(bank_mutex);     /* the state of the bank */
static DEFINE_MUTEX(sysfs_mutex);    /* the files of the bank */
static DEFINE_MUTEX(hotplug_mutex);  /* banks come and go */
static DEFINE_SPINLOCK(stats_lock);  /* counters of the bank */
static DEFINE_RAW_SPINLOCK(error_lock);
static DECLARE_RWSEM(hotplug_sem);
static DECLARE_WAIT_QUEUE_HEAD(bank_wait);
static DEFINE_PER_CPU(unsigned long, bank_events);

/* ---- Unordered accesses ---- */

static void grow_bank(unsigned long nr_pages)
{
	bank.present_pages += nr_pages;
}

static int bank_online(void *)
{
	mutex_lock(&bank_mutex);
	grow_bank(BANK_PAGES);
	mutex_unlock(&bank_mutex);
	return 0;
}

/* Comes from a balloon driver, which takes the hotplug lock and thinks that this is enough. */
static int bank_inflate(void *)
{
	mutex_lock(&hotplug_mutex);
	grow_bank(1);
	mutex_unlock(&hotplug_mutex);
	return 0;
}

HOTWEAVE_TARGET(data_race, "two tasks count the pages of a bank under different locks")
{
	run_as(bank_online, "online", bank_inflate, "balloon");
}

static bool pages_are_counted(void)
{
	return bank.present_pages == BANK_PAGES + 1;
}

HOTWEAVE_TARGET(lost_update, "what comes of that: with --no-race")
{
	hotweave_invariant("present_pages counts the pages that were added", pages_are_counted, HOTWEAVE_AT_QUIESCENCE);
	run_as(bank_online, "online", bank_inflate, "balloon");
}

/* ---- Orders of locks ---- */

static int poll_errors(void *)
{
	while (!kthread_should_stop()) {
		mutex_lock(&bank_mutex);
		bank.errors++;
		mutex_unlock(&bank_mutex);
		schedule_timeout_uninterruptible(1);
	}
	return 0;
}

static int bank_remove(void *poller)
{
	mutex_lock(&bank_mutex);
	kthread_stop((struct task_struct *)poller);
	bank.online = false;
	mutex_unlock(&bank_mutex);
	return 0;
}

HOTWEAVE_TARGET(deadlock, "a thread is stopped under the mutex that it takes")
{
	struct task_struct *poller = kthread_run(poll_errors, NULL, "poller");

	hotweave_join(kthread_run(bank_remove, poller, "remove"));
}

static void bank_reset(void)
{
	mutex_lock(&bank_mutex);
	bank.errors = 0;
	mutex_unlock(&bank_mutex);
}

static int bank_probe(void *)
{
	mutex_lock(&bank_mutex);
	bank.present_pages = BANK_PAGES;
	bank_reset();
	mutex_unlock(&bank_mutex);
	return 0;
}

HOTWEAVE_TARGET(recursive_lock, "a helper takes the mutex that its caller holds")
{
	run_one(bank_probe, "probe");
}

static void bank_show_locked(void)
{
	mutex_lock(&bank_mutex);
	bank.errors++;
	mutex_unlock(&bank_mutex);
}

static int sysfs_show(void *)
{
	mutex_lock(&sysfs_mutex);
	bank_show_locked();
	mutex_unlock(&sysfs_mutex);
	return 0;
}

static void remove_files(void)
{
	mutex_lock(&sysfs_mutex);
	bank.online = false;
	mutex_unlock(&sysfs_mutex);
}

static int bank_offline(void *)
{
	mutex_lock(&bank_mutex);
	remove_files();
	mutex_unlock(&bank_mutex);
	return 0;
}

HOTWEAVE_TARGET(lock_order, "a file is shown, which takes the bank, while the bank removes its files")
{
	run_as(sysfs_show, "show", bank_offline, "offline");
}

static int gated_show(void *)
{
	mutex_lock(&hotplug_mutex);
	sysfs_show(NULL);
	mutex_unlock(&hotplug_mutex);
	return 0;
}

static int gated_offline(void *)
{
	mutex_lock(&hotplug_mutex);
	bank_offline(NULL);
	mutex_unlock(&hotplug_mutex);
	return 0;
}

HOTWEAVE_TARGET(lock_order_gated, "the same, but both happen under one more mutex")
{
	run_as(gated_show, "show", gated_offline, "offline");
}

HOTWEAVE_TARGET(lock_order_one_task, "the same, but one task does both")
{
	run_one(sysfs_show, "show");
	run_one(bank_offline, "offline");
}

HOTWEAVE_TARGET(lock_order_feasible, "the same, but lockdep was told not to look at the bank's mutex")
{
	lockdep_set_novalidate_class(&bank_mutex);
	run_as(sysfs_show, "show", bank_offline, "offline");
}

static int hotplug_then_bank(void *)
{
	down_write(&hotplug_sem);
	bank_show_locked();
	up_write(&hotplug_sem);
	return 0;
}

static int files_then_hotplug(void *)
{
	mutex_lock(&sysfs_mutex);
	down_read(&hotplug_sem);
	up_read(&hotplug_sem);
	mutex_unlock(&sysfs_mutex);
	return 0;
}

HOTWEAVE_TARGET(lock_order_three, "three locks around a circle, by three tasks")
{
	struct task_struct *third = kthread_run(files_then_hotplug, NULL, "store");

	run_as(hotplug_then_bank, "hotplug", bank_offline, "offline");
	hotweave_join(third);
}

static irqreturn_t bank_interrupt(int, void *)
{
	spin_lock(&stats_lock);
	bank.errors++;
	spin_unlock(&stats_lock);
	return IRQ_HANDLED;
}

/* Should be spin_lock_irqsave(). */
static int clear_errors(void *)
{
	spin_lock(&stats_lock);
	bank.errors = 0;
	spin_unlock(&stats_lock);
	return 0;
}

HOTWEAVE_TARGET(irq_lock_order, "a spinlock of an interrupt handler is taken with interrupts on")
{
	BUG_ON(request_irq(BANK_IRQ, bank_interrupt, 0, "bank", NULL));
	hotweave_fire_irq(BANK_IRQ);
	run_one(clear_errors, "clear");
	free_irq(BANK_IRQ, NULL);
}

static int log_error(void *)
{
	raw_spin_lock(&error_lock);
	spin_lock(&stats_lock);
	bank.errors++;
	spin_unlock(&stats_lock);
	raw_spin_unlock(&error_lock);
	return 0;
}

HOTWEAVE_TARGET(wait_context, "a spinlock_t inside a raw_spinlock_t: with --raw-lock-nesting")
{
	run_one(log_error, "log");
}

/* ---- Contexts ---- */

static int alloc_bitmap(void)
{
	bank.bitmap = (unsigned long *)kzalloc(sizeof(unsigned long), GFP_KERNEL);
	return bank.bitmap ? 0 : -ENOMEM;
}

static int bank_init(void *)
{
	int ret;

	spin_lock(&stats_lock);
	ret = alloc_bitmap();
	spin_unlock(&stats_lock);
	return ret;
}

HOTWEAVE_TARGET(sleep_in_atomic, "an allocation with GFP_KERNEL under a spinlock")
{
	run_one(bank_init, "init_bank");
}

static int count_event(void *)
{
	unsigned long *events = per_cpu_ptr(&bank_events, smp_processor_id());

	WRITE_ONCE(*events, READ_ONCE(*events) + 1);
	return 0;
}

HOTWEAVE_TARGET(wrong_cpu, "a per-CPU counter is looked up while the task may move")
{
	run_one(count_event, "count");
}

static int bank_configure(void *)
{
	int ret = -EBUSY;

	if (!bank.online)
		goto out;
	mutex_lock(&bank_mutex);
	bank.present_pages = 0;
	ret = 0;
out:
	mutex_unlock(&bank_mutex);
	return ret;
}

HOTWEAVE_TARGET(lock_misuse, "an error path unlocks what it has not locked")
{
	run_one(bank_configure, "configure");
}

static int bank_resize(void *)
{
	unsigned long *bitmap;

	hotweave_fail_allocations(2);
	mutex_lock(&bank_mutex);
	bitmap = (unsigned long *)kzalloc(2 * sizeof(unsigned long), GFP_KERNEL);
	if (!bitmap)
		return -ENOMEM;
	kfree(bitmap);
	mutex_unlock(&bank_mutex);
	return 0;
}

HOTWEAVE_TARGET(lock_leak, "an error path forgets to unlock: when an allocation fails")
{
	run_one(bank_resize, "resize");
}

static void set_online(bool online)
{
	lockdep_assert_held(&bank_mutex);
	bank.online = online;
}

static int bank_online_store(void *)
{
	mutex_lock(&sysfs_mutex);
	set_online(true);
	mutex_unlock(&sysfs_mutex);
	return 0;
}

HOTWEAVE_TARGET(missing_lock, "a function is called under the wrong lock")
{
	run_one(bank_online_store, "store");
}

/* ---- Waiting ---- */

static int wait_until_ready(void *)
{
	wait_event(bank_wait, READ_ONCE(bank.ready));
	return 0;
}

/* wake_up() comes too early: a task that tests in between is not woken. */
static int becomes_ready(void *)
{
	wake_up(&bank_wait);
	WRITE_ONCE(bank.ready, true);
	return 0;
}

HOTWEAVE_TARGET(hung_task, "the wake-up comes before what is waited for")
{
	run_as(becomes_ready, "setup", wait_until_ready, "user");
}

static int spin_until_ready(void *)
{
	while (!READ_ONCE(bank.ready))
		cpu_relax();
	return 0;
}

/* Gives up if the bank goes offline first, and tells nobody. */
static int start_bank(void *)
{
	if (READ_ONCE(bank.online))
		WRITE_ONCE(bank.ready, true);
	return 0;
}

HOTWEAVE_TARGET(livelock, "a task spins for a flag that an error path does not set")
{
	run_as(start_bank, "start", spin_until_ready, "user");
}
