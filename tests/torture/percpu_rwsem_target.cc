// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of per-CPU reader/writer semaphores and of rcu_sync. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/percpu-rwsem.h>
#include <linux/preempt.h>
#include <linux/rcu_sync.h>

#include "../support/tasks.h"

DEFINE_STATIC_PERCPU_RWSEM(sem);
static int value, copy;
static atomic_t readers = ATOMIC_INIT(0);

static void some_read(void)
{
	if (hotweave_choose(2)) {
		if (!percpu_down_read_trylock(&sem))
			return;
	} else {
		percpu_down_read(&sem);
	}
	atomic_inc(&readers);
	percpu_rwsem_assert_held(&sem);
	BUG_ON(value != copy);
	atomic_dec(&readers);
	percpu_up_read(&sem);
}

static void some_write(void)
{
	percpu_down_write(&sem);
	BUG_ON(atomic_read(&readers) || !percpu_is_write_locked(&sem));
	value++;
	copy++;
	percpu_up_write(&sem);
}

static int torturer(void *)
{
	for (int i = 0; i < 3; i++) {
		if (hotweave_choose(2))
			some_write();
		else
			some_read();
	}
	return 0;
}

HOTWEAVE_TARGET(percpu_rwsem_torture, "three threads read and write under one percpu_rw_semaphore")
{
	run_three(torturer, torturer, torturer);
	percpu_free_rwsem(&sem);
}

static int writes_as_reader(void *)
{
	percpu_down_read(&sem);
	value++;
	copy++;
	percpu_up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(percpu_rwsem_torture_mutant_reader, "one of them writes under the read side")
{
	run_three(torturer, torturer, writes_as_reader);
}
HOTWEAVE_EXPECT(percpu_rwsem_torture_mutant_reader, "", "data-race assertion", "");

static int reads_twice(void *)
{
	percpu_down_read(&sem);
	percpu_down_read(&sem);
	percpu_up_read(&sem);
	percpu_up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(percpu_rwsem_torture_mutant_recursive, "one of them takes the read side twice")
{
	run_three(torturer, torturer, reads_twice);
}
HOTWEAVE_EXPECT(percpu_rwsem_torture_mutant_recursive, "", "deadlock recursive-lock lock-order", "");

/* ---- rcu_sync: readers without a lock while no writer is about ---- */

static DEFINE_RCU_SYNC(sync);
static atomic_t slow = ATOMIC_INIT(0);
static int shared;

/* The slow path needs no lock here: it only must not touch what the writers write. */
static int sync_reader(void *)
{
	for (int i = 0; i < 2; i++) {
		preempt_disable();
		if (rcu_sync_is_idle(&sync))
			BUG_ON(shared & 1);
		else
			atomic_inc(&slow);
		preempt_enable();
	}
	return 0;
}

static int sync_writer(void *)
{
	rcu_sync_enter(&sync);
	shared++;
	shared++;
	rcu_sync_exit(&sync);
	return 0;
}

static int sync_writer_and_reader(void *)
{
	sync_writer(NULL);
	return sync_reader(NULL);
}

HOTWEAVE_TARGET(rcu_sync_torture, "two readers of a fast path and a writer that switches it off")
{
	run_three(sync_reader, sync_writer_and_reader, sync_reader);
	rcu_sync_dtor(&sync);
}

static int hasty_writer(void *)
{
	rcu_sync_enter(&sync);
	rcu_sync_exit(&sync);
	shared++;
	shared++;
	return 0;
}

HOTWEAVE_TARGET(rcu_sync_torture_mutant_exit, "the writer writes after rcu_sync_exit()")
{
	run_three(sync_reader, hasty_writer, sync_reader);
}
HOTWEAVE_EXPECT(rcu_sync_torture_mutant_exit, "", "data-race assertion", "");

static int reader_that_leaves(void *)
{
	bool idle;

	preempt_disable();
	idle = rcu_sync_is_idle(&sync);
	preempt_enable();
	if (idle)
		BUG_ON(shared & 1);
	return 0;
}

HOTWEAVE_TARGET(rcu_sync_torture_mutant_reader, "a reader goes on after its section")
{
	run_three(reader_that_leaves, sync_writer, sync_reader);
}
HOTWEAVE_EXPECT(rcu_sync_torture_mutant_reader, "", "data-race assertion", "");
