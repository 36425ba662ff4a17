// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: threads, completions, wait queues, wake-ups. */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "rows.h"

/* DIRECTED(name, after the first access, before the second one): the first one publishes, the second one waits. */
#define DIRECTED(name, publish, wait)                                               \
	static int first_##name(void *) { first_access(); publish; return 0; }      \
	static int second_##name(void *) { wait; second_access(); return 0; }       \
	static void sync_##name(void) { run_two(first_##name, second_##name); }

static int first(void *) { first_access(); return 0; }
static int second(void *) { second_access(); return 0; }

/* ---- Threads ---- */

static void sync_create(void)
{
	first_access();
	hotweave_join(kthread_run(second, NULL, "t"));
}
ORDERED(create);

static void sync_create_then(void)
{
	struct task_struct *t = kthread_run(second, NULL, "t");

	first_access();
	hotweave_join(t);
}
UNORDERED(create_then);

static void sync_wake_created(void)
{
	struct task_struct *t = kthread_create(second, NULL, "t");

	first_access();
	wake_up_process(t);
	hotweave_join(t);
}
ORDERED(wake_created);

static void sync_join(void)
{
	hotweave_join(kthread_run(first, NULL, "t"));
	second_access();
}
ORDERED(join);

static int until_stopped(void *)
{
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	first_access();
	return 0;
}

static void sync_kthread_stop(void)
{
	kthread_stop(kthread_run(until_stopped, NULL, "t"));
	second_access();
}
ORDERED(kthread_stop);

static int after_stop(void *)
{
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	second_access();
	return 0;
}

static void sync_should_stop(void)
{
	struct task_struct *t = kthread_run(after_stop, NULL, "t");

	first_access();
	kthread_stop(t);
}
ORDERED(should_stop);

/* ---- Completions ---- */

static DECLARE_COMPLETION(done);

DIRECTED(complete, complete(&done), wait_for_completion(&done))
ORDERED(complete);
DIRECTED(complete_all, complete_all(&done), wait_for_completion(&done))
ORDERED(complete_all);
DIRECTED(try_wait, complete(&done), if (!try_wait_for_completion(&done)) return 0)
ORDERED(try_wait);
DIRECTED(completion_done, complete_all(&done), if (!completion_done(&done)) return 0)
ORDERED(completion_done);
DIRECTED(wait_timeout, complete(&done), if (!wait_for_completion_timeout(&done, 10)) return 0)
ORDERED(wait_timeout);
DIRECTED(wait_timed_out, complete(&done), if (wait_for_completion_timeout(&done, 1)) return 0)
UNORDERED(wait_timed_out);

static int complete_early(void *)
{
	complete(&done);
	first_access();
	return 0;
}

static void sync_complete_early(void) { run_two(complete_early, second_complete); }
UNORDERED(complete_early);

/* ---- Wait queues and wake-ups ---- */

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static int first_wait_event(void *)
{
	first_access();
	smp_store_release(&ready, 1);
	wake_up(&queue);
	return 0;
}

static int second_wait_event(void *)
{
	wait_event(queue, smp_load_acquire(&ready));
	second_access();
	return 0;
}

static void sync_wait_event(void) { run_two(first_wait_event, second_wait_event); }
ORDERED(wait_event);

/* The condition decides, not the wake-up: a relaxed one orders nothing when the waiter does not sleep. */
static int first_wait_relaxed(void *)
{
	first_access();
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
	return 0;
}

static int second_wait_relaxed(void *)
{
	wait_event(queue, READ_ONCE(ready));
	second_access();
	return 0;
}

static void sync_wait_event_relaxed(void) { run_two(first_wait_relaxed, second_wait_relaxed); }
UNORDERED(wait_event_relaxed);

/* Sleeps, and is woken by wake_up_process() alone: no condition. */
static int second_sleeps(void *)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	complete(&done);
	schedule();
	second_access();
	return 0;
}

static void sync_wake_up_process(void)
{
	struct task_struct *t = kthread_run(second_sleeps, NULL, "t");

	wait_for_completion(&done);
	first_access();
	wake_up_process(t);
	hotweave_join(t);
}
ORDERED(wake_up_process);

static int second_queued(void *)
{
	DEFINE_WAIT(entry);

	prepare_to_wait(&queue, &entry, TASK_UNINTERRUPTIBLE);
	complete(&done);
	schedule();
	finish_wait(&queue, &entry);
	second_access();
	return 0;
}

static void sync_wake_up(void)
{
	struct task_struct *t = kthread_run(second_queued, NULL, "t");

	wait_for_completion(&done);
	first_access();
	wake_up(&queue);
	hotweave_join(t);
}
ORDERED(wake_up);

/* The queue's lock orders whoever takes it, woken or not. */
static int first_queue_lock(void *)
{
	first_access();
	wake_up(&queue);
	WRITE_ONCE(ready, 1);
	return 0;
}

static int second_queue_lock(void *)
{
	DEFINE_WAIT(entry);

	if (!READ_ONCE(ready))
		return 0;
	prepare_to_wait(&queue, &entry, TASK_UNINTERRUPTIBLE);
	finish_wait(&queue, &entry);
	second_access();
	return 0;
}

static void sync_queue_lock(void) { run_two(first_queue_lock, second_queue_lock); }
ORDERED(queue_lock);

