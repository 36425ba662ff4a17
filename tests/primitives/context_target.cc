// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of context_test.cc: what preempt_count() says, what each context forbids and keeps out. */
#include <linux/bottom_half.h>
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/local_lock.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_SPINLOCK(spin);
static int counter;
static int ran;

static void soft_looks(struct softirq_action *)
{
	BUG_ON(!in_serving_softirq() || !in_softirq() || !in_interrupt() || in_hardirq() || in_task());
	BUG_ON(irqs_disabled() || preemptible());
	lockdep_assert_in_softirq();
	lockdep_assert_irqs_enabled();
	local_bh_disable();
	BUG_ON(softirq_count() != SOFTIRQ_OFFSET + SOFTIRQ_DISABLE_OFFSET);
	local_bh_enable();
	WRITE_ONCE(ran, READ_ONCE(ran) + 1);
}

static void hard_looks(void *)
{
	BUG_ON(!in_hardirq() || !in_irq() || !in_interrupt() || in_task());
	BUG_ON(hardirq_count() != HARDIRQ_OFFSET);
	BUG_ON(!irqs_disabled());
	lockdep_assert_in_irq();
	lockdep_assert_irqs_disabled();
	cant_sleep();
	WRITE_ONCE(ran, READ_ONCE(ran) + 1);
}

HOTWEAVE_TARGET(context_counts, "preempt_count() and its relatives in every context")
{
	unsigned long flags;

	BUG_ON(preempt_count() || in_atomic() || in_interrupt() || !in_task() || !preemptible());
	lockdep_assert_preemption_enabled();
	preempt_disable();
	BUG_ON(preempt_count() != PREEMPT_OFFSET || !in_atomic() || in_interrupt() || preemptible());
	lockdep_assert_preemption_disabled();
	cant_sleep();
	cant_migrate();
	preempt_enable();
	local_bh_disable();
	BUG_ON(preempt_count() != SOFTIRQ_DISABLE_OFFSET || !in_softirq() || in_serving_softirq() || !in_task());
	local_bh_enable();
	spin_lock_bh(&spin);
	BUG_ON(preempt_count() != SOFTIRQ_LOCK_OFFSET);
	spin_unlock_bh(&spin);
	local_irq_save(flags);
	BUG_ON(preempt_count() || !irqs_disabled() || preemptible() || in_interrupt());
	local_irq_restore(flags);
	migrate_disable();
	cant_migrate();
	BUG_ON(!preemptible());
	msleep(1);
	migrate_enable();
	BUG_ON(preempt_count());
	open_softirq(NET_RX_SOFTIRQ, soft_looks);
	local_bh_disable();
	raise_softirq(NET_RX_SOFTIRQ);
	BUG_ON(READ_ONCE(ran));
	local_bh_enable();
	BUG_ON(READ_ONCE(ran) != 1);
	hotweave_raise_irq(0, hard_looks, NULL);
	hotweave_yield("raised");
}

static void hard_over_held_lock(void *)
{
	/* The count includes that of the task underneath. */
	BUG_ON((preempt_count() & PREEMPT_MASK) != READ_ONCE(counter));
}

static int holds_lock(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), hard_over_held_lock, NULL);
	local_irq_disable();
	spin_lock(&spin);
	WRITE_ONCE(counter, 1);
	local_irq_enable();
	hotweave_yield("with the lock held");
	local_irq_disable();
	WRITE_ONCE(counter, 0);
	spin_unlock(&spin);
	local_irq_enable();
	return 0;
}

static void run_on_one(task_fn fn)
{
	struct task_struct *t = kthread_create(fn, NULL, "pinned");

	kthread_bind(t, 1);
	wake_up_process(t);
	hotweave_join(t);
}

HOTWEAVE_TARGET(context_count_of_interrupted, "a handler's preempt_count() includes that of what it interrupted")
{
	run_on_one(holds_lock);
}

/* ---- What each context forbids ---- */

#define MISUSE(name, words, ...)   \
	HOTWEAVE_TARGET(name, words) \
	{                            \
		__VA_ARGS__          \
	}
