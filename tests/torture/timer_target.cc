// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of timers. */
#include <linux/bug.h>
#include <linux/hrtimer.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "../support/tasks.h"

struct thing {
	struct timer_list timer;
	struct hrtimer fine;
	struct hrtimer periodic; /* started once: a timer that others start anew must not be forwarded by its function */
	int ticks;
	bool gone;
};

static void tick(struct timer_list *t)
{
	struct thing *thing = from_timer(thing, t, timer);

	BUG_ON(thing->gone);
	if (++thing->ticks % 3 && hotweave_choose(2))
		mod_timer(t, jiffies + 1);
}

static enum hrtimer_restart fine_tick(struct hrtimer *t)
{
	struct thing *thing = container_of(t, struct thing, fine);

	BUG_ON(thing->gone);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart periodic_tick(struct hrtimer *t)
{
	struct thing *thing = container_of(t, struct thing, periodic);

	BUG_ON(thing->gone);
	if (hotweave_choose(4) != 1)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(t, ms_to_ktime(1));
	return HRTIMER_RESTART;
}

static struct thing *new_thing(void)
{
	struct thing *thing = (struct thing *)kzalloc(sizeof(*thing), GFP_KERNEL);

	timer_setup(&thing->timer, tick, 0);
	hrtimer_init(&thing->fine, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	thing->fine.function = fine_tick;
	hrtimer_init(&thing->periodic, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	thing->periodic.function = periodic_tick;
	return thing;
}

static void play_with(struct thing *thing)
{
	switch (hotweave_choose(6)) {
	case 1:
		timer_reduce(&thing->timer, jiffies + 1);
		break;
	case 2:
		del_timer(&thing->timer);
		break;
	case 3:
		hrtimer_start(&thing->fine, ms_to_ktime(1 + hotweave_choose(5)), HRTIMER_MODE_REL);
		break;
	case 4:
		hrtimer_try_to_cancel(&thing->fine);
		break;
	case 5:
		mod_timer_pending(&thing->timer, jiffies + 2);
		break;
	default:
		mod_timer(&thing->timer, jiffies + 1 + hotweave_choose(3));
	}
}

static struct thing *shared;

static int plays(void *)
{
	for (int i = 0; i < 3; i++)
		play_with(shared);
	return 0;
}

static void torture(int (*end)(struct timer_list *), bool cancel)
{
	struct task_struct *a, *b;

	shared = new_thing();
	hrtimer_start(&shared->periodic, ms_to_ktime(1), HRTIMER_MODE_REL);
	a = kthread_run(plays, NULL, "a");
	b = kthread_run(plays, NULL, "b");
	play_with(shared);
	hotweave_join(a);
	hotweave_join(b);
	end(&shared->timer);
	if (cancel)
		hrtimer_cancel(&shared->fine);
	hrtimer_cancel(&shared->periodic);
	shared->gone = true;
	kfree(shared);
}

HOTWEAVE_TARGET(timer_torture, "three threads arm, move and delete two timers, then their memory is freed")
{
	torture(hotweave_choose(2) ? timer_shutdown_sync : del_timer_sync, true);
}

HOTWEAVE_TARGET(timer_torture_mutant_del, "the timer is deleted without waiting for its function")
{
	torture(del_timer, true);
}
HOTWEAVE_EXPECT(timer_torture_mutant_del, "", "data-race use-after-free assertion", "");

HOTWEAVE_TARGET(timer_torture_mutant_fine, "the high-resolution timer is not cancelled")
{
	torture(del_timer_sync, false);
}
HOTWEAVE_EXPECT(timer_torture_mutant_fine, "", "data-race use-after-free assertion", "");

static DEFINE_SPINLOCK(lock);
static DEFINE_TIMER(locked, [](struct timer_list *) { spin_lock(&lock); spin_unlock(&lock); });

HOTWEAVE_TARGET(timer_torture_mutant_locked, "del_timer_sync under a lock that the function takes")
{
	struct task_struct *a = kthread_run(
		[](void *) { mod_timer(&locked, jiffies + 1); hotweave_yield("armed"); return 0; }, NULL, "a");

	hotweave_yield("started");
	spin_lock_irq(&lock);
	del_timer_sync(&locked);
	spin_unlock_irq(&lock);
	hotweave_join(a);
}
HOTWEAVE_EXPECT(timer_torture_mutant_locked, "", "deadlock lock-order irq-lock-order", "");
