// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: locks, and sections with preemption, bottom halves or interrupts off. */
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/preempt.h>
#include <linux/rwsem.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>

#include "rows.h"

static DEFINE_MUTEX(mutex_a);
static DEFINE_MUTEX(mutex_b);
static DEFINE_SPINLOCK(spin);
static DECLARE_RWSEM(sem);
DEFINE_STATIC_PERCPU_RWSEM(percpu_sem);
static DEFINE_SEQLOCK(seq);

/* SECTIONS(name, enter_first, leave_first, enter_second, leave_second): each task's access in a section. */
#define SECTIONS(name, in1, out1, in2, out2)                                    \
	static int first_##name(void *) { in1; first_access(); out1; return 0; }  \
	static int second_##name(void *) { in2; second_access(); out2; return 0; } \
	static __maybe_unused void sync_##name(void) { run_two(first_##name, second_##name); }
/* The same section in both. */
#define SECTION(name, in, out) SECTIONS(name, in, out, in, out)
/* The access only if the section could be entered. */
#define TRY_SECTION(name, try_in, out)                                                                \
	static int first_##name(void *) { if (try_in) { first_access(); out; } return 0; }            \
	static int second_##name(void *) { if (try_in) { second_access(); out; } return 0; }          \
	static __maybe_unused void sync_##name(void) { run_two(first_##name, second_##name); }

SECTION(mutex_lock, mutex_lock(&mutex_a), mutex_unlock(&mutex_a))
ORDERED(mutex_lock);
SECTIONS(two_mutexes, mutex_lock(&mutex_a), mutex_unlock(&mutex_a), mutex_lock(&mutex_b), mutex_unlock(&mutex_b))
UNORDERED(two_mutexes);
SECTIONS(one_side_locks, mutex_lock(&mutex_a), mutex_unlock(&mutex_a), (void)0, (void)0)
UNORDERED(one_side_locks);
SECTIONS(after_unlock, mutex_lock(&mutex_a), mutex_unlock(&mutex_a), (mutex_lock(&mutex_a), mutex_unlock(&mutex_a)), (void)0)
UNORDERED(after_unlock);
TRY_SECTION(mutex_trylock, mutex_trylock(&mutex_a), mutex_unlock(&mutex_a))
ORDERED(mutex_trylock);

/* A trylock that fails orders nothing. */
static int first_failed_trylock(void *)
{
	mutex_lock(&mutex_a);
	first_access();
	mutex_unlock(&mutex_a);
	return 0;
}

static int second_failed_trylock(void *)
{
	if (!mutex_trylock(&mutex_a))
		second_access();
	else
		mutex_unlock(&mutex_a);
	return 0;
}

static void sync_failed_trylock(void) { run_two(first_failed_trylock, second_failed_trylock); }
UNORDERED(failed_trylock);

SECTION(spin_lock, spin_lock(&spin), spin_unlock(&spin))
ORDERED(spin_lock);
TRY_SECTION(spin_trylock, spin_trylock(&spin), spin_unlock(&spin))
ORDERED(spin_trylock);
SECTION(down_write, down_write(&sem), up_write(&sem))
ORDERED(down_write);
SECTIONS(write_then_read, down_write(&sem), up_write(&sem), down_read(&sem), up_read(&sem))
ORDERED(write_then_read);
SECTION(down_read, down_read(&sem), up_read(&sem))
UNORDERED(down_read);
TRY_SECTION(down_write_trylock, down_write_trylock(&sem), up_write(&sem))
ORDERED(down_write_trylock);
SECTIONS(downgrade, (down_write(&sem), downgrade_write(&sem)), up_read(&sem), down_write(&sem), up_write(&sem))
ORDERED(downgrade);
/* The write comes before the downgrade: readers after it see it. */
SECTIONS(read_after_downgrade, down_write(&sem), (downgrade_write(&sem), up_read(&sem)), down_read(&sem), up_read(&sem))
ROW(read_after_downgrade, w_r, "");
SECTIONS(read_trylock, down_write(&sem), up_write(&sem), if (!down_read_trylock(&sem)) return 0, up_read(&sem))
ORDERED(read_trylock);

SECTION(percpu_write, percpu_down_write(&percpu_sem), percpu_up_write(&percpu_sem))
ORDERED(percpu_write);
SECTIONS(percpu_read, percpu_down_write(&percpu_sem), percpu_up_write(&percpu_sem), percpu_down_read(&percpu_sem),
	 percpu_up_read(&percpu_sem))
ORDERED(percpu_read);
SECTION(percpu_readers, percpu_down_read(&percpu_sem), percpu_up_read(&percpu_sem))
UNORDERED(percpu_readers);
SECTIONS(percpu_read_trylock, percpu_down_write(&percpu_sem), percpu_up_write(&percpu_sem),
	 if (!percpu_down_read_trylock(&percpu_sem)) return 0, percpu_up_read(&percpu_sem))
