// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Small targets whose numbers of executions and final states are known: counts_test.cc derives them. A final state has a
 * hexadecimal digit for x, y and the three cells each, "12000": x is 1, y is 2.
 */
#include <hotweave/target.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/timer.h>
#include <asm/processor.h>

#include "../tests/explore/programs.h"

static long x, y, cell[3];
static DEFINE_MUTEX(mutex);
static DEFINE_MUTEX(other);
static DECLARE_COMPLETION(ready);

static bool final_state(void)
{
	unsigned long long state = x * 16 + y;

	for (int i = 0; i < 3; i++)
		state = state * 16 + cell[i];
	explore_final(state);
	return true;
}

/*
 * The first task is one of the n; it and two more have a CPU each. The others are created before anything is decided, and
 * nobody waits for them: nothing but what they do themselves makes one step depend on another.
 */
static void run_all(int (*fn)(void *), unsigned long n)
{
	struct task_struct *t[3];

	hotweave_invariant("the final state is known", final_state, HOTWEAVE_AT_QUIESCENCE);
	for (unsigned long i = 1; i < n; i++)
		t[i] = kthread_create_on_cpu(fn, (void *)i, i, "w%u");
	for (unsigned long i = 1; i < n; i++)
		wake_up_process(t[i]);
	fn(NULL);
}

static int write_own(void *arg)
{
	WRITE_ONCE(cell[(unsigned long)arg], 1);
	return 0;
}

static int write_same(void *arg)
{
	WRITE_ONCE(x, (long)arg + 1);
	return 0;
}

static int read_same(void *arg)
{
	long value = READ_ONCE(x);

	cell[(unsigned long)arg] = value + 1;   /* its own: nobody else's business */
	return 0;
}

static int first_writes(void *arg)
{
	return arg ? read_same(arg) : write_same(arg);
}

static int count_locked(void *arg)
{
	mutex_lock(&mutex);
	x++;
	mutex_unlock(&mutex);
	return 0;
}

HOTWEAVE_TARGET(own_2, "two tasks write, each its own variable") { run_all(write_own, 2); }
HOTWEAVE_TARGET(own_3, "three tasks write, each its own variable") { run_all(write_own, 3); }
HOTWEAVE_TARGET(same_2, "two tasks write one variable") { run_all(write_same, 2); }
HOTWEAVE_TARGET(same_3, "three tasks write one variable") { run_all(write_same, 3); }
HOTWEAVE_TARGET(readers_3, "three tasks read one variable") { run_all(read_same, 3); }
HOTWEAVE_TARGET(writer_reader_reader, "a task writes what two others read") { run_all(first_writes, 3); }
static bool is_two(void)
{
	return x == 2;
}

HOTWEAVE_TARGET(locked_2, "two tasks count under a mutex")
{
	hotweave_invariant("x is 2", is_two, HOTWEAVE_AT_QUIESCENCE);
	run_all(count_locked, 2);
}

static int count_plain(void *arg)
{
	long old = READ_ONCE(x);

	WRITE_ONCE(x, old + 1);
	return 0;
}

HOTWEAVE_TARGET(lost_update, "two tasks count without a lock")
{
	hotweave_invariant("x is 2", is_two, HOTWEAVE_AT_QUIESCENCE);
	run_all(count_plain, 2);
}

static int abba(void *arg)
{
	struct mutex *first = arg ? &other : &mutex, *second = arg ? &mutex : &other;

	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
	return 0;
}

HOTWEAVE_TARGET(abba_2, "two mutexes in both orders") { run_all(abba, 2); }

static int wait_or_complete(void *arg)
{
	if (arg) {
		WRITE_ONCE(x, 1);
		complete(&ready);
	} else {
		wait_for_completion(&ready);
		BUG_ON(READ_ONCE(x) != 1);
	}
	return 0;
}

HOTWEAVE_TARGET(completion_2, "a task waits for what another completes") { run_all(wait_or_complete, 2); }

static int spin_or_set(void *arg)
{
	if (arg) {
		WRITE_ONCE(y, 1);
	} else {
		while (!READ_ONCE(y))
			cpu_relax();
	}
	return 0;
}

HOTWEAVE_TARGET(spin_2, "a task spins until another one sets a flag") { run_all(spin_or_set, 2); }

static int draw(void *arg)
{
	WRITE_ONCE(cell[(unsigned long)arg], hotweave_choose(3));
	return 0;
}

HOTWEAVE_TARGET(choices_2, "two tasks draw one of three values") { run_all(draw, 2); }

/* Each writes one variable and reads the other. */
static int store_load(void *arg)
{
	WRITE_ONCE(*(arg ? &x : &y), 1);
	cell[(unsigned long)arg] = READ_ONCE(*(arg ? &y : &x)) + 1;
	return 0;
}

HOTWEAVE_TARGET(store_buffer, "two tasks write a variable and read the other's") { run_all(store_load, 2); }

static void on_timer(struct timer_list *unused)
{
	WRITE_ONCE(x, 1);
}
static DEFINE_TIMER(timer, on_timer);

static int arm_and_look(void *arg)
{
	if (arg) {
		mod_timer(&timer, jiffies + 1);
		cell[1] = READ_ONCE(x) + 1;
	}
	return 0;
}

HOTWEAVE_TARGET(timer_2, "a task arms a timer and looks whether it has fired") { run_all(arm_and_look, 2); }
