// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of wait_test.cc: wait queues, completions, sleeping and virtual time. */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/wait.h>

#include "../support/tasks.h"

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(done);
static int flag, data;
static atomic_t woken;

/* ---- wait_event / wake_up ---- */

static int waits(void *)
{
	wait_event(queue, smp_load_acquire(&flag));
	BUG_ON(data != 1);
	return 0;
}

static int sets_and_wakes(void *)
{
	data = 1;
	smp_store_release(&flag, 1);
	wake_up(&queue);
	return 0;
}

static int sets_only(void *)
{
	data = 1;
	smp_store_release(&flag, 1);
	return 0;
}

static int wakes_then_sets(void *)
{
	data = 1;
	wake_up(&queue);
	smp_store_release(&flag, 1);
	return 0;
}

HOTWEAVE_TARGET(wait_event_no_lost_wakeup, "wait_event against a flag that is set before the wake-up")
{
	run_two(waits, sets_and_wakes);
}

HOTWEAVE_TARGET(wait_event_no_wakeup, "the flag is set and nobody is woken")
{
	run_two(waits, sets_only);
}

HOTWEAVE_TARGET(wait_event_wake_before_set, "the wake-up comes before the flag is set")
{
	run_two(waits, wakes_then_sets);
}

/* A sleep by hand: the state must be set before the condition is tested. */
static struct task_struct *sleeper;

