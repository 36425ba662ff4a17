// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of wait queues, completions, bits waited for, and parked, frozen and stopped threads. */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/swait.h>
#include <linux/wait_bit.h>

#include "../support/tasks.h"

#define ROUNDS 3

/* ---- Wait queues: tickets are given out, each is taken once, nobody sleeps for ever ---- */

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_SPINLOCK(lock);
static int tickets, given, taken;

static bool take(void)
{
	bool got;

	spin_lock(&lock);
	got = tickets > 0;
	if (got) {
		tickets--;
		taken++;
	}
	spin_unlock(&lock);
	return got;
}

static void give(void)
{
	spin_lock(&lock);
	tickets++;
	given++;
	spin_unlock(&lock);
}

static int takes_tickets(void *)
{
	for (int i = 0; i < ROUNDS; i++) {
		switch (hotweave_choose(6)) {
		case 1:
			BUG_ON(wait_event_interruptible_exclusive(queue, take()));
			break;
		case 2:
			while (!wait_event_timeout(queue, take(), 1 + hotweave_choose(3)))
				;
			break;
		case 3:
			BUG_ON(wait_event_killable(queue, take()));
			break;
		case 4:
			wait_event_idle_exclusive(queue, take());
			break;
		case 5: {
			DEFINE_WAIT_FUNC(wait, woken_wake_function);

			add_wait_queue(&queue, &wait);
			while (!take())
				wait_woken(&wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
			remove_wait_queue(&queue, &wait);
			break;
		}
		default:
			wait_event(queue, take());
		}
	}
	return 0;
}

static void give_all(int n, bool wake_late, bool forget)
{
	for (int i = 0; i < n; i++) {
		if (wake_late)
			wake_up_all(&queue);
		give();
		if (wake_late || (forget && i == n - 1))
			continue;
		switch (hotweave_choose(3)) {
		case 1:
			if (wq_has_sleeper(&queue))
				wake_up_all(&queue);
			break;
		case 2:
			spin_lock_irq(&queue.lock);
			wake_up_all_locked(&queue);
			spin_unlock_irq(&queue.lock);
			break;
		default:
			wake_up_all(&queue);
		}
	}
}

static int gives_tickets(void *) { give_all(2 * ROUNDS, false, false); return 0; }
static int wakes_first(void *) { give_all(2 * ROUNDS, true, false); return 0; }
static int forgets_last(void *) { give_all(2 * ROUNDS, false, true); return 0; }

HOTWEAVE_TARGET(waitqueue_torture, "two threads wait for tickets in every way there is, one hands them out")
{
	run_three(takes_tickets, takes_tickets, gives_tickets);
	BUG_ON(tickets || given != taken);
	BUG_ON(waitqueue_active(&queue));
}

HOTWEAVE_TARGET(waitqueue_torture_mutant_early, "it wakes them before it hands out the ticket")
{
	run_three(takes_tickets, takes_tickets, wakes_first);
}
HOTWEAVE_EXPECT(waitqueue_torture_mutant_early, "", "hung-task", "");

HOTWEAVE_TARGET(waitqueue_torture_mutant_forgets, "it forgets to wake them for the last ticket")
{
	run_three(takes_tickets, takes_tickets, forgets_last);
}
HOTWEAVE_EXPECT(waitqueue_torture_mutant_forgets, "", "hung-task", "");

/* ---- Completions: requests on the stack of whoever waits for them ---- */

struct request {
	int answer;
	struct completion done;
};

static struct request *mailbox[2];

static int answers(void *)
{
	for (int served = 0; served < 2 * ROUNDS;) {
		for (int i = 0; i < 2; i++) {
			struct request *r = (struct request *)smp_load_acquire(&mailbox[i]);

			if (!r)
				continue;
			WRITE_ONCE(mailbox[i], NULL);
			r->answer = 42;
			if (hotweave_choose(2))
				complete_all(&r->done);
			else
				complete(&r->done);
			served++;
		}
		cpu_relax();
	}
	return 0;
}

static noinline void ask(struct request **box, bool impatient, bool hasty)
{
	struct request r;

	r.answer = 0;
	init_completion(&r.done);
	smp_store_release(box, &r);
	if (impatient) {
		wait_for_completion_timeout(&r.done, 1);
		return;
	}
	switch (hasty ? 4 : hotweave_choose(4)) {
	case 1:
		while (!wait_for_completion_timeout(&r.done, 1 + hotweave_choose(2)))
			;
		break;
	case 2:
		BUG_ON(wait_for_completion_killable(&r.done));
		break;
	case 3:
		while (!try_wait_for_completion(&r.done))
			cpu_relax();
		break;
	case 4:
		break;
	default:
		wait_for_completion(&r.done);
	}
	BUG_ON(r.answer != 42);
}

static int asks_first(void *) { for (int i = 0; i < ROUNDS; i++) ask(&mailbox[0], false, false); return 0; }
static int asks_second(void *) { for (int i = 0; i < ROUNDS; i++) ask(&mailbox[1], false, false); return 0; }
static int asks_impatiently(void *) { for (int i = 0; i < ROUNDS; i++) ask(&mailbox[1], true, false); return 0; }
static int asks_hastily(void *) { for (int i = 0; i < ROUNDS; i++) ask(&mailbox[1], false, true); return 0; }

HOTWEAVE_TARGET(completion_torture, "requests on two stacks are answered by a third thread")
{
	run_three(asks_first, asks_second, answers);
}

HOTWEAVE_TARGET(completion_torture_mutant_impatient, "one of them leaves its stack frame after a timeout")
{
	run_three(asks_first, asks_impatiently, answers);
}
HOTWEAVE_EXPECT(completion_torture_mutant_impatient, "", "use-after-free data-race lock-misuse livelock hung-task wild-access", "");

HOTWEAVE_TARGET(completion_torture_mutant_hasty, "one of them does not wait at all")
{
	run_three(asks_first, asks_hastily, answers);
}
HOTWEAVE_EXPECT(completion_torture_mutant_hasty, "", "data-race assertion use-after-free lock-misuse", "");

/* ---- A bit as a lock ---- */

static unsigned long word;
static int inside, visits;

static void visit(void)
{
	BUG_ON(inside++);
	visits++;
	BUG_ON(--inside);
}

static int uses_bit(void *)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (hotweave_choose(3) == 1) {
			if (test_and_set_bit_lock(5, &word)) {
				wait_on_bit_timeout(&word, 5, TASK_UNINTERRUPTIBLE, 1 + hotweave_choose(2));
				continue;
			}
		} else {
			wait_on_bit_lock(&word, 5, TASK_UNINTERRUPTIBLE);
		}
		visit();
		if (hotweave_choose(2)) {
			clear_and_wake_up_bit(5, &word);
		} else {
			clear_bit_unlock(5, &word);
			smp_mb__after_atomic();
			wake_up_bit(&word, 5);
		}
	}
	return 0;
}

