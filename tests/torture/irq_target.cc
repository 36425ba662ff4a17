// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of tasklets, softirqs, an interrupt line and IPIs. */
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_SPINLOCK(lock);
static int events;          /* of lock: what the handler has seen and the tasklet has not */
static int running;         /* of the tasklet */
static int done;
static int mark[3];         /* of each CPU, written there by IPIs */

static void tasklet_fn(struct tasklet_struct *)
{
	BUG_ON(!in_serving_softirq());
	BUG_ON(running++);
	spin_lock_irq(&lock);
	done += events;
	events = 0;
	spin_unlock_irq(&lock);
	running--;
}

static DECLARE_TASKLET(tasklet, tasklet_fn);

static irqreturn_t handler(int, void *)
{
	spin_lock(&lock);
	events++;
	spin_unlock(&lock);
	tasklet_schedule(&tasklet);
	return IRQ_HANDLED;
}

static void ipi(void *info)
{
	BUG_ON(!irqs_disabled());
	mark[raw_smp_processor_id()] += *(int *)info;
}

static void call_others(void)
{
	int by = 1;

	switch (hotweave_choose(3)) {
	case 0: on_each_cpu(ipi, &by, 1); break;
	case 1: smp_call_function_single((int)hotweave_choose(3), ipi, &by, 1); break;
	case 2: kick_all_cpus_sync();
	}
}

static void line_off(void)
{
	disable_irq(5);
	spin_lock_irq(&lock);
	BUG_ON(events < 0);
	spin_unlock_irq(&lock);
	enable_irq(5);
}

static void tasklet_off(void)
{
	tasklet_disable(&tasklet);
	BUG_ON(running);
	tasklet_enable(&tasklet);
}

static int task(void *)
{
	for (int i = 0; i < 2; i++) {
		switch (hotweave_choose(6)) {
		case 0: hotweave_fire_irq(5); break;
		case 1: call_others(); break;
		case 2: tasklet_schedule(&tasklet); break;
		case 3: tasklet_off(); break;
		case 4: synchronize_irq(5); break;
		case 5: line_off();
		}
		BUG_ON(preempt_count() || irqs_disabled());
	}
	return 0;
}

static void run(task_fn last)
{
	BUG_ON(request_irq(5, handler, 0, "torture", NULL));
	run_three(task, task, last);
	free_irq(5, NULL);
	tasklet_kill(&tasklet);
	BUG_ON(events || running);
}

HOTWEAVE_TARGET(irq_torture, "an interrupt line with its tasklet, and IPIs")
{
	run(task);
}

static int locks_with_irqs_on(void *)
{
	hotweave_fire_irq(5);
	spin_lock(&lock);
	events += 0;
	spin_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(irq_torture_mutant_lock, "a lock of the handler is taken with interrupts on")
{
	run(locks_with_irqs_on);
}
HOTWEAVE_EXPECT(irq_torture_mutant_lock, "", "deadlock irq-lock-order", "");

static int ipi_under_lock(void *)
{
	int by = 1;

	spin_lock_irq(&lock);
	on_each_cpu(ipi, &by, 1);
	spin_unlock_irq(&lock);
	return 0;
}

HOTWEAVE_TARGET(irq_torture_mutant_ipi, "one task calls other CPUs with interrupts off")
{
	run(ipi_under_lock);
}
HOTWEAVE_EXPECT(irq_torture_mutant_ipi, "", "assertion", "");

static int marks_elsewhere(void *)
{
	mark[1]++;
	return 0;
}

HOTWEAVE_TARGET(irq_torture_mutant_mark, "one task writes the data of a CPU from anywhere")
{
	run(marks_elsewhere);
}
HOTWEAVE_EXPECT(irq_torture_mutant_mark, "", "data-race", "");

static int never_killed(void *)
{
	tasklet_schedule(&tasklet);
	running++;
	hotweave_yield("in the data of the tasklet");
	running--;
	return 0;
}

HOTWEAVE_TARGET(irq_torture_mutant_tasklet, "one task uses the tasklet's data without keeping it off")
{
	run(never_killed);
}
HOTWEAVE_EXPECT(irq_torture_mutant_tasklet, "", "data-race", "");
