// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of rwlocks, against handlers that read. */
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_RWLOCK(lock);
static int a, b;

static void read_both(void)
{
	BUG_ON(a != b);
}

static void write_both(void)
{
	a++;
	b++;
}

static void hard(void *)
{
	read_lock(&lock);
	read_both();
	if (hotweave_choose(2)) {
		read_lock(&lock); /* recursive in interrupts */
		read_unlock(&lock);
	}
	read_unlock(&lock);
}

static void reader(void)
{
	switch (hotweave_choose(4)) {
	case 0:
		read_lock(&lock);
		read_both();
		read_unlock(&lock);
		break;
	case 1:
		read_lock_bh(&lock);
		read_both();
		read_lock_bh(&lock);
		read_unlock_bh(&lock);
		read_unlock_bh(&lock);
		break;
	case 2:
		if (!read_trylock(&lock))
			break;
		read_both();
		read_unlock(&lock);
		break;
	case 3:
		read_lock_irq(&lock);
		read_both();
		read_unlock_irq(&lock);
	}
}

static void writer(void)
{
	unsigned long flags;

	switch (hotweave_choose(3)) {
	case 0:
		write_lock_irq(&lock);
		write_both();
		write_unlock_irq(&lock);
		break;
	case 1:
		write_lock_irqsave(&lock, flags);
		write_both();
		write_unlock_irqrestore(&lock, flags);
		break;
	case 2:
		if (!write_trylock_irqsave(&lock, flags))
			break;
		write_both();
		write_unlock_irqrestore(&lock, flags);
	}
}

static int task(void *)
{
	for (int i = 0; i < 3; i++) {
		switch (hotweave_choose(3)) {
		case 0: reader(); break;
		case 1: writer(); break;
		case 2: hotweave_raise_irq(raw_smp_processor_id(), hard, NULL);
		}
		BUG_ON(preempt_count() || irqs_disabled());
	}
	return 0;
}

HOTWEAVE_TARGET(rwlock_torture, "readers, writers and reading handlers of one rwlock")
{
	run_three(task, task, task);
}

static int nests(void *)
{
	read_lock(&lock);
	read_lock(&lock);
	read_both();
	read_unlock(&lock);
	read_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(rwlock_torture_mutant_nested, "one task nests its read side in task context")
{
	run_three(task, task, nests);
}
HOTWEAVE_EXPECT(rwlock_torture_mutant_nested, "", "deadlock recursive-lock lock-order", "");

static int reads_and_writes(void *)
{
	read_lock(&lock);
	write_both();
	read_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(rwlock_torture_mutant_writes, "one task writes under the read side")
{
	run_three(task, task, reads_and_writes);
}
HOTWEAVE_EXPECT(rwlock_torture_mutant_writes, "", "data-race assertion", "");

static int writes_plainly(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), hard, NULL);
	write_lock(&lock);
	write_both();
	write_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(rwlock_torture_mutant_irq, "one writer leaves interrupts on")
{
	run_three(task, task, writes_plainly);
}
HOTWEAVE_EXPECT(rwlock_torture_mutant_irq, "", "deadlock irq-lock-order", "");
