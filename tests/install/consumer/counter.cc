// SPDX-License-Identifier: GPL-2.0-only OR MIT
// A user's target in C++: a class whose writer takes the lock and whose reader forgot.
#include <hotweave/target.h>
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/mutex.h>

namespace {

struct Counter {
	struct mutex lock;
	int value;

	Counter() : value(0) { mutex_init(&lock); }
	void add(int n);
};

Counter counter;

void Counter::add(int n)
{
	mutex_lock(&lock);
	const int old = value;
	mutex_unlock(&lock);
	value = old + n;
}

int count(void *)
{
	counter.add(1);
	return 0;
}

}  // namespace

HOTWEAVE_TARGET(counter_cc, "the lock is dropped between the load and the store")
{
	struct task_struct *a = kthread_run(count, nullptr, "a");
	struct task_struct *b = kthread_run(count, nullptr, "b");

	hotweave_join(a);
	hotweave_join(b);
	BUG_ON(counter.value != 2);
}