static int tests_then_sleeps(void *)
{
	WRITE_ONCE(sleeper, current);
	if (!READ_ONCE(flag)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

static int sleeps_properly(void *)
{
	WRITE_ONCE(sleeper, current);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(flag))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static int sets_and_wakes_sleeper(void *)
{
	struct task_struct *t;

	WRITE_ONCE(flag, 1);
	smp_mb();
	t = READ_ONCE(sleeper);
	if (t)
		wake_up_process(t);
	return 0;
}

HOTWEAVE_TARGET(sleep_lost_wakeup, "the condition is tested before the state is set")
{
	run_two(tests_then_sleeps, sets_and_wakes_sleeper);
}

HOTWEAVE_TARGET(sleep_no_lost_wakeup, "the state is set before the condition is tested")
{
	run_two(sleeps_properly, sets_and_wakes_sleeper);
}

/* ---- Exclusive waiters: one wake-up, one of them; all others are woken ---- */

static int waits_exclusively(void *)
{
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&queue, &wait, TASK_UNINTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	atomic_inc(&woken);
	return 0;
}

static int waits_in_common(void *)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	atomic_inc(&woken);
	return 0;
}

static void wake_after_all_sleep(bool all, int expected)
{
	struct task_struct *t[4];

	t[0] = kthread_run(waits_exclusively, NULL, "x1");
	t[1] = kthread_run(waits_in_common, NULL, "c1");
	t[2] = kthread_run(waits_exclusively, NULL, "x2");
	t[3] = kthread_run(waits_in_common, NULL, "c2");
	msleep(10);
	if (all)
		wake_up_all(&queue);
	else
		wake_up(&queue);
	msleep(10);
	BUG_ON(atomic_read(&woken) != expected);
	wake_up_all(&queue);
	for (int i = 0; i < 4; i++)
		hotweave_join(t[i]);
}

HOTWEAVE_TARGET(wake_up_one_exclusive, "wake_up wakes one exclusive waiter and all the others")
{
	wake_after_all_sleep(false, 3);
}

HOTWEAVE_TARGET(wake_up_all_waiters, "wake_up_all wakes every waiter")
{
	wake_after_all_sleep(true, 4);
}

HOTWEAVE_TARGET(wait_event_times_out, "wait_event_timeout of a condition that never holds")
{
	unsigned long start = jiffies;

	BUG_ON(wait_event_timeout(queue, READ_ONCE(flag), HZ) != 0);
	BUG_ON(jiffies - start < HZ);
	hotweave_yield("done");
}

/* ---- Completions ---- */

static int waits_for_completion(void *)
{
	wait_for_completion(&done);
	BUG_ON(data != 1);
	return 0;
}

static int completes(void *)
{
	data = 1;
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_orders, "what precedes complete is seen after wait_for_completion")
{
	run_two(waits_for_completion, completes);
}

static int completes_too_early(void *)
{
	complete(&done);
	data = 1;
	return 0;
}

HOTWEAVE_TARGET(completion_too_early, "the data is written after complete")
{
	run_two(waits_for_completion, completes_too_early);
}

HOTWEAVE_TARGET(completion_before_wait, "complete comes first, and is consumed once")
{
	complete(&done);
	wait_for_completion(&done);
	BUG_ON(completion_done(&done));
	BUG_ON(try_wait_for_completion(&done));
	hotweave_yield("done");
}

static int completes_twice(void *)
{
	data = 1;
	complete(&done);
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_two_waiters, "two waiters, two completes")
{
	run_three(waits_for_completion, waits_for_completion, completes_twice);
}

HOTWEAVE_TARGET(completion_two_waiters_one_complete, "two waiters, one complete")
{
	run_three(waits_for_completion, waits_for_completion, completes);
}

static int completes_all(void *)
{
	data = 1;
	complete_all(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_all, "complete_all lets everybody pass, later ones too")
{
	run_three(waits_for_completion, waits_for_completion, completes_all);
	wait_for_completion(&done);
	BUG_ON(!completion_done(&done));
	reinit_completion(&done);
	BUG_ON(completion_done(&done));
}

HOTWEAVE_TARGET(completion_never, "nobody completes")
{
	hotweave_join(kthread_run(waits_for_completion, NULL, "waiter"));
}

HOTWEAVE_TARGET(completion_idle, "nobody completes, and the waiter is a daemon")
{
	hotweave_idle_wait(false);
	kthread_run(
		[](void *) {
			hotweave_idle_wait(true);
			wait_for_completion(&done);
			return 0;
		},
		NULL, "daemon");
}

HOTWEAVE_TARGET(completion_times_out, "a wait with a limit ends when virtual time is up")
{
	unsigned long start = jiffies;

	BUG_ON(wait_for_completion_timeout(&done, 5 * HZ) != 0);
	BUG_ON(jiffies - start != 5 * HZ);
	complete(&done);
	BUG_ON(wait_for_completion_timeout(&done, HZ) == 0);
	hotweave_yield("done");
}

/* ---- Time ---- */

static atomic_t order;

static int sleeps_long(void *)
{
	msleep(20);
	BUG_ON(atomic_inc_return(&order) != 2);
	return 0;
}

static int sleeps_short(void *)
{
	msleep(10);
	BUG_ON(atomic_inc_return(&order) != 1);
	return 0;
}

static int sleeps_longest(void *)
{
	msleep(5);
	msleep(25);
	BUG_ON(atomic_inc_return(&order) != 3);
	return 0;
}

HOTWEAVE_TARGET(msleep_order, "sleepers wake in the order of their times")
{
	run_three(sleeps_long, sleeps_short, sleeps_longest);
}

HOTWEAVE_TARGET(msleep_hours, "a day of sleep costs nothing")
{
	unsigned long start = jiffies;

	for (int i = 0; i < 24; i++)
		msleep(3600 * 1000);
	BUG_ON(jiffies - start != 24UL * 3600 * HZ);
	hotweave_yield("done");
}

static int wakes_sleeper(void *)
{
	while (!READ_ONCE(sleeper))
		cpu_relax();
	wake_up_process(READ_ONCE(sleeper));
	return 0;
}

static int sleeps_by_msleep(void *)
{
	unsigned long start = jiffies;

	WRITE_ONCE(sleeper, current);
	msleep(1000);
	BUG_ON(jiffies - start < HZ);
	return 0;
}

HOTWEAVE_TARGET(msleep_not_cut_short, "a wake-up does not shorten msleep")
{
	run_two(sleeps_by_msleep, wakes_sleeper);
}

HOTWEAVE_TARGET(schedule_timeout_whole, "schedule_timeout sleeps as long as it is told")
{
	unsigned long start = jiffies;

	BUG_ON(schedule_timeout_uninterruptible(3) != 0);
	BUG_ON(jiffies - start != 3);
	hotweave_yield("done");
}

static int wakes_after_one_jiffy(void *task)
{
	msleep(1000 / HZ);
	wake_up_process(static_cast<struct task_struct *>(task));
	return 0;
}

HOTWEAVE_TARGET(schedule_timeout_woken, "schedule_timeout says what is left when it is woken")
{
	struct task_struct *t = kthread_run(wakes_after_one_jiffy, (struct task_struct *)current, "waker");
	long left;

	set_current_state(TASK_INTERRUPTIBLE);
	left = schedule_timeout(100);
	BUG_ON(left > 99);
	hotweave_join(t);
}

/* ---- Spinning ---- */

static int spins(void *)
{
	while (!READ_ONCE(flag))
		cpu_relax();
	return 0;
}

static int sleeps_then_sets(void *)
{
	msleep(50);
	WRITE_ONCE(flag, 1);
	return 0;
}

HOTWEAVE_TARGET(spin_until_sleeper_sets, "a task spins until one that sleeps sets a flag")
{
	run_two(spins, sleeps_then_sets);
}

HOTWEAVE_TARGET(spin_for_nothing, "a task spins for a flag that nobody sets")
{
	spins(NULL);
}

static int spins_on_two_loads(void *)
{
	while (READ_ONCE(flag) + READ_ONCE(data) < 2)
		cpu_relax();
	return 0;
}

static int sets_both(void *)
{
	WRITE_ONCE(flag, 1);
	WRITE_ONCE(data, 1);
	return 0;
}

HOTWEAVE_TARGET(spin_on_two_loads, "what a loop waits for may happen after it has looked")
{
	run_two(spins_on_two_loads, sets_both);
}

HOTWEAVE_TARGET(spin_bounded, "a loop that gives up after some rounds is no livelock")
{
	for (int i = 0; i < 1000 && !READ_ONCE(flag); i++)
		cpu_relax();
}
