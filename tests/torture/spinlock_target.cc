// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of spinlocks against tasks, softirqs and hard interrupts. */
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_SPINLOCK(irq_lock); /* of tasks, softirqs and hard handlers */
static DEFINE_RAW_SPINLOCK(bh_lock); /* of tasks and softirqs */
static int inside_irq, inside_bh, count;

static void hold_irq(void)
{
	BUG_ON(inside_irq++);
	count++;
	BUG_ON(--inside_irq);
}

static void hold_bh(void)
{
	BUG_ON(inside_bh++);
	BUG_ON(--inside_bh);
}

static void hard(void *)
{
	BUG_ON(!in_hardirq());
	spin_lock(&irq_lock);
	hold_irq();
	spin_unlock(&irq_lock);
	if (hotweave_choose(2))
		raise_softirq_irqoff(NET_RX_SOFTIRQ);
}

static void soft(struct softirq_action *)
{
	unsigned long flags;

	BUG_ON(!in_serving_softirq() || irqs_disabled());
	raw_spin_lock(&bh_lock);
	hold_bh();
	raw_spin_unlock(&bh_lock);
	spin_lock_irqsave(&irq_lock, flags);
	hold_irq();
	spin_unlock_irqrestore(&irq_lock, flags);
}

static void with_irqs_off(void)
{
	unsigned long flags;

	switch (hotweave_choose(3)) {
	case 0:
		spin_lock_irq(&irq_lock);
		hold_irq();
		spin_unlock_irq(&irq_lock);
		break;
	case 1:
		spin_lock_irqsave(&irq_lock, flags);
		hold_irq();
		spin_unlock_irqrestore(&irq_lock, flags);
		break;
	case 2:
		if (!spin_trylock_irqsave(&irq_lock, flags))
			break;
		hold_irq();
		spin_unlock_irqrestore(&irq_lock, flags);
	}
}

static void with_bh_off(void)
{
	raw_spin_lock_bh(&bh_lock);
	hold_bh();
	if (hotweave_choose(2))
		with_irqs_off();
	raw_spin_unlock_bh(&bh_lock);
}

static int task(void *)
{
	for (int i = 0; i < 2; i++) {
		switch (hotweave_choose(4)) {
		case 0: with_irqs_off(); break;
		case 1: with_bh_off(); break;
		case 2: hotweave_raise_irq(raw_smp_processor_id(), hard, NULL); break;
		case 3: raise_softirq(NET_RX_SOFTIRQ);
		}
		BUG_ON(preempt_count() || irqs_disabled());
	}
	return 0;
}

HOTWEAVE_TARGET(spinlock_torture, "tasks, softirqs and handlers under two spinlocks in all forms")
{
	open_softirq(NET_RX_SOFTIRQ, soft);
	run_three(task, task, task);
}

static int plain_against_hard(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), hard, NULL);
	spin_lock(&irq_lock);
	hold_irq();
	spin_unlock(&irq_lock);
	return 0;
}

HOTWEAVE_TARGET(spinlock_torture_mutant_irq, "one task leaves interrupts on under the lock of a hard handler")
{
	open_softirq(NET_RX_SOFTIRQ, soft);
	run_three(task, task, plain_against_hard);
}
HOTWEAVE_EXPECT(spinlock_torture_mutant_irq, "", "deadlock irq-lock-order", "");

static int plain_against_soft(void *)
{
	raise_softirq(NET_RX_SOFTIRQ);
	raw_spin_lock(&bh_lock);
	hold_bh();
	raw_spin_unlock(&bh_lock);
	return 0;
}

HOTWEAVE_TARGET(spinlock_torture_mutant_bh, "one task leaves bottom halves on under the lock of a softirq")
{
	open_softirq(NET_RX_SOFTIRQ, soft);
	run_three(task, task, plain_against_soft);
}
HOTWEAVE_EXPECT(spinlock_torture_mutant_bh, "", "deadlock irq-lock-order", "");

static int forgets(void *)
{
	spin_lock_irq(&irq_lock);
	hold_irq();
	spin_unlock(&irq_lock);
	return 0;
}

HOTWEAVE_TARGET(spinlock_torture_mutant_unlock, "one task forgets to turn interrupts on again")
{
	open_softirq(NET_RX_SOFTIRQ, soft);
	run_three(task, task, forgets);
}
HOTWEAVE_EXPECT(spinlock_torture_mutant_unlock, "", "lock-leak", "");
