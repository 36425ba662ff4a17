// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of kthread_test.cc: threads and the blocking notifier chain. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/notifier.h>

#include "../support/tasks.h"

static int data, ran;

/* ---- Threads ---- */

static int writes_data(void *)
{
	data = 1;
	return 7;
}

HOTWEAVE_TARGET(join_orders, "creation and join order a thread's accesses")
{
	struct task_struct *t;

	data = 5;
	t = kthread_run(writes_data, NULL, "t");
	hotweave_join(t);
	BUG_ON(data != 1);
}

HOTWEAVE_TARGET(no_join_races, "a thread's accesses without a join")
{
	kthread_run(writes_data, NULL, "t");
	data = 5;
}

static int works_until_told(void *)
{
	while (!kthread_should_stop()) {
		ran++;
		msleep(10);
	}
	return 7;
}

HOTWEAVE_TARGET(stop_orders, "kthread_stop waits for the thread and returns what it returned")
{
	struct task_struct *t = kthread_run(works_until_told, NULL, "worker");
	int ret;

	msleep(100);
	ret = kthread_stop(t);
	BUG_ON(ret != 7);
	BUG_ON(ran < 10);
}

static int sleeps_until_told(void *)
{
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

HOTWEAVE_TARGET(stop_wakes, "kthread_stop wakes a thread that sleeps")
{
	kthread_stop(kthread_run(sleeps_until_told, NULL, "sleeper"));
}

static int tests_then_sleeps(void *)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	return 0;
}

HOTWEAVE_TARGET(stop_lost_wakeup, "a thread tests kthread_should_stop before it sets its state")
{
	kthread_stop(kthread_run(tests_then_sleeps, NULL, "sleeper"));
}

static int must_not_run(void *)
{
	BUG();
	return 0;
}

HOTWEAVE_TARGET(stop_before_start, "a thread that is stopped before it starts never runs its function")
{
	BUG_ON(kthread_stop(kthread_create(must_not_run, NULL, "never")) != -EINTR);
	hotweave_yield("done");
}

static int notes_that_it_ran(void *)
{
	WRITE_ONCE(ran, 1);
	return 0;
}

HOTWEAVE_TARGET(stop_may_precede_start, "even a thread of kthread_run may be stopped before it starts")
{
	kthread_stop(kthread_run(notes_that_it_ran, NULL, "perhaps"));
	BUG_ON(!READ_ONCE(ran));
}

HOTWEAVE_TARGET(created_not_started, "a thread that is created and never woken does not run")
{
	kthread_create(must_not_run, NULL, "never");
	msleep(1);
	hotweave_idle_wait(false);
}

static int is_on_cpu_two(void *)
{
	for (int i = 0; i < 5; i++) {
		BUG_ON(raw_smp_processor_id() != 2);
		hotweave_yield("on CPU 2");
	}
	return 0;
}

HOTWEAVE_TARGET(bind_keeps_the_cpu, "a bound thread runs on its CPU alone")
{
	struct task_struct *t[3];

	for (int i = 0; i < 3; i++) {
		t[i] = kthread_create(is_on_cpu_two, NULL, "bound");
		kthread_bind(t[i], 2);
		wake_up_process(t[i]);
	}
	for (int i = 0; i < 3; i++)
		hotweave_join(t[i]);
}

HOTWEAVE_TARGET(unbound_migrates, "a thread that is not bound may run anywhere")
{
	run_three(is_on_cpu_two, is_on_cpu_two, is_on_cpu_two);
}

HOTWEAVE_TARGET(bind_too_late, "kthread_bind of a thread that runs")
{
	kthread_bind(kthread_run(sleeps_until_told, NULL, "late"), 1);
}

/* ---- Notifier chain ---- */

static BLOCKING_NOTIFIER_HEAD(chain);
static int calls[4], nr_calls;
static int verdict;

static int note_call(struct notifier_block *nb, unsigned long, void *)
{
	calls[nr_calls++] = nb->priority;
	return NOTIFY_OK;
}

static int stop_call(struct notifier_block *nb, unsigned long, void *)
{
	calls[nr_calls++] = nb->priority;
	return notifier_from_errno(-EBUSY);
}

static struct notifier_block low = { note_call, NULL, -5 };
static struct notifier_block middle = { note_call, NULL, 0 };
static struct notifier_block middle_too = { note_call, NULL, 0 };
static struct notifier_block high = { note_call, NULL, 10 };
static struct notifier_block veto = { stop_call, NULL, 3 };

HOTWEAVE_TARGET(notifier_priority, "callbacks run from the highest priority to the lowest")
{
	BUG_ON(blocking_notifier_call_chain(&chain, 0, NULL) != NOTIFY_DONE);
	blocking_notifier_chain_register(&chain, &middle);
	blocking_notifier_chain_register(&chain, &low);
	blocking_notifier_chain_register(&chain, &high);
	BUG_ON(blocking_notifier_call_chain(&chain, 0, NULL) != NOTIFY_OK);
	BUG_ON(nr_calls != 3 || calls[0] != 10 || calls[1] != 0 || calls[2] != -5);
	BUG_ON(blocking_notifier_chain_unregister(&chain, &middle));
	BUG_ON(blocking_notifier_chain_unregister(&chain, &middle) != -ENOENT);
}

HOTWEAVE_TARGET(notifier_equal_priority, "callbacks of one priority run in the order of registration")
{
	blocking_notifier_chain_register(&chain, &middle);
	blocking_notifier_chain_register(&chain, &middle_too);
	BUG_ON(chain.head != &middle);
}

HOTWEAVE_TARGET(notifier_stop, "a veto ends the walk")
{
	blocking_notifier_chain_register(&chain, &low);
	blocking_notifier_chain_register(&chain, &veto);
	blocking_notifier_chain_register(&chain, &high);
	verdict = blocking_notifier_call_chain(&chain, 0, NULL);
	BUG_ON(notifier_to_errno(verdict) != -EBUSY);
	BUG_ON(nr_calls != 2 || calls[1] != 3);
}

HOTWEAVE_TARGET(notifier_twice, "a block is registered once")
{
	BUG_ON(blocking_notifier_chain_register(&chain, &middle));
	blocking_notifier_chain_register(&chain, &middle);
}

static int slow_call(struct notifier_block *, unsigned long, void *)
{
	struct notifier_block *first = chain.head;

	msleep(10);
	BUG_ON(chain.head != first);
	return NOTIFY_OK;
}

static struct notifier_block slow = { slow_call, NULL, 0 };

static int registers(void *)
{
	blocking_notifier_chain_register(&chain, &high);
	return 0;
}

static int walks(void *)
{
	blocking_notifier_call_chain(&chain, 0, NULL);
	return 0;
}

HOTWEAVE_TARGET(notifier_register_waits, "registration waits for the walk")
{
	blocking_notifier_chain_register(&chain, &slow);
	run_two(walks, registers);
}

static int registering_call(struct notifier_block *, unsigned long, void *)
{
	return blocking_notifier_chain_register(&chain, &low) ? NOTIFY_BAD : NOTIFY_OK;
}

static struct notifier_block registering = { registering_call, NULL, 0 };

HOTWEAVE_TARGET(notifier_register_in_walk, "a callback registers with its own chain")
{
	blocking_notifier_chain_register(&chain, &registering);
	walks(NULL);
}

static struct notifier_block nothing = { NULL, NULL, 0 };

HOTWEAVE_TARGET(notifier_null_callback, "a block without a callback is called")
{
	blocking_notifier_chain_register(&chain, &nothing);
	walks(NULL);
}
