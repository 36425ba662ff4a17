// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of mutexes: locked, tried, and given up for signals. */
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock);
static int inside, count;

static void hold(void)
{
	BUG_ON(inside++);
	count++;
	BUG_ON(--inside);
}

/* 0 with the mutex. */
static int lock_somehow(void)
{
	switch (hotweave_choose(5)) {
	case 1:
		return !mutex_trylock(&lock);
	case 2:
		return mutex_lock_interruptible(&lock);
	case 3:
		return mutex_lock_killable(&lock);
	case 4:
		mutex_lock_io(&lock);
		return 0;
	default:
		mutex_lock(&lock);
		return 0;
	}
}

static int writer(void *)
{
	hotweave_user_task(hotweave_choose(2));
	for (int i = 0; i < 4; i++) {
		if (lock_somehow())
			continue;
		hold();
		mutex_unlock(&lock);
	}
	return 0;
}

HOTWEAVE_TARGET(mutex_torture, "three threads lock and try to lock one mutex")
{
	run_three(writer, writer, writer);
	BUG_ON(mutex_is_locked(&lock));
}

static int careless(void *)
{
	if (!mutex_trylock(&lock))
		hold();
	else
		mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(mutex_torture_mutant_trylock, "one of them goes in when mutex_trylock() failed")
{
	run_three(writer, writer, careless);
}
HOTWEAVE_EXPECT(mutex_torture_mutant_trylock, "", "data-race assertion", "");

static int unlocks_though_interrupted(void *)
{
	hotweave_user_task(true);
	if (mutex_lock_interruptible(&lock))
		BUG_ON(!signal_pending(current));
	mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(mutex_torture_mutant_eintr, "one of them unlocks after -EINTR")
{
	run_three(writer, writer, unlocks_though_interrupted);
}
HOTWEAVE_EXPECT(mutex_torture_mutant_eintr, "", "lock-misuse", "");

static int unlocks_early(void *)
{
	mutex_lock(&lock);
	mutex_unlock(&lock);
	count++;
	return 0;
}

HOTWEAVE_TARGET(mutex_torture_mutant_early, "one of them writes after its mutex_unlock()")
{
	run_three(writer, writer, unlocks_early);
}
HOTWEAVE_EXPECT(mutex_torture_mutant_early, "", "data-race", "");
