// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: parked and frozen threads, simple wait queues, bits waited for, wait_woken(), signals. */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/sched/signal.h>
#include <linux/swait.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include "rows.h"

static int ready;

/* ---- Parking ---- */

/* What it does when it parks, and after. */
static void (*when_parked)(void), (*when_unparked)(void);
static void no_access(void) { }

static int parks(void *)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		if (kthread_should_park()) {
			__set_current_state(TASK_RUNNING);
			when_parked();
			kthread_parkme();
			when_unparked();
			continue;
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static struct task_struct *thread_that_parks(void (*parked)(void), void (*unparked)(void))
{
	when_parked = parked;
	when_unparked = unparked;
	return kthread_run(parks, NULL, "parks");
}

/* It was told to: what it does then comes after. */
static void sync_park_told(void)
{
	struct task_struct *t = thread_that_parks(second_access, no_access);

	first_access();
	(void)kthread_park(t);
}
ORDERED(park_told);

static void sync_parked(void)
{
	(void)kthread_park(thread_that_parks(first_access, no_access));
	second_access();
}
ORDERED(parked);

static void sync_unparked(void)
{
	struct task_struct *t = thread_that_parks(no_access, second_access);

	(void)kthread_park(t);
	first_access();
	kthread_unpark(t);
	kthread_stop(t);
}
ORDERED(unparked);

static void sync_unparked_early(void)
{
	struct task_struct *t = thread_that_parks(no_access, second_access);

	(void)kthread_park(t);
	kthread_unpark(t);
	first_access();
	kthread_stop(t);
}
UNORDERED(unparked_early);

/* ---- The freezer ---- */

static DECLARE_COMPLETION(may_freeze);

static int freezes(void *)
{
	bool was_frozen;

	set_freezable();
	complete(&may_freeze);
	while (!kthread_should_stop()) {
		when_parked();
		was_frozen = try_to_freeze();
		if (was_frozen) {
			when_unparked();
			break;
		}
		schedule_timeout_interruptible(2);
	}
	return 0;
}

static void only_once(void (*access)(void))
{
	if (!ready++)
		access();
}
static void first_once(void) { only_once(first_access); }

static void freeze(void (*before)(void), void (*after)(void))
{
	when_parked = before;
	when_unparked = after;
	kthread_run(freezes, NULL, "freezes");
	wait_for_completion(&may_freeze);
	if (freeze_processes() || freeze_kernel_threads())
		BUG();
}

static void sync_frozen(void)
{
	freeze(first_once, no_access);
	second_access();
	thaw_processes();
}
ORDERED(frozen);

static void sync_thawed(void)
{
	freeze(no_access, second_access);
	first_access();
	thaw_processes();
	msleep(100);
}
ORDERED(thawed);

static void sync_thawed_early(void)
{
	freeze(no_access, second_access);
	thaw_processes();
	first_access();
	msleep(100);
}
UNORDERED(thawed_early);

/* Asleep, and nobody but the freezer wakes it. */
static int woken_to_freeze(void *)
{
	set_freezable();
	set_current_state(TASK_INTERRUPTIBLE);
	complete(&may_freeze);
	schedule();
	second_access();
	try_to_freeze();
	return 0;
}

static void sync_freeze_wakes(void)
{
	kthread_run(woken_to_freeze, NULL, "sleeps");
	wait_for_completion(&may_freeze);
	first_access();
	if (freeze_processes() || freeze_kernel_threads())
		BUG();
	thaw_processes();
}
ORDERED(freeze_wakes);

/* ---- Simple wait queues ---- */

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_SWAIT_QUEUE_HEAD(simple);
static DECLARE_COMPLETION(queued);

#define DIRECTED(name, publish, wait)                                               \
	static int first_##name(void *) { first_access(); publish; return 0; }      \
	static int second_##name(void *) { wait; second_access(); return 0; }       \
	static __maybe_unused void sync_##name(void) { run_two(first_##name, second_##name); }

DIRECTED(swait_event, smp_store_release(&ready, 1); swake_up_one(&simple),
	 swait_event_exclusive(simple, smp_load_acquire(&ready)))
ORDERED(swait_event);
DIRECTED(swait_event_relaxed, WRITE_ONCE(ready, 1); swake_up_one(&simple),
	 swait_event_exclusive(simple, READ_ONCE(ready)))
UNORDERED(swait_event_relaxed);

/* Woken by that alone. */
static int second_swaits(void *)
{
	DECLARE_SWAITQUEUE(entry);

	prepare_to_swait_exclusive(&simple, &entry, TASK_UNINTERRUPTIBLE);
	complete(&queued);
	schedule();
	finish_swait(&simple, &entry);
	second_access();
	return 0;
}

#define SWAKE(name, wake)                                                         \
	static void sync_##name(void)                                             \
	{                                                                         \
		struct task_struct *t = kthread_run(second_swaits, NULL, "t");    \
		wait_for_completion(&queued);                                     \
		first_access();                                                   \
		wake;                                                             \
		hotweave_join(t);                                                 \
	}
SWAKE(swake_up_one, swake_up_one(&simple))
ORDERED(swake_up_one);
SWAKE(swake_up_all, swake_up_all(&simple))
ORDERED(swake_up_all);
static void swake_locked(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&simple.lock, flags);
	swake_up_locked(&simple);
	raw_spin_unlock_irqrestore(&simple.lock, flags);
}
SWAKE(swake_up_locked, swake_locked())
ORDERED(swake_up_locked);