MISUSE(context_bh_off_sleep, "msleep with bottom halves off", local_bh_disable(); msleep(1);)
MISUSE(context_bh_on_sleep, "msleep after bottom halves", local_bh_disable(); local_bh_enable(); msleep(1);)
MISUSE(context_non_block_sleep, "msleep after non_block_start", non_block_start(); msleep(1);)
MISUSE(context_non_block_over, "msleep after non_block_end", non_block_start(); non_block_end(); msleep(1);)
MISUSE(context_bh_leak, "the task ends with bottom halves off", local_bh_disable();)
MISUSE(context_migrate_leak, "the task ends with migration off", migrate_disable();)
MISUSE(context_irq_leak, "the task ends with interrupts off", local_irq_disable();)
MISUSE(context_bh_unbalanced, "local_bh_enable too often", local_bh_enable();)
MISUSE(context_migrate_unbalanced, "migrate_enable too often", migrate_enable();)
MISUSE(context_bh_enable_irqs_off, "local_bh_enable with interrupts off",
       local_bh_disable(); local_irq_disable(); local_bh_enable();)
MISUSE(context_restore_twice, "local_irq_restore with interrupts on",
       unsigned long flags; local_irq_save(flags); local_irq_restore(flags); local_irq_restore(flags);)
MISUSE(context_smp_id, "smp_processor_id in preemptible code", smp_processor_id();)
MISUSE(context_smp_id_ok, "smp_processor_id where it stays true",
       get_cpu(); put_cpu(); migrate_disable(); smp_processor_id(); migrate_enable(); local_irq_disable();
       smp_processor_id(); local_irq_enable(); raw_smp_processor_id();)
MISUSE(context_cant_sleep, "cant_sleep in preemptible code", cant_sleep();)
MISUSE(context_cant_migrate, "cant_migrate in preemptible code", cant_migrate();)
MISUSE(context_assert_irqs, "lockdep_assert_irqs_disabled with interrupts on", lockdep_assert_irqs_disabled();)
MISUSE(context_assert_irqs_on, "lockdep_assert_irqs_enabled with interrupts off",
       local_irq_disable(); lockdep_assert_irqs_enabled();)
MISUSE(context_assert_in_irq, "lockdep_assert_in_irq in a task", lockdep_assert_in_irq();)
MISUSE(context_assert_preemption, "lockdep_assert_preemption_disabled in preemptible code",
       lockdep_assert_preemption_disabled();)
MISUSE(context_raise_irqoff, "raise_softirq_irqoff with interrupts on", raise_softirq_irqoff(NET_TX_SOFTIRQ);)

static void hard_enables(void *)
{
	local_irq_enable();
}

static void hard_bh(void *)
{
	local_bh_disable();
}

static void hard_locks_irq(void *)
{
	spin_lock_irq(&spin);
	spin_unlock_irq(&spin);
}

static void hard_locks_irqsave(void *)
{
	unsigned long flags;

	spin_lock_irqsave(&spin, flags);
	spin_unlock_irqrestore(&spin, flags);
}

static void hard_leaks_preempt(void *)
{
	preempt_disable();
}

MISUSE(context_handler_enables, "a handler enables interrupts",
       hotweave_raise_irq(0, hard_enables, NULL); hotweave_yield("here");)
MISUSE(context_handler_unlocks_irq, "a handler uses spin_unlock_irq",
       hotweave_raise_irq(0, hard_locks_irq, NULL); hotweave_yield("here");)
MISUSE(context_handler_irqsave, "a handler uses spin_lock_irqsave",
       hotweave_raise_irq(0, hard_locks_irqsave, NULL); hotweave_yield("here");)
MISUSE(context_handler_bh, "a handler disables bottom halves",
       hotweave_raise_irq(0, hard_bh, NULL); hotweave_yield("here");)
MISUSE(context_handler_leaks, "a handler returns with preemption off",
       hotweave_raise_irq(0, hard_leaks_preempt, NULL); hotweave_yield("here");)

/* ---- What each keeps out, and therefore orders ---- */

static void hard_counts(void *)
{
	counter++;
}

static int counts_in_nested_irqs_off(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), hard_counts, NULL);
	preempt_disable();
	local_irq_disable();
	counter++;
	local_irq_enable();
	preempt_enable();
	return 0;
}

static int counts_with_preemption_off(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), hard_counts, NULL);
	preempt_disable();
	counter++;
	preempt_enable();
	return 0;
}

static int counts_with_bh_off(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), hard_counts, NULL);
	local_bh_disable();
	counter++;
	local_bh_enable();
	return 0;
}

