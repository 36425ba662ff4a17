// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The small targets whose executions are counted. All of them are correct: they pass under every schedule.
 * Depends on <linux/...> and hotweave/target.h.
 */
#include <linux/compiler.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <hotweave/target.h>

#include "tasks.h"

static void run_two(int (*first)(void *), int (*second)(void *))
{
	struct task_struct *a = kthread_run(first, NULL, "a");
	struct task_struct *b = kthread_run(second, NULL, "b");

	hotweave_join(a);
	hotweave_join(b);
}

HOTWEAVE_TARGET(nothing, "the first task returns at once")
{
}

/* ---- A100: the program that other concurrency testers are measured with ----------------------- */

static DEFINE_MUTEX(a100_mutex);
static unsigned long a100_counter;

static int a100_adder(void *unused)
{
	(void)unused;
	for (int i = 0; i < A100_ROUNDS; i++) {
		mutex_lock(&a100_mutex);
		a100_counter++;
		mutex_unlock(&a100_mutex);
	}
	return 0;
}

HOTWEAVE_TARGET(a100, "two tasks, each 100 times: lock, increment, unlock")
{
	run_two(a100_adder, a100_adder);
}

/* ---- Two tasks, two mutexes ------------------------------------------------------------------- */

static DEFINE_MUTEX(outer_mutex);
static DEFINE_MUTEX(inner_mutex);
static unsigned long two_mutex_counter;

static int two_mutex_adder(void *unused)
{
	(void)unused;
	mutex_lock(&outer_mutex);
	mutex_lock(&inner_mutex);
	two_mutex_counter++;
	mutex_unlock(&inner_mutex);
	mutex_unlock(&outer_mutex);
	return 0;
}

HOTWEAVE_TARGET(two_mutexes, "two tasks, each once: lock two mutexes, increment, unlock both")
{
	run_two(two_mutex_adder, two_mutex_adder);
}

/* ---- Scheduling points and switches ----------------------------------------------------------- */

static unsigned long marked_word;

static int marked_loads(void *unused)
{
	(void)unused;
	for (int i = 0; i < POINTS / 2; i++)
		(void)READ_ONCE(marked_word);
	return 0;
}

HOTWEAVE_TARGET(points, "two tasks, each 5,000 marked loads")
{
	run_two(marked_loads, marked_loads);
}

static int yields(void *unused)
{
	(void)unused;
	for (int i = 0; i < POINTS / 2; i++)
		hotweave_yield("bench");
	return 0;
}

HOTWEAVE_TARGET(yield_pair, "two tasks, each 5,000 points without any effect")
{
	run_two(yields, yields);
}
