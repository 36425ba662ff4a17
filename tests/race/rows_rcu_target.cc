// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: grace periods and callbacks of RCU and SRCU. */
#include <asm/processor.h>
#include <linux/irqflags.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/srcu.h>

#include "rows.h"

static int closed, done;
DEFINE_STATIC_SRCU(domain);
static struct rcu_head head;

/* EARLIER(name, enter, leave, wait): readers may come in until `closed`; then a grace period, then the second access. */
#define EARLIER(name, enter, leave, wait)              \
	static int reader_##name(void *)               \
	{                                              \
		enter;                                 \
		if (!READ_ONCE(closed))                \
			first_access();                \
		leave;                                 \
		return 0;                              \
	}                                              \
	static int updater_##name(void *)              \
	{                                              \
		WRITE_ONCE(closed, 1);                 \
		wait;                                  \
		second_access();                       \
		return 0;                              \
	}                                              \
	static void sync_##name(void) { run_two(reader_##name, updater_##name); }

/* LATER(name, enter, leave, wait): the first access, a grace period, `done`; readers that see it. */
#define LATER(name, enter, leave, wait)                \
	static int updater_##name(void *)              \
	{                                              \
		first_access();                        \
		wait;                                  \
		WRITE_ONCE(done, 1);                   \
		return 0;                              \
	}                                              \
	static int reader_##name(void *)               \
	{                                              \
		enter;                                 \
		if (READ_ONCE(done))                   \
			second_access();               \
		leave;                                 \
		return 0;                              \
	}                                              \
	static void sync_##name(void) { run_two(updater_##name, reader_##name); }

static void poll_rcu(void)
{
	unsigned long cookie = start_poll_synchronize_rcu();

	while (!poll_state_synchronize_rcu(cookie))
		cpu_relax();
}

EARLIER(rcu_reader_first, rcu_read_lock(), rcu_read_unlock(), synchronize_rcu());
ORDERED(rcu_reader_first);
EARLIER(rcu_bh_reader_first, rcu_read_lock_bh(), rcu_read_unlock_bh(), synchronize_rcu());
ORDERED(rcu_bh_reader_first);
EARLIER(rcu_sched_reader_first, rcu_read_lock_sched(), rcu_read_unlock_sched(), synchronize_rcu());
ORDERED(rcu_sched_reader_first);
EARLIER(rcu_preempt_reader_first, preempt_disable(), preempt_enable(), synchronize_rcu_expedited());
ORDERED(rcu_preempt_reader_first);
EARLIER(rcu_poll_reader_first, rcu_read_lock(), rcu_read_unlock(), poll_rcu());
ORDERED(rcu_poll_reader_first);
EARLIER(srcu_reader_first, int idx = srcu_read_lock(&domain), srcu_read_unlock(&domain, idx), synchronize_srcu(&domain));
ORDERED(srcu_reader_first);
EARLIER(rcu_no_reader_first, hotweave_yield("no reader"), (void)0, synchronize_rcu());
UNORDERED(rcu_no_reader_first);
EARLIER(rcu_reader_first_no_grace, rcu_read_lock(), rcu_read_unlock(), (void)0);
UNORDERED(rcu_reader_first_no_grace);
EARLIER(rcu_other_domain_first, rcu_read_lock(), rcu_read_unlock(), synchronize_srcu(&domain));
UNORDERED(rcu_other_domain_first);

LATER(rcu_reader_later, rcu_read_lock(), rcu_read_unlock(), synchronize_rcu());
ORDERED(rcu_reader_later);
LATER(rcu_bh_reader_later, rcu_read_lock_bh(), rcu_read_unlock_bh(), synchronize_rcu());
ORDERED(rcu_bh_reader_later);
LATER(rcu_preempt_reader_later, preempt_disable(), preempt_enable(), synchronize_rcu());
ORDERED(rcu_preempt_reader_later);
LATER(srcu_reader_later, int idx = srcu_read_lock(&domain), srcu_read_unlock(&domain, idx), synchronize_srcu(&domain));
ORDERED(srcu_reader_later);
LATER(rcu_no_reader_later, hotweave_yield("no reader"), (void)0, synchronize_rcu());
UNORDERED(rcu_no_reader_later);
LATER(rcu_reader_later_no_grace, rcu_read_lock(), rcu_read_unlock(), (void)0);
UNORDERED(rcu_reader_later_no_grace);

