/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Edits that have nothing to do with any finding, of the kinds that code sees every day: a new lock with its unlock in
 * a function that stored schedules run through, a counter under it, another pair of an old lock, an allocation, a new
 * task. The program `hotweave_edited` is
 * compiled with them (HOTWEAVE_UNRELATED_EDIT); tests/e2e/survival_test.cc replays the stored schedules with it. In
 * every other program these are nothing.
 */
#ifndef TARGETS_UNRELATED_EDIT_H
#define TARGETS_UNRELATED_EDIT_H

#ifdef HOTWEAVE_UNRELATED_EDIT

#include <linux/cpu.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/* Of each file that includes this, as a static lock would be. */
static DEFINE_MUTEX(edit_mutex);
static DEFINE_SPINLOCK(edit_lock);
static unsigned long edit_nr_mutex, edit_nr_lock;

__attribute__((unused)) static void unrelated_mutex(void)
{
	mutex_lock(&edit_mutex);
	edit_nr_mutex++;
	mutex_unlock(&edit_mutex);
}

__attribute__((unused)) static void unrelated_spinlock(void)
{
	unsigned long flags;

	spin_lock_irqsave(&edit_lock, flags);
	edit_nr_lock++;
	spin_unlock_irqrestore(&edit_lock, flags);
}

/* A pair more of a lock that is there already: what the task does with it later, it does for another n-th time. */
__attribute__((unused)) static void unrelated_cpus_read(void)
{
	get_online_cpus();
	put_online_cpus();
}

__attribute__((unused)) static void unrelated_allocation(void)
{
	kfree(kmalloc(16, GFP_KERNEL));
}

__attribute__((unused)) static int unrelated_thread(void *unused)
{
	for (int i = 0; i < 3; i++) {
		unrelated_mutex();
		unrelated_spinlock();
	}
	return 0;
}

__attribute__((unused)) static void unrelated_task(void)
{
	kthread_run(unrelated_thread, NULL, "kstatd");
}

#else
#define unrelated_mutex() do { } while (0)
#define unrelated_spinlock() do { } while (0)
#define unrelated_cpus_read() do { } while (0)
#define unrelated_allocation() do { } while (0)
#define unrelated_task() do { } while (0)
#endif

#endif
