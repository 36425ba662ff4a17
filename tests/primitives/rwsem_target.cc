// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of rwsem_test.cc: rw_semaphore and percpu_rw_semaphore. */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>

#include "../support/tasks.h"

static DECLARE_RWSEM(sem);
DEFINE_STATIC_PERCPU_RWSEM(percpu);
static int value, copy;
static int readers;

static int write_both(void *)
{
	down_write(&sem);
	value++;
	hotweave_yield("between the two");
	copy++;
	up_write(&sem);
	return 0;
}

static int read_both(void *)
{
	down_read(&sem);
	BUG_ON(value != copy);
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_excludes, "writers exclude readers and each other")
{
	run_three(write_both, read_both, write_both);
	BUG_ON(value != 2);
}

static int write_as_reader(void *)
{
	down_read(&sem);
	value++;
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_write_under_read, "two tasks write under the read side")
{
	run_two(write_as_reader, write_as_reader);
}

/* Readers meet inside: each waits there for the other one. */
static int reader_meets(void *)
{
	down_read(&sem);
	WRITE_ONCE(readers, readers + 1);
	while (READ_ONCE(readers) < 2)
		cpu_relax();
	up_read(&sem);
	return 0;
}

static int reader_meets_marked(void *)
{
	down_read(&sem);
	if (xchg(&readers, 1))
		WRITE_ONCE(readers, 2);
	while (READ_ONCE(readers) < 2)
		cpu_relax();
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_readers_together, "two readers are inside at once")
{
	run_two(reader_meets_marked, reader_meets_marked);
}

HOTWEAVE_TARGET(rwsem_readers_count_racily, "two readers count themselves with a plain read")
{
	run_two(reader_meets, reader_meets);
}

static int recursive_reader(void *)
{
	down_read(&sem);
	hotweave_yield("inside");
	down_read(&sem);
	up_read(&sem);
	up_read(&sem);
	return 0;
}

static int writer(void *)
{
	down_write(&sem);
	up_write(&sem);
	return 0;
}

static int reader(void *)
{
	down_read(&sem);
	hotweave_yield("inside");
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_recursive_read_writer, "a reader reads again behind a queued writer")
{
	run_two(recursive_reader, writer);
}

HOTWEAVE_TARGET(rwsem_recursive_read_alone, "readers read again, and no writer comes")
{
	run_two(recursive_reader, recursive_reader);
}

HOTWEAVE_TARGET(rwsem_read_writer, "two readers and a writer, each once")
{
	run_three(reader, writer, reader);
}

HOTWEAVE_TARGET(rwsem_upgrade, "a reader wants to write")
{
	down_read(&sem);
	down_write(&sem);
}

HOTWEAVE_TARGET(rwsem_write_then_read, "a writer wants to read")
{
	down_write(&sem);
	down_read(&sem);
}

static int downgrader(void *)
{
	down_write(&sem);
	value++;
	copy++;
	downgrade_write(&sem);
	BUG_ON(value != copy);
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_downgrade, "a writer becomes a reader and still excludes writers")
{
	run_three(downgrader, write_both, downgrader);
	BUG_ON(value != 3);
}

static int downgrader_writes(void *)
{
	down_write(&sem);
	downgrade_write(&sem);
	value++;
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_downgrade_writes, "a writer becomes a reader and still writes")
{
	run_two(downgrader_writes, read_both);
}

HOTWEAVE_TARGET(rwsem_up_read_unheld, "the read side is released and not held")
{
	up_read(&sem);
}

HOTWEAVE_TARGET(rwsem_up_write_as_reader, "a reader releases the write side")
{
	down_read(&sem);
	up_write(&sem);
}

static int try_both(void *)
{
	if (down_write_trylock(&sem)) {
		value++;
		copy++;
		up_write(&sem);
	}
	if (down_read_trylock(&sem)) {
		BUG_ON(value != copy);
		up_read(&sem);
	}
	return 0;
}

HOTWEAVE_TARGET(rwsem_trylock, "trylocks exclude as the locks do")
{
	run_three(try_both, write_both, try_both);
}

HOTWEAVE_TARGET(rwsem_leak, "a task ends with the read side held")
{
	down_read(&sem);
}

static bool queue_order_seen;

static int queue_reader(void *)
{
	down_read(&sem);
	WRITE_ONCE(queue_order_seen, true);
	up_read(&sem);
	return 0;
}