HOTWEAVE_TARGET(order_irqs_off_in_preempt_off, "interrupts off within preemption off keeps a handler out")
{
	run_on_one(counts_in_nested_irqs_off);
}

HOTWEAVE_TARGET(order_preempt_off_and_irq, "preemption off keeps no handler out")
{
	run_on_one(counts_with_preemption_off);
}

HOTWEAVE_TARGET(order_bh_off_and_irq, "bottom halves off keeps no hard handler out")
{
	run_on_one(counts_with_bh_off);
}

static void soft_counts(struct softirq_action *)
{
	counter++;
}

static int soft_against(void (*off)(void), void (*on)(void))
{
	open_softirq(NET_TX_SOFTIRQ, soft_counts);
	raise_softirq(NET_TX_SOFTIRQ);
	off();
	counter++;
	on();
	return 0;
}

static int soft_and_bh_off(void *) { return soft_against(local_bh_disable, local_bh_enable); }
static int soft_and_irqs_off(void *) { return soft_against(local_irq_disable, local_irq_enable); }
static int soft_and_preempt_off(void *) { return soft_against(preempt_disable, preempt_enable); }

HOTWEAVE_TARGET(order_bh_off_and_softirq, "bottom halves off keeps a softirq out")
{
	run_on_one(soft_and_bh_off);
}

HOTWEAVE_TARGET(order_irqs_off_and_softirq, "interrupts off keeps a softirq out")
{
	run_on_one(soft_and_irqs_off);
}

HOTWEAVE_TARGET(order_preempt_off_and_softirq, "preemption off keeps no softirq out")
{
	run_on_one(soft_and_preempt_off);
}

static void soft_counts_irqs_off(struct softirq_action *)
{
	local_irq_disable();
	counter++;
	local_irq_enable();
}

static int soft_and_hard(void *)
{
	raise_softirq(NET_TX_SOFTIRQ);
	hotweave_raise_irq(raw_smp_processor_id(), hard_counts, NULL);
	return 0;
}

HOTWEAVE_TARGET(order_softirq_and_irq, "a hard handler comes on top of a softirq")
{
	open_softirq(NET_TX_SOFTIRQ, soft_counts);
	run_on_one(soft_and_hard);
}

HOTWEAVE_TARGET(order_softirq_irqs_off_and_irq, "a softirq with interrupts off keeps a hard handler out")
{
	open_softirq(NET_TX_SOFTIRQ, soft_counts_irqs_off);
	run_on_one(soft_and_hard);
}

/* ---- Local locks ---- */

struct local_data {
	local_lock_t lock;
	int value;
};
static DEFINE_PER_CPU(struct local_data, local) = { INIT_LOCAL_LOCK(lock), 0 };

static int adds_locally(void *)
{
	local_lock(&local.lock);
	this_cpu_ptr(&local)->value++;
	hotweave_yield("inside");
	this_cpu_ptr(&local)->value++;
	local_unlock(&local.lock);
	return 0;
}

HOTWEAVE_TARGET(local_lock_excludes, "a local lock keeps tasks of one CPU apart")
{
	run_three(adds_locally, adds_locally, adds_locally);
	BUG_ON(per_cpu(local, 0).value + per_cpu(local, 1).value + per_cpu(local, 2).value != 6);
}

static void handler_takes_local(void *)
{
	unsigned long flags;

	local_lock_irqsave(&local.lock, flags);
	this_cpu_ptr(&local)->value++;
	local_unlock_irqrestore(&local.lock, flags);
}

static int takes_local_with_irqs_on(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_takes_local, NULL);
	return adds_locally(NULL);
}

static int takes_local_with_irqs_off(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_takes_local, NULL);
	local_lock_irq(&local.lock);
	this_cpu_ptr(&local)->value++;
	local_unlock_irq(&local.lock);
	return 0;
}

HOTWEAVE_TARGET(local_lock_and_irq, "a handler takes the local lock that it finds held")
{
	run_on_one(takes_local_with_irqs_on);
}

HOTWEAVE_TARGET(local_lock_irq_and_irq, "a handler takes the local lock, the task with interrupts off")
{
	run_on_one(takes_local_with_irqs_off);
}

HOTWEAVE_TARGET(local_lock_unheld, "a local lock is released that is not held")
{
	preempt_disable();
	local_unlock(&local.lock);
}