ORDERED(percpu_read_trylock);

SECTION(write_seqlock, write_seqlock(&seq), write_sequnlock(&seq))
ORDERED(write_seqlock);

static int second_seq_reader(void *)
{
	unsigned int start;

	do {
		start = read_seqbegin(&seq);
		second_access();
	} while (read_seqretry(&seq, start));
	return 0;
}

static void sync_seq_reader(void) { run_two(first_write_seqlock, second_seq_reader); }
ROW(seq_reader, w_r, "");

/* An even number above zero: the writer has been there and has gone. */
static int second_seq_saw(void *)
{
	unsigned int start = read_seqbegin(&seq);

	(void)read_seqretry(&seq, start);
	if (start == 2)
		second_access();
	return 0;
}

static int first_seq_saw(void *)
{
	write_seqlock(&seq);
	first_access();
	write_sequnlock(&seq);
	return 0;
}

static void sync_seq_saw(void) { run_two(first_seq_saw, second_seq_saw); }
ROW(seq_saw, w_r, "");

static int second_seq_careless(void *)
{
	unsigned int start = read_seqbegin(&seq);

	(void)read_seqretry(&seq, start);
	second_access();
	return 0;
}

static void sync_after_seq_reader(void) { run_two(first_write_seqlock, second_seq_careless); }
ROW(after_seq_reader, w_r, "data-race");

/* ---- Sections of one CPU ---- */

static void run_on(task_fn a, unsigned int cpu_a, task_fn b, unsigned int cpu_b)
{
	struct task_struct *ta = kthread_create_on_cpu(a, NULL, cpu_a, "a%u");
	struct task_struct *tb = kthread_create_on_cpu(b, NULL, cpu_b, "b%u");

	wake_up_process(ta);
	wake_up_process(tb);
	hotweave_join(ta);
	hotweave_join(tb);
}

SECTION(preempt, preempt_disable(), preempt_enable())
static void sync_preempt_one_cpu(void) { run_on(first_preempt, 1, second_preempt, 1); }
ORDERED(preempt_one_cpu);
static void sync_preempt_two_cpus(void) { run_on(first_preempt, 1, second_preempt, 2); }
UNORDERED(preempt_two_cpus);
/* Sections of one CPU that are kept off by different means. */
SECTIONS(preempt_irqs, preempt_disable(), preempt_enable(), local_irq_disable(), local_irq_enable())
static void sync_preempt_then_irqs(void) { run_on(first_preempt_irqs, 1, second_preempt_irqs, 1); }
ORDERED(preempt_then_irqs);
SECTIONS(irqs_preempt, local_irq_disable(), local_irq_enable(), preempt_disable(), preempt_enable())
static void sync_irqs_then_preempt(void) { run_on(first_irqs_preempt, 1, second_irqs_preempt, 1); }
ORDERED(irqs_then_preempt);
static int first_bare(void *) { first_access(); return 0; }
static void sync_preempt_one_side(void) { run_on(first_bare, 1, second_preempt, 1); }
UNORDERED(preempt_one_side);

/* A thread with interrupts off and a handler. */
static int first_irqs_off(void *)
{
	local_irq_disable();
	first_access();
	local_irq_enable();
	return 0;
}

static int first_spin_irqsave(void *)
{
	unsigned long flags;

	spin_lock_irqsave(&spin, flags);
	first_access();
	spin_unlock_irqrestore(&spin, flags);
	return 0;
}

static void handler(void *) { second_access(); }

static void handler_locked(void *)
{
	spin_lock(&spin);
	second_access();
	spin_unlock(&spin);
}

static void run_with_irq(task_fn fn, void (*irq)(void *), unsigned int cpu)
{
	struct task_struct *t = kthread_create_on_cpu(fn, NULL, 1, "t%u");

	hotweave_raise_irq(cpu, irq, NULL);
	wake_up_process(t);
	hotweave_join(t);
}

static void sync_irq_same_cpu(void) { run_with_irq(first_irqs_off, handler, 1); }
ORDERED(irq_same_cpu);
static void sync_irq_other_cpu(void) { run_with_irq(first_irqs_off, handler, 2); }
UNORDERED(irq_other_cpu);
static void sync_irqs_on(void) { run_with_irq(first_bare, handler, 1); }
UNORDERED(irqs_on);
static void sync_irqsave(void) { run_with_irq(first_spin_irqsave, handler_locked, 1); }
ORDERED(irqsave);
static void sync_irqsave_other_cpu(void) { run_with_irq(first_spin_irqsave, handler_locked, 2); }
ORDERED(irqsave_other_cpu);
