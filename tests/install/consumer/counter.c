/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A user's target in C: two threads count, and forgot the lock. */
#include <hotweave/target.h>
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(lock);
static int counter;

static int count(void *unused)
{
	(void)unused;
	counter += 1;
	return 0;
}

HOTWEAVE_TARGET(counter_c, "two threads count without the lock")
{
	struct task_struct *a = kthread_run(count, NULL, "a");
	struct task_struct *b = kthread_run(count, NULL, "b");

	hotweave_join(a);
	hotweave_join(b);
	mutex_lock(&lock);
	BUG_ON(counter != 2);
	mutex_unlock(&lock);
}
