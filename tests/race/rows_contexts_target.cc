// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: rwlocks, raw, bit and local locks, softirqs, tasklets, interrupt lines, IPIs. */
#include <linux/bit_spinlock.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/local_lock.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "rows.h"

static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_RWLOCK(rw);
static unsigned long word;
static DEFINE_PER_CPU(local_lock_t, local) = INIT_LOCAL_LOCK(local);

#define SECTIONS(name, in1, out1, in2, out2)                                    \
	static int first_##name(void *) { in1; first_access(); out1; return 0; }  \
	static int second_##name(void *) { in2; second_access(); out2; return 0; } \
	static __maybe_unused void sync_##name(void) { run_two(first_##name, second_##name); }
#define SECTION(name, in, out) SECTIONS(name, in, out, in, out)

SECTION(raw_spin, raw_spin_lock(&raw), raw_spin_unlock(&raw))
ORDERED(raw_spin);
SECTION(rw_write, write_lock(&rw), write_unlock(&rw))
ORDERED(rw_write);
SECTIONS(rw_read, write_lock(&rw), write_unlock(&rw), read_lock(&rw), read_unlock(&rw))
ORDERED(rw_read);
SECTIONS(rw_read_bh, write_lock_bh(&rw), write_unlock_bh(&rw), read_lock_bh(&rw), read_unlock_bh(&rw))
ORDERED(rw_read_bh);
SECTION(rw_readers, read_lock(&rw), read_unlock(&rw))
UNORDERED(rw_readers);
SECTIONS(rw_read_trylock, write_lock(&rw), write_unlock(&rw), if (!read_trylock(&rw)) return 0, read_unlock(&rw))
ORDERED(rw_read_trylock);
SECTIONS(rw_write_trylock, write_lock(&rw), write_unlock(&rw), if (!write_trylock(&rw)) return 0, write_unlock(&rw))
ORDERED(rw_write_trylock);
SECTION(bit_spin, bit_spin_lock(1, &word), bit_spin_unlock(1, &word))
ORDERED(bit_spin);
SECTIONS(bit_spin_other, bit_spin_lock(1, &word), bit_spin_unlock(1, &word), bit_spin_lock(2, &word),
	 bit_spin_unlock(2, &word))
UNORDERED(bit_spin_other);

static void run_on(task_fn a, unsigned int first, task_fn b, unsigned int second)
{
	struct task_struct *ta = kthread_create_on_cpu(a, NULL, first, "a%u");
	struct task_struct *tb = kthread_create_on_cpu(b, NULL, second, "b%u");

	wake_up_process(ta);
	wake_up_process(tb);
	hotweave_join(ta);
	hotweave_join(tb);
}

SECTION(local, local_lock(&local), local_unlock(&local))
static void sync_local_one_cpu(void) { run_on(first_local, 1, second_local, 1); }
ORDERED(local_one_cpu);
static void sync_local_two_cpus(void) { run_on(first_local, 1, second_local, 2); }
UNORDERED(local_two_cpus);

SECTION(bh, local_bh_disable(), local_bh_enable())
static void sync_bh_one_cpu(void) { run_on(first_bh, 1, second_bh, 1); }
ORDERED(bh_one_cpu);

SECTIONS(preempt_bh, preempt_disable(), preempt_enable(), local_bh_disable(), local_bh_enable())
static void sync_preempt_then_bh(void) { run_on(first_preempt_bh, 1, second_preempt_bh, 1); }
ORDERED(preempt_then_bh);
static void sync_bh_two_cpus(void) { run_on(first_bh, 1, second_bh, 2); }
UNORDERED(bh_two_cpus);

/* ---- Softirqs and tasklets: what precedes the raise, what keeps them off ---- */

static void soft(struct softirq_action *) { second_access(); }

static int nothing(void *) { return 0; }

static int first_then_raise(void *)
{
	first_access();
	raise_softirq(NET_RX_SOFTIRQ);
	return 0;
}

static int raise_then_first(void *)
{
	raise_softirq(NET_RX_SOFTIRQ);
	first_access();
	return 0;
}

static int raise_then_first_bh(void *)
{
	raise_softirq(NET_RX_SOFTIRQ);
	local_bh_disable();
	first_access();
	local_bh_enable();
	return 0;
}

#define SOFTIRQ(name, fn)                                       \
	static void sync_##name(void)                           \
	{                                                       \
		open_softirq(NET_RX_SOFTIRQ, soft);             \
		run_on(fn, 1, nothing, 2);                      \
	}
SOFTIRQ(softirq_raised, first_then_raise)
ORDERED(softirq_raised);
SOFTIRQ(softirq_meanwhile, raise_then_first)
UNORDERED(softirq_meanwhile);
SOFTIRQ(softirq_bh_off, raise_then_first_bh)
ORDERED(softirq_bh_off);