/* LOCKED(name, one, two): whoever takes the queue's lock comes after who had it. */
#define LOCKED(name, one, two)                                                                                           \
	static int first_##name(void *) { first_access(); one; WRITE_ONCE(ready, 1); hotweave_yield("done"); return 0; } \
	static int second_##name(void *) { if (!READ_ONCE(ready)) return 0; two; second_access(); return 0; }            \
	static void sync_##name(void) { run_two(first_##name, second_##name); }

static DECLARE_SWAIT_QUEUE_HEAD(other_simple);

static void swait_elsewhere(struct swait_queue_head *q)
{
	DECLARE_SWAITQUEUE(entry);

	prepare_to_swait_exclusive(q, &entry, TASK_UNINTERRUPTIBLE);
	if (q == &simple) {
		WRITE_ONCE(ready, 1);
		hotweave_yield("queued");
	}
	finish_swait(q, &entry);
}

static void swait_and_finish(bool exclusive, bool early)
{
	DECLARE_SWAITQUEUE(entry);

	if (exclusive)
		prepare_to_swait_exclusive(&simple, &entry, TASK_UNINTERRUPTIBLE);
	else
		(void)prepare_to_swait_event(&simple, &entry, TASK_UNINTERRUPTIBLE);
	if (early) {
		WRITE_ONCE(ready, 1);
		hotweave_yield("queued");
	}
	finish_swait(&simple, &entry);
}

LOCKED(swake_twice, swake_up_one(&simple), swake_up_one(&simple))
ORDERED(swake_twice);
LOCKED(swake_all_twice, swake_up_all(&simple), swake_up_all(&simple))
ORDERED(swake_all_twice);
LOCKED(swait_then_swake, swait_and_finish(true, true), swake_up_one(&simple))
ORDERED(swait_then_swake);
LOCKED(swait_event_then_swake, swait_and_finish(false, true), swake_up_one(&simple))
ORDERED(swait_event_then_swake);
LOCKED(swake_then_swait, swake_up_one(&simple), swait_and_finish(true, false))
ORDERED(swake_then_swait);
LOCKED(swake_then_swait_event, swake_up_one(&simple), swait_and_finish(false, false))
ORDERED(swake_then_swait_event);
/* Preparing sets the state: a full barrier, whatever the queue. */
LOCKED(swait_elsewhere, swait_elsewhere(&simple), swait_elsewhere(&other_simple))
ORDERED(swait_elsewhere);
LOCKED(has_sleeper, (void)swq_has_sleeper(&simple), (void)swq_has_sleeper(&simple))
ORDERED(has_sleeper);
LOCKED(swait_active, (void)swait_active(&simple), (void)swait_active(&simple))
UNORDERED(swait_active);

/* ---- Entries of one's own ---- */

static void add_and_remove(bool early)
{
	struct wait_queue_entry entry;

	init_wait(&entry);
	add_wait_queue(&queue, &entry);
	if (early) {
		WRITE_ONCE(ready, 1);
		hotweave_yield("queued");
	}
	remove_wait_queue(&queue, &entry);
}
LOCKED(add_then_wake, add_and_remove(true), wake_up(&queue))
ORDERED(add_then_wake);
LOCKED(wake_then_add, wake_up(&queue), add_and_remove(false))
ORDERED(wake_then_add);

