// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of rt_mutexes. */
#include <linux/bug.h>
#include <linux/rtmutex.h>
#include <linux/sched/signal.h>

#include "../support/tasks.h"

static DEFINE_RT_MUTEX(lock);
static int inside, count;

static void hold(void)
{
	BUG_ON(inside++);
	count++;
	BUG_ON(--inside);
}

static int lock_somehow(void)
{
	switch (hotweave_choose(4)) {
	case 1:
		return !rt_mutex_trylock(&lock);
	case 2:
		return rt_mutex_lock_interruptible(&lock);
	case 3:
		return rt_mutex_lock_killable(&lock);
	default:
		rt_mutex_lock(&lock);
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
		rt_mutex_unlock(&lock);
	}
	return 0;
}

HOTWEAVE_TARGET(rt_mutex_torture, "three threads lock and try to lock one rt_mutex")
{
	run_three(writer, writer, writer);
	BUG_ON(!rt_mutex_trylock(&lock));
	rt_mutex_unlock(&lock);
}

static int careless(void *)
{
	if (!rt_mutex_trylock(&lock))
		hold();
	else
		rt_mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(rt_mutex_torture_mutant_trylock, "one of them goes in when rt_mutex_trylock() failed")
{
	run_three(writer, writer, careless);
}
HOTWEAVE_EXPECT(rt_mutex_torture_mutant_trylock, "", "data-race assertion", "");

static int unlocks_of_others(void *)
{
	rt_mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(rt_mutex_torture_mutant_owner, "one of them unlocks what it does not own")
{
	run_three(writer, writer, unlocks_of_others);
}
HOTWEAVE_EXPECT(rt_mutex_torture_mutant_owner, "", "lock-misuse", "");