/* The reader begins after the grace period has, and is still there when it ends: another reader prolongs it. */
static int prolonging_reader(void *)
{
	rcu_read_lock();
	while (!READ_ONCE(closed))
		cpu_relax();
	rcu_read_unlock();
	return 0;
}
static int begun;
static int polling_updater(void *)
{
	unsigned long cookie;

	first_access();
	cookie = start_poll_synchronize_rcu();
	WRITE_ONCE(begun, 1);
	while (!poll_state_synchronize_rcu(cookie))
		cpu_relax();
	WRITE_ONCE(done, 1);
	return 0;
}
static int inner_reader(void *)
{
	while (!READ_ONCE(begun))
		cpu_relax();
	rcu_read_lock();
	WRITE_ONCE(closed, 1);
	while (!READ_ONCE(done))
		cpu_relax();
	second_access();
	rcu_read_unlock();
	return 0;
}
static void sync_rcu_reader_inside(void) { run_three(prolonging_reader, polling_updater, inner_reader); }
ORDERED(rcu_reader_inside);

/* Readers on both sides of nothing: two of them are not ordered. */
static int reader_first(void *)
{
	rcu_read_lock();
	first_access();
	rcu_read_unlock();
	return 0;
}
static int reader_second(void *)
{
	rcu_read_lock();
	second_access();
	rcu_read_unlock();
	return 0;
}
static void sync_rcu_two_readers(void) { run_two(reader_first, reader_second); }
UNORDERED(rcu_two_readers);

/* ---- Callbacks ---- */

static void second_callback(struct rcu_head *) { second_access(); }
static void first_callback(struct rcu_head *) { first_access(); }

static int plain_reader(void *)
{
	rcu_read_lock();
	hotweave_yield("inside");
	rcu_read_unlock();
	return 0;
}
static int caller(void *)
{
	first_access();
	call_rcu(&head, second_callback);
	return 0;
}
static void sync_call_rcu(void) { run_two(plain_reader, caller); }
ORDERED(call_rcu);

static struct rcu_head other_head;
static void nothing(struct rcu_head *) {}
static int busy(void *)
{
	call_rcu(&other_head, nothing);
	plain_reader(NULL);
	return 0;
}
static void sync_call_rcu_busy(void) { run_three(busy, caller, plain_reader); }
ORDERED(call_rcu_busy);

/* The caller goes on without waiting for the callback. */
static int hasty_caller(void *)
{
	call_rcu(&head, second_callback);
	first_access();
	return 0;
}
static void sync_call_rcu_hasty(void) { run_two(plain_reader, hasty_caller); }
UNORDERED(call_rcu_hasty);

EARLIER(rcu_reader_callback, rcu_read_lock(), rcu_read_unlock(), (void)0);
static int closing_caller(void *)
{
	WRITE_ONCE(closed, 1);
	call_rcu(&head, second_callback);
	return 0;
}
static void sync_call_rcu_reader(void) { run_two(reader_rcu_reader_callback, closing_caller); }
ORDERED(call_rcu_reader);
UNORDERED(rcu_reader_callback);

static int barrier_caller(void *)
{
	call_rcu(&head, first_callback);
	rcu_barrier();
	second_access();
	return 0;
}
static void sync_rcu_barrier(void) { run_two(plain_reader, barrier_caller); }
ORDERED(rcu_barrier);

/* A callback, and what its CPU does with interrupts off afterwards. */
static void first_callback_on_cpu(struct rcu_head *)
{
	first_access();
	WRITE_ONCE(done, 1 + (int)smp_processor_id());
}
static int call_and_look(void *)
{
	call_rcu(&head, first_callback_on_cpu);
	for (int i = 0; i < 4; i++) {
		local_irq_disable();
		if (READ_ONCE(done) == 1 + (int)smp_processor_id()) {
			second_access();
			i = 4;
		}
		local_irq_enable();
	}
	return 0;
}
static void sync_call_rcu_cpu(void) { run_two(plain_reader, call_and_look); }
ORDERED(call_rcu_cpu);

static int call_srcu_caller(void *)
{
	first_access();
	call_srcu(&domain, &head, second_callback);
	return 0;
}
static void sync_call_srcu(void) { run_two(plain_reader, call_srcu_caller); }
ORDERED(call_srcu);
