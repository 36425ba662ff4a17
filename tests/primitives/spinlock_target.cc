// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of spinlock_test.cc: spinlocks, atomic context, interrupts. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_SPINLOCK(spin);
static DEFINE_SPINLOCK(other_spin);
static DEFINE_MUTEX(mutex);
static DEFINE_PERCPU_RWSEM(percpu);
static int counter;

static int count(void *)
{
	for (int i = 0; i < 3; i++) {
		spin_lock(&spin);
		counter++;
		spin_unlock(&spin);
	}
	return 0;
}

HOTWEAVE_TARGET(spin_excludes, "three threads count under one spinlock")
{
	run_three(count, count, count);
	BUG_ON(counter != 9);
}

HOTWEAVE_TARGET(spin_recursive, "a spinlock is taken twice by one task")
{
	spin_lock(&spin);
	spin_lock(&spin);
}

HOTWEAVE_TARGET(spin_unlock_unheld, "a spinlock is released that nobody holds")
{
	preempt_disable();
	spin_unlock(&spin);
}

HOTWEAVE_TARGET(spin_uninitialised, "a spinlock in fresh memory is taken")
{
	spin_lock(static_cast<spinlock_t *>(kzalloc(sizeof(spinlock_t), GFP_KERNEL)));
}

static int spin_ab(void *)
{
	spin_lock(&spin);
	spin_lock(&other_spin);
	spin_unlock(&other_spin);
	spin_unlock(&spin);
	return 0;
}

static int spin_ba(void *)
{
	spin_lock(&other_spin);
	spin_lock(&spin);
	spin_unlock(&spin);
	spin_unlock(&other_spin);
	return 0;
}

HOTWEAVE_TARGET(spin_abba, "two spinlocks are taken in both orders")
{
	run_two(spin_ab, spin_ba);
}

static int trylock_count(void *)
{
	if (spin_trylock(&spin)) {
		counter++;
		spin_unlock(&spin);
	}
	return 0;
}

HOTWEAVE_TARGET(spin_trylock_excludes, "spin_trylock and spin_lock exclude each other")
{
	run_three(trylock_count, count, trylock_count);
	BUG_ON(counter < 3);
}

/* ---- Sleeping where it is forbidden, and right after ---- */

HOTWEAVE_TARGET(spin_msleep, "msleep under a spinlock")
{
	spin_lock(&spin);
	msleep(1);
	spin_unlock(&spin);
}

HOTWEAVE_TARGET(spin_then_msleep, "msleep after a spinlock")
{
	spin_lock(&spin);
	spin_unlock(&spin);
	msleep(1);
}

HOTWEAVE_TARGET(spin_mutex, "a free mutex is taken under a spinlock")
{
	spin_lock(&spin);
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	spin_unlock(&spin);
}

HOTWEAVE_TARGET(spin_mutex_trylock, "mutex_trylock under a spinlock")
{
	spin_lock(&spin);
	if (mutex_trylock(&mutex))
		mutex_unlock(&mutex);
	spin_unlock(&spin);
}

HOTWEAVE_TARGET(spin_kmalloc, "GFP_KERNEL under a spinlock")
{
	spin_lock(&spin);
	kfree(kmalloc(8, GFP_KERNEL));
	spin_unlock(&spin);
}

HOTWEAVE_TARGET(spin_kmalloc_atomic, "GFP_ATOMIC under a spinlock")
{
	spin_lock(&spin);
	kfree(kmalloc(8, GFP_ATOMIC));
	spin_unlock(&spin);
}

HOTWEAVE_TARGET(preempt_off_sleep, "cond_resched with preemption off")
{
	preempt_disable();
	cond_resched();
	preempt_enable();
}

HOTWEAVE_TARGET(preempt_nested, "preemption goes on again with the outermost preempt_enable")
{
	preempt_disable();
	preempt_disable();
	preempt_enable();
	BUG_ON(preempt_count() != 1);
	preempt_enable();
	msleep(1);
}

HOTWEAVE_TARGET(preempt_unbalanced, "preempt_enable without preempt_disable")
{
	preempt_enable();
}

HOTWEAVE_TARGET(preempt_leak, "the task ends with preemption off")
{
	preempt_disable();
}

