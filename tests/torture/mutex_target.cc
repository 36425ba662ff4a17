// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of mutexes. */
#include <linux/bug.h>
#include <linux/mutex.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock);
static int inside, count;

static void hold(void)
{
	BUG_ON(inside++);
	count++;
	BUG_ON(--inside);
}

static int writer(void *)
{
	for (int i = 0; i < 4; i++) {
		if (hotweave_choose(2)) {
			if (!mutex_trylock(&lock))
				continue;
		} else {
			mutex_lock(&lock);
		}
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
