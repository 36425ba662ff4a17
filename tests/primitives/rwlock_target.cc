// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of rwlock_test.cc: raw spinlocks, rwlocks, bit spinlocks. */
#include <linux/bit_spinlock.h>
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_SPINLOCK(spin);
static DEFINE_RWLOCK(rw);
static DEFINE_RWLOCK(other_rw);
static unsigned long word;
static unsigned long other_word;
static int counter;
static int readers;

/* ---- Raw spinlocks, and forms of all ---- */

static int raw_count(void *)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&raw, flags);
	counter++;
	raw_spin_unlock_irqrestore(&raw, flags);
	raw_spin_lock_bh(&raw);
	counter++;
	raw_spin_unlock_bh(&raw);
	raw_spin_lock_irq(&raw);
	counter++;
	raw_spin_unlock_irq(&raw);
	return 0;
}

HOTWEAVE_TARGET(raw_spin_excludes, "three threads count under one raw spinlock, in all forms")
{
	run_three(raw_count, raw_count, raw_count);
	BUG_ON(counter != 9);
	BUG_ON(preempt_count() || irqs_disabled());
}

static int trylock_forms(void *)
{
	unsigned long flags;

	if (spin_trylock_irqsave(&spin, flags)) {
		BUG_ON(!irqs_disabled());
		counter++;
		spin_unlock_irqrestore(&spin, flags);
	}
	if (spin_trylock_irq(&spin)) {
		counter++;
		spin_unlock_irq(&spin);
	}
	if (spin_trylock_bh(&spin)) {
		BUG_ON(!in_softirq());
		counter++;
		spin_unlock_bh(&spin);
	}
	if (spin_trylock(&spin)) {
		counter++;
		spin_unlock(&spin);
	}
	BUG_ON(preempt_count() || irqs_disabled());
	return 0;
}

HOTWEAVE_TARGET(spin_trylock_forms, "every form of trylock, which puts everything back whether it fails or not")
{
	run_three(trylock_forms, trylock_forms, trylock_forms);
	BUG_ON(spin_is_locked(&spin));
}

static atomic_t references = ATOMIC_INIT(2);
static int freed;

static int put_reference(void *)
{
	unsigned long flags;

	if (atomic_dec_and_lock_irqsave(&references, &spin, flags)) {
		freed++;
		spin_unlock_irqrestore(&spin, flags);
	}
	return 0;
}

HOTWEAVE_TARGET(dec_and_lock, "the last of two references is dropped under the lock, once")
{
	run_two(put_reference, put_reference);
	BUG_ON(freed != 1);
}

HOTWEAVE_TARGET(assert_spin_locked_fails, "assert_spin_locked of a free lock")
{
	assert_spin_locked(&spin);
}

HOTWEAVE_TARGET(assert_spin_locked_holds, "assert_spin_locked of a held lock")
{
	spin_lock(&spin);
	assert_spin_locked(&spin);
	spin_unlock(&spin);
}

/* ---- rwlocks ---- */

static int rw_write(void *)
{
	for (int i = 0; i < 2; i++) {
		write_lock(&rw);
		counter++;
		write_unlock(&rw);
	}
	return 0;
}

static int rw_read(void *)
{
	for (int i = 0; i < 2; i++) {
		read_lock(&rw);
		BUG_ON(counter < 0);
		read_unlock(&rw);
	}
	return 0;
}

HOTWEAVE_TARGET(rw_excludes, "two writers and a reader of one rwlock")
{
	run_three(rw_write, rw_read, rw_write);
	BUG_ON(counter != 4);
}

static int rw_read_writes(void *)
{
	read_lock(&rw);
	counter++;
	read_unlock(&rw);
	return 0;
}

HOTWEAVE_TARGET(rw_readers_race, "two readers write under the read side")
{
	run_two(rw_read_writes, rw_read_writes);
}

static int rw_read_together(void *)
{
	read_lock(&rw);
	WRITE_ONCE(readers, READ_ONCE(readers) + 1);
	hotweave_yield("inside");
	BUG_ON(READ_ONCE(readers) > 1);
	WRITE_ONCE(readers, READ_ONCE(readers) - 1);
	read_unlock(&rw);
	return 0;
}

HOTWEAVE_TARGET(rw_readers_meet, "two readers are inside at once")
{
	run_two(rw_read_together, rw_read_together);
}

static int rw_read_twice(void *)
{
	read_lock(&rw);
	read_lock(&rw);
	read_unlock(&rw);
	read_unlock(&rw);
	return 0;
}

static int rw_read_twice_bh(void *)
{
	read_lock_bh(&rw);
	read_lock_bh(&rw);
	read_unlock_bh(&rw);
	read_unlock_bh(&rw);
	return 0;
}

HOTWEAVE_TARGET(rw_recursive_read, "a reader asks again while a writer waits")
{
	run_two(rw_read_twice, rw_write);
}

HOTWEAVE_TARGET(rw_recursive_read_bh, "a reader with bottom halves off asks again while a writer waits")
{
	run_two(rw_read_twice_bh, rw_write);
}

HOTWEAVE_TARGET(rw_recursive_read_alone, "a reader asks again, and there is no writer")
{
	run_two(rw_read_twice, rw_read_twice);
}

static int read_then_read(void *)
{
	read_lock(&rw);
	read_lock(&other_rw);
	read_unlock(&other_rw);
	read_unlock(&rw);
	return 0;
}