static void soft_first(struct softirq_action *) { first_access(); }

static int raise_then_second(void *)
{
	local_bh_disable();
	raise_softirq(NET_RX_SOFTIRQ);
	local_bh_enable();
	second_access();
	return 0;
}

static void sync_softirq_done(void)
{
	open_softirq(NET_RX_SOFTIRQ, soft_first);
	run_on(raise_then_second, 1, nothing, 2);
}
ORDERED(softirq_done);

/* An interrupt raises it, before, in or after the section. */
static void hard_raises(void *) { raise_softirq_irqoff(NET_RX_SOFTIRQ); }

static void sync_softirq_of_irq(void)
{
	open_softirq(NET_RX_SOFTIRQ, soft);
	hotweave_raise_irq(1, hard_raises, NULL);
	run_on(first_bh, 1, nothing, 2);
}
ORDERED(softirq_of_irq);

static int first_irqs_off(void *)
{
	local_irq_disable();
	first_access();
	local_irq_enable();
	return 0;
}

static void sync_irqs_off_and_softirq(void)
{
	open_softirq(NET_RX_SOFTIRQ, soft);
	hotweave_raise_irq(1, hard_raises, NULL);
	run_on(first_irqs_off, 1, nothing, 2);
}
ORDERED(irqs_off_and_softirq);

static void tasklet_second(struct tasklet_struct *) { second_access(); }
static DECLARE_TASKLET(tasklet, tasklet_second);
static void tasklet_first(struct tasklet_struct *) { first_access(); }
static DECLARE_TASKLET(tasklet_of_first, tasklet_first);

static int first_then_schedule(void *)
{
	first_access();
	tasklet_schedule(&tasklet);
	return 0;
}

static void sync_tasklet_scheduled(void) { run_on(first_then_schedule, 1, nothing, 2); }
ORDERED(tasklet_scheduled);

static void sync_tasklet_killed(void)
{
	tasklet_schedule(&tasklet_of_first);
	tasklet_kill(&tasklet_of_first);
	second_access();
}
ORDERED(tasklet_killed);

static void sync_tasklet_disabled(void)
{
	tasklet_schedule(&tasklet);
	tasklet_disable(&tasklet);
	first_access();
	tasklet_enable(&tasklet);
}
ORDERED(tasklet_disabled);

static void sync_tasklet_meanwhile(void)
{
	tasklet_schedule(&tasklet);
	first_access();
}
UNORDERED(tasklet_meanwhile);

/* ---- Interrupt lines and IPIs ---- */

static irqreturn_t handler(int, void *)
{
	second_access();
	return IRQ_HANDLED;
}

static int first_then_request(void *)
{
	first_access();
	(void)request_irq(5, handler, 0, "row", NULL);
	hotweave_fire_irq(5);
	return 0;
}

static void sync_irq_requested(void) { run_on(first_then_request, 1, nothing, 2); }
ORDERED(irq_requested);

static void sync_irq_enabled(void)
{
	(void)request_irq(5, handler, 0, "row", NULL);
	hotweave_fire_irq(5);
	disable_irq(5);
	first_access();
	enable_irq(5);
}
ORDERED(irq_enabled);

static void sync_irq_freed(void)
{
	(void)request_irq(5, handler, 0, "row", NULL);
	hotweave_fire_irq(5);
	free_irq(5, NULL);
	first_access();
}
ORDERED(irq_freed);

static void sync_irq_fired(void)
{
	(void)request_irq(5, handler, 0, "row", NULL);
	first_access();
	hotweave_fire_irq(5);
}
UNORDERED(irq_fired);

static void ipi_second(void *) { second_access(); }
static void ipi_first(void *) { first_access(); }

static int calls_after_first(void *)
{
	first_access();
	smp_call_function_single(2, ipi_second, NULL, 0);
	return 0;
}

static int calls_and_waits(void *)
{
	smp_call_function_single(2, ipi_first, NULL, 1);
	second_access();
	return 0;
}

static int calls_and_does_not(void *)
{
	smp_call_function_single(2, ipi_first, NULL, 0);
	second_access();
	return 0;
}

static void sync_ipi_called(void) { run_on(calls_after_first, 1, nothing, 0); }
ORDERED(ipi_called);
static void sync_ipi_awaited(void) { run_on(calls_and_waits, 1, nothing, 0); }
ORDERED(ipi_awaited);
static void sync_ipi_not_awaited(void) { run_on(calls_and_does_not, 1, nothing, 0); }
UNORDERED(ipi_not_awaited);