static int wakes_before_clearing(void *)
{
	for (int i = 0; i < ROUNDS; i++) {
		wait_on_bit_lock(&word, 5, TASK_UNINTERRUPTIBLE);
		visit();
		wake_up_bit(&word, 5);
		clear_bit_unlock(5, &word);
	}
	return 0;
}

static int waits_only(void *)
{
	for (int i = 0; i < ROUNDS; i++) {
		wait_on_bit(&word, 5, TASK_UNINTERRUPTIBLE);
		visit();
	}
	return 0;
}

HOTWEAVE_TARGET(wait_bit_torture, "three threads use a bit as a lock")
{
	run_three(uses_bit, uses_bit, uses_bit);
	BUG_ON(word);
}

HOTWEAVE_TARGET(wait_bit_torture_mutant_order, "one of them wakes the others before it clears the bit")
{
	run_three(uses_bit, uses_bit, wakes_before_clearing);
}
HOTWEAVE_EXPECT(wait_bit_torture_mutant_order, "", "hung-task", "");

HOTWEAVE_TARGET(wait_bit_torture_mutant_no_lock, "one of them waits for the bit and does not set it")
{
	run_three(uses_bit, uses_bit, waits_only);
}
HOTWEAVE_EXPECT(wait_bit_torture_mutant_no_lock, "", "data-race assertion", "");

/* ---- Threads that are parked, frozen and stopped ---- */


static int obeys(void *)
{
	set_freezable();
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		try_to_freeze();
		visits++;
		hotweave_yield("turn");
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		if (!kthread_should_stop() && !kthread_should_park() && !freezing(current))
			schedule_timeout(1);
		__set_current_state(TASK_RUNNING);
	}
	return 7;
}

/* What the thread does nobody else may touch, but while it is held. */
static void command(struct task_struct *t, bool unpark_early)
{
	int ret;

	for (int i = 0; i < ROUNDS; i++) {
		switch (hotweave_choose(3)) {
		case 1:
			BUG_ON(freeze_processes() || freeze_kernel_threads());
			thaw_processes();
			break;
		case 2:
			wake_up_process(t);
			break;
		default:
			BUG_ON(kthread_park(t));
			if (unpark_early)
				kthread_unpark(t);
			visits++;
			if (!unpark_early)
				kthread_unpark(t);
		}
	}
	ret = kthread_stop(t);
	BUG_ON(ret != 7 && ret != -EINTR);
	visits++;
}

HOTWEAVE_TARGET(kthread_torture, "a thread is parked, frozen, woken and stopped")
{
	command(kthread_run(obeys, NULL, "obeys"), false);
}

HOTWEAVE_TARGET(kthread_torture_mutant_early, "its data are touched after it was unparked")
{
	command(kthread_run(obeys, NULL, "obeys"), true);
}
HOTWEAVE_EXPECT(kthread_torture_mutant_early, "", "data-race", "");

static int tests_too_early(void *)
{
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	return 7;
}

HOTWEAVE_TARGET(kthread_torture_mutant_lost, "it tests what it is asked to do before it sets its state")
{
	struct task_struct *t = kthread_run(tests_too_early, NULL, "early");

	kthread_park(t);
	kthread_unpark(t);
	kthread_stop(t);
}
HOTWEAVE_EXPECT(kthread_torture_mutant_lost, "", "hung-task deadlock", "");
