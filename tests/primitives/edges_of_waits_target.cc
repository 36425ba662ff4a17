// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Waits whose end is up to known tasks: completions with a completer, locks made of wait queues. */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock);
static DEFINE_MUTEX(other_lock);
static DECLARE_COMPLETION(done);
static DECLARE_COMPLETION(never);

static int takes_lock_then_completes(void *)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
	complete(&done);
	return 0;
}

static int waits_for_ever(void *)
{
	wait_for_completion(&never);
	return 0;
}

static void wait_under(struct mutex *held, bool known)
{
	struct task_struct *t = kthread_create(takes_lock_then_completes, NULL, "completer");

	if (known)
		hotweave_completed_by(&done, t);
	mutex_lock(held);
	wake_up_process(t);
	wait_for_completion(&done);
	mutex_unlock(held);
	hotweave_join(t);
}

HOTWEAVE_TARGET(edge_completer, "the completer wants what the waiter holds; a third task is still at work")
{
	wait_under(&lock, true);
}

HOTWEAVE_TARGET(edge_completer_unknown, "the same, but who completes is not known")
{
	wait_under(&lock, false);
}

HOTWEAVE_TARGET(edge_completer_other_lock, "the completer wants something else")
{
	wait_under(&other_lock, true);
}

HOTWEAVE_TARGET(edge_completer_timeout, "a wait with a limit is no edge")
{
	struct task_struct *t = kthread_create(takes_lock_then_completes, NULL, "completer");

	hotweave_completed_by(&done, t);
	mutex_lock(&lock);
	wake_up_process(t);
	wait_for_completion_timeout(&done, 10);
	mutex_unlock(&lock);
	hotweave_join(t);
}

/* A count of users, and a remover who waits until there are none, as kernfs does. */
static atomic_t users;
static struct lockdep_map map = STATIC_LOCKDEP_MAP_INIT("users", &map);
static DECLARE_WAIT_QUEUE_HEAD(no_users);
static bool used;

static int uses(void *held)
{
	atomic_inc(&users);
	lock_acquire(&map, 0, 1, 1, 1, NULL, 0);
	WRITE_ONCE(used, true);
	mutex_lock((struct mutex *)held);
	mutex_unlock((struct mutex *)held);
	lock_release(&map, 0);
	if (atomic_dec_and_test(&users))
		wake_up(&no_users);
	return 0;
}

static void remove_under(struct mutex *held)
{
	struct task_struct *t;

	mutex_lock(&lock);
	t = kthread_run(uses, held, "user");
	while (!READ_ONCE(used))
		msleep(1);
	hotweave_wait_for_holders(&map);
	wait_event(no_users, !atomic_read(&users));
	hotweave_wait_for_holders(NULL);
	mutex_unlock(&lock);
	hotweave_join(t);
}

HOTWEAVE_TARGET(edge_holders, "a remover waits for a user who waits for the remover's lock")
{
	struct task_struct *t = kthread_run(waits_for_ever, NULL, "bystander");

	remove_under(&lock);
	complete(&never);
	hotweave_join(t);
}

HOTWEAVE_TARGET(edge_holders_gone, "the user needs nothing of the remover's")
{
	remove_under(&other_lock);
}