static void prepare_exclusive_and_finish(bool early)
{
	struct wait_queue_entry entry;

	init_wait(&entry);
	prepare_to_wait_exclusive(&queue, &entry, TASK_UNINTERRUPTIBLE);
	if (early) {
		WRITE_ONCE(ready, 1);
		hotweave_yield("queued");
	}
	finish_wait(&queue, &entry);
}
LOCKED(exclusive_then_wake, prepare_exclusive_and_finish(true), wake_up(&queue))
ORDERED(exclusive_then_wake);
LOCKED(wake_then_exclusive, wake_up(&queue), prepare_exclusive_and_finish(false))
ORDERED(wake_then_exclusive);
LOCKED(wq_has_sleeper, (void)wq_has_sleeper(&queue), (void)wq_has_sleeper(&queue))
ORDERED(wq_has_sleeper);
LOCKED(waitqueue_active, (void)waitqueue_active(&queue), (void)waitqueue_active(&queue))
UNORDERED(waitqueue_active);

/* First leaves the queue with its access made while it stood in it. */
static int first_removes(void *)
{
	DEFINE_WAIT(entry);

	add_wait_queue(&queue, &entry);
	first_access();
	remove_wait_queue(&queue, &entry);
	WRITE_ONCE(ready, 1);
	return 0;
}

static int second_removes(void *)
{
	DEFINE_WAIT(entry);
	bool seen;

	add_wait_queue(&queue, &entry);
	seen = READ_ONCE(ready);
	remove_wait_queue(&queue, &entry);
	if (seen)
		second_access();
	return 0;
}
static void sync_remove_wait_queue(void) { run_two(first_removes, second_removes); }
ORDERED(remove_wait_queue);

static int second_woken(void *)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	add_wait_queue(&queue, &entry);
	complete(&queued);
	wait_woken(&entry, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	second_access();
	remove_wait_queue(&queue, &entry);
	return 0;
}

static void sync_wait_woken(void)
{
	struct task_struct *t = kthread_run(second_woken, NULL, "t");

	wait_for_completion(&queued);
	first_access();
	wake_up(&queue);
	hotweave_join(t);
}
ORDERED(wait_woken);

static void sync_wait_woken_early(void)
{
	struct task_struct *t = kthread_run(second_woken, NULL, "t");

	wait_for_completion(&queued);
	wake_up(&queue);
	first_access();
	hotweave_join(t);
}
UNORDERED(wait_woken_early);

/* It is full: what a task did before is seen by whoever clears its mark after. */
static int first_clears_mark(void *)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	entry.flags |= WQ_FLAG_WOKEN;
	first_access();
	wait_woken(&entry, TASK_INTERRUPTIBLE, 1);
	WRITE_ONCE(ready, 1);
	return 0;
}

static int second_clears_mark(void *)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	if (!READ_ONCE(ready))
		return 0;
	entry.flags |= WQ_FLAG_WOKEN;
	wait_woken(&entry, TASK_INTERRUPTIBLE, 1);
	second_access();
	return 0;
}
static void sync_wait_woken_full(void) { run_two(first_clears_mark, second_clears_mark); }
ORDERED(wait_woken_full);

/* ---- Bits waited for ---- */

static unsigned long word;

DIRECTED(bit_cleared, clear_and_wake_up_bit(1, &word), wait_on_bit(&word, 1, TASK_UNINTERRUPTIBLE))
static void sync_wait_on_bit(void)
{
	word = 2;
	sync_bit_cleared();
}
ORDERED(wait_on_bit);
DIRECTED(bit_relaxed, clear_bit(1, &word); smp_mb__after_atomic(); wake_up_bit(&word, 1),
	 wait_on_bit(&word, 1, TASK_UNINTERRUPTIBLE))
static void sync_wait_on_bit_relaxed(void)
{
	word = 2;
	sync_bit_relaxed();
}
UNORDERED(wait_on_bit_relaxed);

/* ---- Signals ---- */

static int second_signalled(void *)
{
	allow_signal(SIGTERM);
	set_current_state(TASK_INTERRUPTIBLE);
	complete(&queued);
	schedule();
	second_access();
	return 0;
}

static void sync_signal(void)
{
	struct task_struct *t = kthread_run(second_signalled, NULL, "t");

	wait_for_completion(&queued);
	first_access();
	send_sig(SIGTERM, t, 0);
	hotweave_join(t);
}
ORDERED(signal);

static void sync_signal_early(void)
{
	struct task_struct *t = kthread_run(second_signalled, NULL, "t");

	wait_for_completion(&queued);
	send_sig(SIGTERM, t, 0);
	first_access();
	hotweave_join(t);
}
UNORDERED(signal_early);