/* Whatever takes the lock of a queue or of a completion comes after whoever had it before. LOCKED: first_access() and
 * `one`, then, in another task that sees the flag, `two` and second_access(). */
static DECLARE_WAIT_QUEUE_HEAD(other);
static int tries;

#define LOCKED(name, before, one, two)                                               \
	static int first_##name(void *) { first_access(); one; WRITE_ONCE(ready, 1); hotweave_yield("done"); return 0; } \
	static int second_##name(void *) { if (!READ_ONCE(ready)) return 0; two; second_access(); return 0; }           \
	static void sync_##name(void) { before; run_two(first_##name, second_##name); }

LOCKED(complete_twice, (void)0, complete(&done), complete(&done))
ORDERED(complete_twice);
LOCKED(done_then_done, complete_all(&done), completion_done(&done), completion_done(&done))
ORDERED(done_then_done);
LOCKED(try_then_done, complete_all(&done), try_wait_for_completion(&done), completion_done(&done))
ORDERED(try_then_done);
LOCKED(wait_then_done, complete_all(&done), wait_for_completion(&done), completion_done(&done))
ORDERED(wait_then_done);
LOCKED(wake_up_twice, (void)0, wake_up(&queue), wake_up(&queue))
ORDERED(wake_up_twice);

static void prepare_in(struct wait_queue_head *q, struct wait_queue_entry *entry)
{
	init_wait(entry);
	prepare_to_wait(q, entry, TASK_UNINTERRUPTIBLE);
}

static void prepare_and_finish(struct wait_queue_head *q, bool early)
{
	struct wait_queue_entry entry;

	prepare_in(q, &entry);
	if (early) {
		WRITE_ONCE(ready, 1);
		hotweave_yield("queued");
	}
	finish_wait(q, &entry);
}

LOCKED(prepare_then_wake, (void)0, prepare_and_finish(&queue, true), wake_up(&queue))
ORDERED(prepare_then_wake);
LOCKED(wake_then_prepare, (void)0, wake_up(&queue), prepare_and_finish(&queue, false))
ORDERED(wake_then_prepare);

/* Preparing sets the state: a full barrier, whatever the queue. */
LOCKED(prepare_elsewhere, (void)0, prepare_and_finish(&queue, true), prepare_and_finish(&other, false))
ORDERED(prepare_elsewhere);

static int first_finish(void *)
{
	struct wait_queue_entry entry;

	prepare_in(&queue, &entry);
	__set_current_state(TASK_RUNNING);
	first_access();
	finish_wait(&queue, &entry);
	WRITE_ONCE(ready, 1);
	return 0;
}

static int second_finish(void *)
{
	struct wait_queue_entry entry;

	prepare_in(&queue, &entry);
	__set_current_state(TASK_RUNNING);
	if (READ_ONCE(ready)) {
		finish_wait(&queue, &entry);
		second_access();
		return 0;
	}
	finish_wait(&queue, &entry);
	return 0;
}

static void sync_finish_wait(void) { run_two(first_finish, second_finish); }
ORDERED(finish_wait);

/* A condition that is looked at twice: once without the lock, once after it was taken. */
static bool second_look(bool tell)
{
	if (!tries++)
		return false;
	if (tell) {
		WRITE_ONCE(ready, 1);
		hotweave_yield("queued");
	}
	return true;
}

LOCKED(wait_event_then_wake, (void)0, wait_event(queue, second_look(true)), wake_up(&queue))
ORDERED(wait_event_then_wake);
static int asks_twice(void *)
{
	bool seen = false;

	wait_event(queue, tries++ && (seen = READ_ONCE(ready), true));
	if (seen)
		second_access();
	return 0;
}

static void sync_wake_then_wait_event(void) { run_two(first_queue_lock, asks_twice); }
ORDERED(wake_then_wait_event);

/* Setting the state is a full barrier. */
static int first_state(void *)
{
	first_access();
	set_current_state(TASK_RUNNING);
	WRITE_ONCE(ready, 1);
	return 0;
}

static int second_state(void *)
{
	if (!READ_ONCE(ready))
		return 0;
	set_current_state(TASK_RUNNING);
	second_access();
	return 0;
}

static void sync_set_current_state(void) { run_two(first_state, second_state); }
ORDERED(set_current_state);

/* ---- Notifier chains ---- */

static BLOCKING_NOTIFIER_HEAD(chain);

static int second_notified(struct notifier_block *, unsigned long, void *)
{
	second_access();
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = second_notified, .next = NULL, .priority = 0 };

static int first_registers(void *)
{
	first_access();
	blocking_notifier_chain_register(&chain, &block);
	return 0;
}

static int calls_chain(void *)
{
	blocking_notifier_call_chain(&chain, 0, NULL);
	return 0;
}

static void sync_notifier_register(void) { run_two(first_registers, calls_chain); }
ORDERED(notifier_register);

static int unregisters_second(void *)
{
	blocking_notifier_chain_unregister(&chain, &block);
	first_access();
	return 0;
}

static void sync_notifier_unregister(void)
{
	blocking_notifier_chain_register(&chain, &block);
	run_two(calls_chain, unregisters_second);
}
ORDERED(notifier_unregister);