HOTWEAVE_TARGET(irqs_off_sleep, "msleep with interrupts off")
{
	local_irq_disable();
	msleep(1);
	local_irq_enable();
}

HOTWEAVE_TARGET(irqs_on_sleep, "msleep after interrupts went on again")
{
	unsigned long outer, inner;

	local_irq_save(outer);
	local_irq_save(inner);
	local_irq_restore(inner);
	BUG_ON(!irqs_disabled());
	local_irq_restore(outer);
	BUG_ON(irqs_disabled());
	msleep(1);
}

/* Two tasks of one CPU exclude each other while preemption is off; of two CPUs they do not. */
static int count_pinned(void *)
{
	preempt_disable();
	counter++;
	hotweave_yield("in the section");
	counter++;
	preempt_enable();
	return 0;
}

static void run_on(unsigned int first, unsigned int second)
{
	struct task_struct *a = kthread_create(count_pinned, NULL, "a");
	struct task_struct *b = kthread_create(count_pinned, NULL, "b");

	kthread_bind(a, first);
	kthread_bind(b, second);
	wake_up_process(a);
	wake_up_process(b);
	hotweave_join(a);
	hotweave_join(b);
}

HOTWEAVE_TARGET(preempt_off_one_cpu, "sections with preemption off on one CPU")
{
	run_on(1, 1);
	BUG_ON(counter != 4);
}

HOTWEAVE_TARGET(preempt_off_two_cpus, "sections with preemption off on two CPUs")
{
	run_on(1, 2);
}

/* ---- Interrupts ---- */

static int handled;

static void handler_locks(void *)
{
	spin_lock(&spin);
	counter++;
	spin_unlock(&spin);
	handled++;
}

static int plain_holder(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_locks, NULL);
	spin_lock(&spin);
	counter++;
	spin_unlock(&spin);
	return 0;
}

static int irqsave_holder(void *)
{
	unsigned long flags;

	hotweave_raise_irq(raw_smp_processor_id(), handler_locks, NULL);
	spin_lock_irqsave(&spin, flags);
	counter++;
	spin_unlock_irqrestore(&spin, flags);
	return 0;
}

static int irq_holder(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_locks, NULL);
	spin_lock_irq(&spin);
	counter++;
	spin_unlock_irq(&spin);
	return 0;
}

static bool both_counted(void)
{
	return counter == 2 && handled == 1;
}

static void run_pinned(task_fn fn)
{
	struct task_struct *t = kthread_create(fn, NULL, "holder");

	hotweave_invariant("the task and the handler have counted", both_counted, HOTWEAVE_AT_QUIESCENCE);
	kthread_bind(t, 1);
	wake_up_process(t);
	hotweave_join(t);
}

HOTWEAVE_TARGET(irq_spin_plain, "spin_lock against a handler on the same CPU that takes the lock")
{
	run_pinned(plain_holder);
}

HOTWEAVE_TARGET(irq_spin_irqsave, "spin_lock_irqsave against a handler on the same CPU that takes the lock")
{
	run_pinned(irqsave_holder);
}

HOTWEAVE_TARGET(irq_spin_irq, "spin_lock_irq against a handler on the same CPU that takes the lock")
{
	run_pinned(irq_holder);
}

static int holder_of_remote(void *)
{
	hotweave_raise_irq(2, handler_locks, NULL);
	spin_lock(&spin);
	counter++;
	spin_unlock(&spin);
	return 0;
}

HOTWEAVE_TARGET(irq_spin_other_cpu, "spin_lock against a handler on another CPU that takes the lock")
{
	run_pinned(holder_of_remote);
}

static bool in_section;

static void handler_looks(void *)
{
	BUG_ON(READ_ONCE(in_section));
	BUG_ON(!in_hardirq());
	WRITE_ONCE(handled, handled + 1);
}

static int irqs_off_section(void *)
{
	local_irq_disable();
	hotweave_raise_irq(raw_smp_processor_id(), handler_looks, NULL);
	WRITE_ONCE(in_section, true);
	hotweave_yield("with interrupts off");
	WRITE_ONCE(in_section, false);
	local_irq_enable();
	return 0;
}