/* A trylock does not overtake: with a writer queued it fails although only readers hold the semaphore. */
HOTWEAVE_TARGET(rwsem_fair, "who comes behind a queued writer waits")
{
	struct task_struct *w, *r;

	down_read(&sem);
	w = kthread_run(writer, NULL, "w");
	while (!rwsem_is_locked(&sem) || down_read_trylock(&sem)) {
		up_read(&sem);
		cpu_relax();
	}
	r = kthread_run(queue_reader, NULL, "r");
	for (int i = 0; i < 5; i++)
		cond_resched();
	BUG_ON(READ_ONCE(queue_order_seen));
	up_read(&sem);
	hotweave_join(w);
	hotweave_join(r);
	BUG_ON(!queue_order_seen);
}

/* ---- percpu_rw_semaphore ---- */

static int percpu_write_both(void *)
{
	percpu_down_write(&percpu);
	value++;
	hotweave_yield("between the two");
	copy++;
	percpu_up_write(&percpu);
	return 0;
}

static int percpu_read_both(void *)
{
	percpu_down_read(&percpu);
	BUG_ON(value != copy);
	percpu_up_read(&percpu);
	return 0;
}

HOTWEAVE_TARGET(percpu_excludes, "writers exclude readers and each other")
{
	run_three(percpu_write_both, percpu_read_both, percpu_write_both);
	BUG_ON(value != 2);
}

static int percpu_write_as_reader(void *)
{
	percpu_down_read(&percpu);
	value++;
	percpu_up_read(&percpu);
	return 0;
}

HOTWEAVE_TARGET(percpu_write_under_read, "two tasks write under the read side")
{
	run_two(percpu_write_as_reader, percpu_write_as_reader);
}

static int percpu_recursive_reader(void *)
{
	percpu_down_read(&percpu);
	hotweave_yield("inside");
	percpu_down_read(&percpu);
	percpu_up_read(&percpu);
	percpu_up_read(&percpu);
	return 0;
}

static int percpu_writer(void *)
{
	percpu_down_write(&percpu);
	percpu_up_write(&percpu);
	return 0;
}

HOTWEAVE_TARGET(percpu_recursive_read_alone, "readers read again, and no writer comes")
{
	run_two(percpu_recursive_reader, percpu_recursive_reader);
}

HOTWEAVE_TARGET(percpu_recursive_read_writer, "a reader reads again while a writer waits")
{
	run_two(percpu_recursive_reader, percpu_writer);
}

static int percpu_trylock_recursive(void *)
{
	percpu_down_read(&percpu);
	hotweave_yield("inside");
	if (percpu_down_read_trylock(&percpu))
		percpu_up_read(&percpu);
	percpu_up_read(&percpu);
	return 0;
}

HOTWEAVE_TARGET(percpu_trylock_recursive_writer, "a reader tries to read again while a writer waits")
{
	run_two(percpu_trylock_recursive, percpu_writer);
}

HOTWEAVE_TARGET(percpu_many, "three writers in turn with readers between")
{
	struct task_struct *t[5];

	t[0] = kthread_run(percpu_write_both, NULL, "w1");
	t[1] = kthread_run(percpu_read_both, NULL, "r1");
	t[2] = kthread_run(percpu_write_both, NULL, "w2");
	t[3] = kthread_run(percpu_read_both, NULL, "r2");
	t[4] = kthread_run(percpu_write_both, NULL, "w3");
	for (int i = 0; i < 5; i++)
		hotweave_join(t[i]);
	BUG_ON(value != 3);
}

HOTWEAVE_TARGET(percpu_asserted, "assert_held with either side held")
{
	percpu_down_read(&percpu);
	percpu_rwsem_assert_held(&percpu);
	lockdep_assert_held_read(&percpu);
	percpu_up_read(&percpu);
	percpu_down_write(&percpu);
	percpu_rwsem_assert_held(&percpu);
	lockdep_assert_held_write(&percpu);
	percpu_up_write(&percpu);
	hotweave_yield("done");
}

HOTWEAVE_TARGET(percpu_not_held, "assert_held, and not held any more")
{
	percpu_down_read(&percpu);
	percpu_up_read(&percpu);
	percpu_rwsem_assert_held(&percpu);
}

HOTWEAVE_TARGET(percpu_write_asserted_read, "assert_held_write with the read side held")
{
	percpu_down_read(&percpu);
	lockdep_assert_held_write(&percpu);
}

HOTWEAVE_TARGET(rwsem_read_asserted_write, "assert_held_read with the write side held")
{
	down_write(&sem);
	lockdep_assert_held_read(&sem);
}

static int asserts_only(void *)
{
	lockdep_assert_held(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_held_by_other, "assert_held while another task holds it")
{
	down_write(&sem);
	hotweave_join(kthread_run(asserts_only, NULL, "other"));
}
