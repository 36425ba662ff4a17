// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of signal_test.cc: sleeps that signals end. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/sched/signal.h>

#include "../support/tasks.h"

static int woken, interrupted;

static void sleep_once(unsigned int state)
{
	set_current_state(state);
	schedule();
}

/* A user process sleeps: nobody but a signal wakes it. */
static int user_sleeps(void *state)
{
	hotweave_user_task(true);
	sleep_once((unsigned int)(unsigned long)state);
	BUG_ON(!signal_pending_state((unsigned int)(unsigned long)state, current));
	return 0;
}

static int user_sleeps_interruptible(void *) { return user_sleeps((void *)TASK_INTERRUPTIBLE); }
static int user_sleeps_killable(void *) { return user_sleeps((void *)TASK_KILLABLE); }
static int user_sleeps_deeply(void *) { return user_sleeps((void *)TASK_UNINTERRUPTIBLE); }

static int kthread_sleeps(void *)
{
	sleep_once(TASK_INTERRUPTIBLE);
	return 0;
}

HOTWEAVE_TARGET(signal_ends_interruptible, "a user process sleeps interruptibly; nobody wakes it but signals")
{
	hotweave_join(kthread_run(user_sleeps_interruptible, NULL, "user"));
	WARN_ON(1);
}

HOTWEAVE_TARGET(signal_ends_killable, "the same, killable")
{
	hotweave_join(kthread_run(user_sleeps_killable, NULL, "user"));
	WARN_ON(1);
}

HOTWEAVE_TARGET(signal_ends_no_deep_sleep, "the same, uninterruptible")
{
	hotweave_join(kthread_run(user_sleeps_deeply, NULL, "user"));
	WARN_ON(1);
}

HOTWEAVE_TARGET(signal_of_kthread, "a kernel thread sleeps interruptibly; no signals come")
{
	hotweave_join(kthread_run(kthread_sleeps, NULL, "kthread"));
	WARN_ON(1);
}

/* ---- Which signal ends which sleep ---- */

static int killable_is_killed(void *)
{
	hotweave_user_task(true);
	sleep_once(TASK_KILLABLE);
	BUG_ON(!fatal_signal_pending(current));
	hotweave_user_task(true);
	BUG_ON(!fatal_signal_pending(current));
	return 0;
}

static int interruptible_returns(void *)
{
	hotweave_user_task(true);
	sleep_once(TASK_INTERRUPTIBLE);
	BUG_ON(!signal_pending(current));
	if (!fatal_signal_pending(current)) {
		BUG_ON(kernel_dequeue_signal() == SIGKILL);
		BUG_ON(signal_pending_state(TASK_UNINTERRUPTIBLE, current));
	}
	hotweave_user_task(false);
	BUG_ON(signal_pending(current));
	return 0;
}

static int helper(void *task)
{
	wake_up_process((struct task_struct *)task);
	return 0;
}

HOTWEAVE_TARGET(signal_semantics, "what is pending after which sleep")
{
	struct task_struct *t = kthread_run(killable_is_killed, NULL, "killed");
	struct task_struct *u = kthread_run(interruptible_returns, NULL, "returns");

	msleep(10);
	send_sig(SIGTERM, t, 0);
	send_sig(SIGKILL, t, 0);
	send_sig(SIGTERM, u, 0);
	hotweave_join(t);
	hotweave_join(u);
}

/* ---- send_sig() ---- */

static int allows_term(void *)
{
	allow_signal(SIGTERM);
	sleep_once(TASK_INTERRUPTIBLE);
	BUG_ON(kernel_dequeue_signal() != SIGTERM);
	BUG_ON(kernel_dequeue_signal() != 0);
	disallow_signal(SIGTERM);
	return 0;
}

HOTWEAVE_TARGET(signal_allowed, "a kernel thread allows one signal and is sent others as well")
{
	struct task_struct *t = kthread_run(allows_term, NULL, "kthread");

	msleep(1);
	BUG_ON(send_sig(65, t, 0) != -EINVAL);
	BUG_ON(send_sig(SIGKILL, t, 0) || send_sig(SIGINT, t, 0) || send_sig(0, t, 0));
	BUG_ON(send_sig(SIGTERM, t, 0));
	hotweave_join(t);
}

HOTWEAVE_TARGET(signal_ignored, "a kernel thread is sent a signal that it ignores")
{
	struct task_struct *t = kthread_run(kthread_sleeps, NULL, "kthread");

	msleep(1);
	send_sig(SIGTERM, t, 0);
	hotweave_join(t);
}

/* ---- Polling, and time ---- */

static int polls(void *)
{
	hotweave_user_task(true);
	for (int i = 0; i < 3; i++) {
		if (!signal_pending(current))
			continue;
		WRITE_ONCE(interrupted, 1);
		flush_signals(current);
	}
	return 0;
}

HOTWEAVE_TARGET(signal_polled, "a user process asks for signals now and then")
{
	hotweave_join(kthread_run(polls, NULL, "user"));
	WARN_ON(interrupted);
}

static int sleeps_a_second(void *)
{
	hotweave_user_task(true);
	if (schedule_timeout_interruptible(100) == 0)
		WRITE_ONCE(woken, 1);
	else
		BUG_ON(!signal_pending(current));
	return 0;
}

HOTWEAVE_TARGET(signal_timeout, "a signal ends a sleep before its time")
{
	hotweave_join(kthread_run(sleeps_a_second, NULL, "user"));
	WARN_ON(!woken);
}

HOTWEAVE_TARGET(signal_and_wake_up, "a wake-up and signals for one sleeper")
{
	struct task_struct *u = kthread_run(kthread_sleeps, NULL, "sleeper");

	msleep(1);
	hotweave_join(kthread_run(helper, u, "waker"));
	hotweave_join(u);
}