static int irqs_on_section(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_looks, NULL);
	WRITE_ONCE(in_section, true);
	hotweave_yield("with interrupts on");
	WRITE_ONCE(in_section, false);
	return 0;
}

static void run_looker(task_fn fn)
{
	struct task_struct *t = kthread_create(fn, NULL, "section");

	kthread_bind(t, 1);
	wake_up_process(t);
	hotweave_join(t);
}

HOTWEAVE_TARGET(irq_masked, "no handler runs while interrupts are off")
{
	run_looker(irqs_off_section);
}

HOTWEAVE_TARGET(irq_unmasked, "a handler runs in the middle of a section with interrupts on")
{
	run_looker(irqs_on_section);
}

static bool at_the_end(void)
{
	return handled == 1;
}

HOTWEAVE_TARGET(irq_happens, "a raised interrupt is handled before the execution ends")
{
	hotweave_invariant("the handler ran once", at_the_end, HOTWEAVE_AT_QUIESCENCE);
	hotweave_raise_irq(1, handler_looks, NULL);
	hotweave_yield("raised");
}

static void handler_counts(void *)
{
	counter++;
}

static int count_with_irqs_on(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_counts, NULL);
	counter++;
	return 0;
}

static int count_with_irqs_off(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_counts, NULL);
	local_irq_disable();
	counter++;
	local_irq_enable();
	return 0;
}

HOTWEAVE_TARGET(irq_race, "a handler and the task it interrupts count")
{
	run_looker(count_with_irqs_on);
}

HOTWEAVE_TARGET(irq_no_race, "a handler and the task count, the task with interrupts off")
{
	run_looker(count_with_irqs_off);
}

static void handler_sleeps(void *)
{
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

HOTWEAVE_TARGET(irq_sleeps, "a handler takes a mutex")
{
	hotweave_raise_irq(0, handler_sleeps, NULL);
	hotweave_yield("here");
}

static void handler_leaks(void *)
{
	spin_lock(&spin);
}

HOTWEAVE_TARGET(irq_leaks_lock, "a handler returns with a spinlock held")
{
	hotweave_raise_irq(0, handler_leaks, NULL);
	hotweave_yield("here");
}

/* ---- Grace periods ---- */

static int percpu_writer(void *)
{
	percpu_down_write(&percpu);
	percpu_up_write(&percpu);
	return 0;
}

static void handler_takes_a_while(void *)
{
	hotweave_yield("in the handler");
	hotweave_yield("still in the handler");
}

static int raiser(void *)
{
	hotweave_raise_irq(0, handler_takes_a_while, NULL);
	hotweave_raise_irq(1, handler_takes_a_while, NULL);
	return 0;
}

HOTWEAVE_TARGET(irq_in_grace_period, "a grace period does not miss the end of an interrupt")
{
	run_two(raiser, percpu_writer);
}

static int writer_done;   /* 1: it waits for a grace period; 2: that is over */

static int waits_for_grace_period(void *)
{
	WRITE_ONCE(writer_done, 1);
	percpu_down_write(&percpu);
	WRITE_ONCE(writer_done, 2);
	percpu_up_write(&percpu);
	return 0;
}

static void looks_twice(void)
{
	int before = READ_ONCE(writer_done);

	hotweave_yield("in the section");
	BUG_ON(before == 0 && READ_ONCE(writer_done) == 2);
}

static int looks_with_irqs_off(void *)
{
	local_irq_disable();
	looks_twice();
	local_irq_enable();
	return 0;
}

static int looks_with_preemption_off(void *)
{
	preempt_disable();
	looks_twice();
	preempt_enable();
	return 0;
}

static int looks_anyhow(void *)
{
	looks_twice();
	return 0;
}

HOTWEAVE_TARGET(grace_period_irqs_off, "a grace period waits for a section with interrupts off")
{
	run_two(looks_with_irqs_off, waits_for_grace_period);
}

HOTWEAVE_TARGET(grace_period_preempt_off, "a grace period waits for a section with preemption off")
{
	run_two(looks_with_preemption_off, waits_for_grace_period);
}

HOTWEAVE_TARGET(grace_period_no_section, "a grace period waits for no other code")
{
	run_two(looks_anyhow, waits_for_grace_period);
}