static int read_other_then_write(void *)
{
	read_lock(&other_rw);
	write_lock(&rw);
	write_unlock(&rw);
	read_unlock(&other_rw);
	return 0;
}

static int write_other(void *)
{
	write_lock(&other_rw);
	write_unlock(&other_rw);
	return 0;
}

HOTWEAVE_TARGET(rw_pending_writer, "readers in both orders, one wants to write, a writer waits in between")
{
	run_three(read_then_read, read_other_then_write, write_other);
}


static void handler_reads(void *)
{
	read_lock(&rw);
	readers++;
	read_unlock(&rw);
}

static int reads_under_handler(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_reads, NULL);
	read_lock(&rw);
	BUG_ON(counter < 0);
	read_unlock(&rw);
	return 0;
}

static int writes_elsewhere(void *)
{
	unsigned long flags;

	write_lock_irqsave(&rw, flags);
	counter++;
	write_unlock_irqrestore(&rw, flags);
	return 0;
}

static void run_pinned_and(task_fn pinned, task_fn other)
{
	struct task_struct *a = kthread_create(pinned, NULL, "a");
	struct task_struct *b = kthread_create(other, NULL, "b");

	kthread_bind(a, 1);
	kthread_bind(b, 2);
	wake_up_process(a);
	wake_up_process(b);
	hotweave_join(a);
	hotweave_join(b);
}

HOTWEAVE_TARGET(rw_read_in_handler, "a handler reads on top of a reader while a writer waits elsewhere")
{
	run_pinned_and(reads_under_handler, writes_elsewhere);
	BUG_ON(counter != 1);
}

static int writes_with_irqs_on(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_reads, NULL);
	write_lock(&rw);
	counter++;
	write_unlock(&rw);
	return 0;
}

HOTWEAVE_TARGET(rw_write_under_handler, "a handler reads on top of a writer")
{
	run_pinned_and(writes_with_irqs_on, rw_read);
}

static int rw_tries(void *)
{
	unsigned long flags;

	if (read_trylock(&rw)) {
		BUG_ON(counter < 0);
		read_unlock(&rw);
	}
	if (write_trylock(&rw)) {
		counter++;
		write_unlock(&rw);
	}
	if (write_trylock_irqsave(&rw, flags)) {
		counter++;
		write_unlock_irqrestore(&rw, flags);
	}
	read_lock_irq(&rw);
	read_unlock_irq(&rw);
	write_lock_bh(&rw);
	counter++;
	write_unlock_bh(&rw);
	BUG_ON(preempt_count() || irqs_disabled());
	return 0;
}

HOTWEAVE_TARGET(rw_trylock_forms, "all forms of taking an rwlock")
{
	run_three(rw_tries, rw_write, rw_tries);
}

HOTWEAVE_TARGET(rw_unlock_other_side, "the write side is released by a reader")
{
	read_lock(&rw);
	write_unlock(&rw);
}

HOTWEAVE_TARGET(rw_read_unlock_unheld, "the read side is released without holding it")
{
	preempt_disable();
	read_unlock(&rw);
}

/* ---- Bit spinlocks ---- */

static int bit_count(void *)
{
	bit_spin_lock(3, &word);
	counter++;
	bit_spin_unlock(3, &word);
	return 0;
}

static int bit_tries(void *)
{
	if (bit_spin_trylock(3, &word)) {
		counter++;
		__bit_spin_unlock(3, &word);
	}
	return 0;
}

HOTWEAVE_TARGET(bit_spin_excludes, "three threads count under one bit")
{
	run_three(bit_count, bit_tries, bit_count);
	BUG_ON(counter < 2);
	BUG_ON(bit_spin_is_locked(3, &word));
}

static int bit_count_other(void *)
{
	bit_spin_lock(4, &word);
	counter++;
	bit_spin_unlock(4, &word);
	return 0;
}

HOTWEAVE_TARGET(bit_spin_two_bits, "two bits of one word are two locks")
{
	run_two(bit_count, bit_count_other);
}

static int bit_ab(void *)
{
	bit_spin_lock(0, &word);
	bit_spin_lock(1, &other_word);
	bit_spin_unlock(1, &other_word);
	bit_spin_unlock(0, &word);
	return 0;
}

static int bit_ba(void *)
{
	bit_spin_lock(1, &other_word);
	bit_spin_lock(0, &word);
	bit_spin_unlock(0, &word);
	bit_spin_unlock(1, &other_word);
	return 0;
}

HOTWEAVE_TARGET(bit_spin_abba, "two bits in both orders")
{
	run_two(bit_ab, bit_ba);
}

HOTWEAVE_TARGET(bit_spin_same_order, "two bits in one order")
{
	run_two(bit_ab, bit_ab);
}

HOTWEAVE_TARGET(bit_spin_recursive, "a bit is taken twice")
{
	bit_spin_lock(0, &word);
	bit_spin_lock(0, &word);
}

HOTWEAVE_TARGET(bit_spin_unlock_clear, "a bit is released that nobody holds")
{
	preempt_disable();
	bit_spin_unlock(0, &word);
}

HOTWEAVE_TARGET(bit_spin_sleeps, "msleep under a bit spinlock")
{
	bit_spin_lock(0, &word);
	msleep(1);
}
