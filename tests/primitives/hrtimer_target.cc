// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of hrtimer_test.cc: high-resolution timers, the clock, and waits that end in special ways. */
#include <asm/processor.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/swait.h>
#include <linux/wait_bit.h>

#include "../support/tasks.h"

static struct hrtimer timer;
static int runs, data;
static unsigned long word;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_SWAIT_QUEUE_HEAD(simple);

static enum hrtimer_restart three_times(struct hrtimer *t)
{
	BUG_ON(!in_hardirq());
	data++;
	WRITE_ONCE(runs, runs + 1);
	if (runs == 3)
		return HRTIMER_NORESTART;
	BUG_ON(hrtimer_forward_now(t, ms_to_ktime(2)) < 1);
	return HRTIMER_RESTART;
}

HOTWEAVE_TARGET(hrtimer_restarts, "a high-resolution timer runs again until it says no, in hardirq context")
{
	data = 1;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = three_times;
	hrtimer_start(&timer, ms_to_ktime(2), HRTIMER_MODE_REL);
	BUG_ON(!hrtimer_active(&timer) && !READ_ONCE(runs));
	msleep(20);
	BUG_ON(READ_ONCE(runs) != 3 || hrtimer_active(&timer));
	BUG_ON(hrtimer_cancel(&timer) != 0);
	data++;
}

HOTWEAVE_TARGET(hrtimer_not_cancelled, "the data of a timer that was not cancelled")
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = three_times;
	hrtimer_start(&timer, ms_to_ktime(2), HRTIMER_MODE_REL);
	data++;
	msleep(20);
}

static enum hrtimer_restart cancels_itself(struct hrtimer *t)
{
	hrtimer_cancel(t);
	return HRTIMER_NORESTART;
}

HOTWEAVE_TARGET(hrtimer_cancel_in_itself, "a timer's function cancels it")
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = cancels_itself;
	hrtimer_start(&timer, 1, HRTIMER_MODE_REL);
	msleep(1);
}

HOTWEAVE_TARGET(hrtimer_never_initialised, "hrtimer_start of a timer that was never initialised")
{
	hrtimer_start(&timer, 1, HRTIMER_MODE_REL);
}

/* ---- The clock ---- */

HOTWEAVE_TARGET(clock_moves_for_spinners, "a loop on jiffies ends, with cpu_relax() and without")
{
	unsigned long end = jiffies + HZ;

	while (time_before(jiffies, end))
		cpu_relax();
	end += 10;
	while (time_before(jiffies, end))
		;
	hotweave_yield("done");
}

static int spins_a_second(void *)
{
	const unsigned long end = jiffies + HZ;

	while (time_before(jiffies, end))
		cpu_relax();
	return 0;
}

HOTWEAVE_TARGET(clock_moves_for_several, "two loops on jiffies end") { run_two(spins_a_second, spins_a_second); }

HOTWEAVE_TARGET(clock_readings, "the readings of the clock agree")
{
	const ktime_t start = ktime_get();
	ktime_t end;

	usleep_range(1500, 2000);
	BUG_ON(ktime_us_delta(ktime_get(), start) != 1500);
	fsleep(5);
	fsleep(30000);
	BUG_ON(ktime_get_ns() / NSEC_PER_MSEC < 31 || jiffies != ktime_get_ns() / TICK_NSEC);
	BUG_ON(ktime_get_real() - ktime_get() != ktime_mono_to_real(0));
	BUG_ON(msecs_to_jiffies(1) != 1 || jiffies_to_msecs(3) != 12 || usecs_to_jiffies(4001) != 2);
	end = ms_to_ktime(7);
	set_current_state(TASK_INTERRUPTIBLE);
	BUG_ON(schedule_hrtimeout(&end, HRTIMER_MODE_REL) != 0);
	BUG_ON(wait_event_hrtimeout(queue, READ_ONCE(runs), ms_to_ktime(3)) != -ETIME);
	BUG_ON(msleep_interruptible(10) != 0);
}

/* ---- Completions whose time is over ---- */

static struct completion *early;

static int completes_late(void *)
{
	struct completion *x;

	while (!(x = (struct completion *)smp_load_acquire(&early)))
		cpu_relax();
	msleep(20);
	complete(x);
	return 0;
}

static noinline void leaves_early(void)
{
	DECLARE_COMPLETION_ONSTACK(done);

	smp_store_release(&early, &done);
	wait_for_completion_timeout(&done, 1);
}

static int leaves_and_ends(void *)
{
	leaves_early();
	return 0;
}

HOTWEAVE_TARGET(completion_gone, "complete() of a completion on the stack of a thread that has ended")
{
	struct task_struct *t = kthread_run(completes_late, NULL, "late");

	hotweave_join(kthread_run(leaves_and_ends, NULL, "hasty"));
	hotweave_join(t);
}

