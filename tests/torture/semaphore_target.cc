// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of counting semaphores: a buffer of two places between producers and consumers, and a lock of one unit. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>

#include "../support/tasks.h"

static struct semaphore units = __SEMAPHORE_INITIALIZER(units, 2);
static DEFINE_SEMAPHORE(one);
static atomic_t users = ATOMIC_INIT(0);
static int count;

static int take_somehow(struct semaphore *sem)
{
	switch (hotweave_choose(5)) {
	case 1:
		return down_trylock(sem);
	case 2:
		return down_interruptible(sem);
	case 3:
		return down_killable(sem);
	case 4:
		return down_timeout(sem, 2);
	default:
		down(sem);
		return 0;
	}
}

static int torturer(void *)
{
	hotweave_user_task(hotweave_choose(2));
	for (int i = 0; i < 3; i++) {
		if (hotweave_choose(2)) {
			if (take_somehow(&units))
				continue;
			BUG_ON(atomic_inc_return(&users) > 2);
			atomic_dec(&users);
			up(&units);
		} else {
			if (take_somehow(&one))
				continue;
			count++;
			up(&one);
		}
	}
	return 0;
}

HOTWEAVE_TARGET(semaphore_torture, "three threads share two units, and one that guards a counter")
{
	run_three(torturer, torturer, torturer);
	BUG_ON(down_trylock(&units) || down_trylock(&units) || !down_trylock(&units) || down_trylock(&one));
}

static int gives_too_much(void *)
{
	if (down_trylock(&one))
		up(&one);
	up(&one);
	return 0;
}

HOTWEAVE_TARGET(semaphore_torture_mutant_up, "one of them gives back what it never took")
{
	run_three(torturer, torturer, gives_too_much);
}
HOTWEAVE_EXPECT(semaphore_torture_mutant_up, "", "data-race assertion", "");

static int takes_trylock_for_true(void *)
{
	if (down_trylock(&one)) {
		count++;
		up(&one);
	}
	return 0;
}

HOTWEAVE_TARGET(semaphore_torture_mutant_trylock, "one of them takes 1 of down_trylock() for success")
{
	run_three(torturer, torturer, takes_trylock_for_true);
}
HOTWEAVE_EXPECT(semaphore_torture_mutant_trylock, "", "data-race hung-task", "");