static noinline void stays(void)
{
	DECLARE_COMPLETION_ONSTACK(done);

	smp_store_release(&early, &done);
	wait_for_completion(&done);
}

HOTWEAVE_TARGET(completion_stays, "complete() of a completion on the stack of somebody who waits for it")
{
	struct task_struct *t = kthread_run(completes_late, NULL, "late");

	stays();
	hotweave_join(t);
}

HOTWEAVE_TARGET(completion_freed, "complete() of freed memory")
{
	struct completion *x = (struct completion *)kmalloc(sizeof(*x), GFP_KERNEL);

	init_completion(x);
	kfree(x);
	complete(x);
}

HOTWEAVE_TARGET(completion_zeroed, "a completion that was never initialised")
{
	complete((struct completion *)kzalloc(sizeof(struct completion), GFP_KERNEL));
}

static DECLARE_COMPLETION(ready);

static int prepares(void *)
{
	for (int i = 0; i < 2; i++) {
		msleep(10);
		WRITE_ONCE(data, i);
		complete_all(&ready);
		msleep(10);
	}
	return 0;
}

static void use_twice(bool reinit)
{
	struct task_struct *t = kthread_run(prepares, NULL, "prepares");

	for (int i = 0; i < 2; i++) {
		wait_for_completion(&ready);
		BUG_ON(READ_ONCE(data) != i);
		if (reinit)
			reinit_completion(&ready);
	}
	hotweave_join(t);
}

HOTWEAVE_TARGET(completion_reused, "a completion is used again without reinit_completion") { use_twice(false); }
HOTWEAVE_TARGET(completion_reinitialised, "a completion is used again after reinit_completion") { use_twice(true); }

/* ---- Bits ---- */

static int clears(void *)
{
	data = 1;
	clear_bit_unlock(3, &word);
	smp_mb__after_atomic();
	wake_up_bit(&word, 3);
	return 0;
}

static int wakes_first(void *)
{
	wake_up_bit(&word, 3);
	data = 1;
	clear_bit_unlock(3, &word);
	return 0;
}

static int waits_for_bit(void *)
{
	BUG_ON(wait_on_bit(&word, 3, TASK_UNINTERRUPTIBLE));
	BUG_ON(data != 1);
	return 0;
}

static void wait_for_bit(int (*clear)(void *))
{
	set_bit(3, &word);
	run_two(waits_for_bit, clear);
}

HOTWEAVE_TARGET(bit_cleared_then_woken, "wait_on_bit against clear_bit_unlock and wake_up_bit") { wait_for_bit(clears); }
HOTWEAVE_TARGET(bit_woken_then_cleared, "wake_up_bit comes before the bit is cleared") { wait_for_bit(wakes_first); }

HOTWEAVE_TARGET(bit_times_out, "wait_on_bit_timeout of a bit that stays set")
{
	set_bit(3, &word);
	BUG_ON(wait_on_bit_timeout(&word, 3, TASK_UNINTERRUPTIBLE, 5) != -EAGAIN);
	BUG_ON(jiffies < 5);
	hotweave_yield("done");
}

static int waits_for_variable(void *)
{
	wait_var_event(&data, smp_load_acquire(&runs) == 2);
	BUG_ON(data != 1);
	return 0;
}

static int changes_variable(void *)
{
	data = 1;
	smp_store_release(&runs, 2);
	wake_up_var(&data);
	return 0;
}

HOTWEAVE_TARGET(variable_waited_for, "wait_var_event and wake_up_var")
{
	run_three(waits_for_variable, waits_for_variable, changes_variable);
}

/* ---- Simple queues, and interruptible waits ---- */

static int waits_simply(void *)
{
	swait_event_exclusive(simple, smp_load_acquire(&runs));
	BUG_ON(data != 1);
	swake_up_one(&simple);
	return 0;
}

static int wakes_simply(void *)
{
	data = 1;
	smp_store_release(&runs, 1);
	swake_up_one(&simple);
	return 0;
}

HOTWEAVE_TARGET(swait_wakes, "simple wait queues: each waiter wakes the next") { run_three(waits_simply, waits_simply, wakes_simply); }

static int interruptible(void *)
{
	int ret;

	hotweave_user_task(true);
	ret = wait_event_interruptible(queue, READ_ONCE(runs));
	BUG_ON(ret && ret != -ERESTARTSYS);
	if (ret)
		WRITE_ONCE(data, 1);
	return 0;
}

static void interrupt_it(void)
{
	struct task_struct *t = kthread_run(interruptible, NULL, "user");

	msleep(10);
	WRITE_ONCE(runs, 1);
	wake_up(&queue);
	hotweave_join(t);
}

HOTWEAVE_TARGET(wait_event_interrupted, "a signal may end wait_event_interruptible") { interrupt_it(); BUG_ON(READ_ONCE(data)); }
HOTWEAVE_TARGET(wait_event_or_signal, "wait_event_interruptible ends with the condition or a signal") { interrupt_it(); }
