// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of reader/writer semaphores: both sides, trylocks, downgrades, signals. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>

#include "../support/tasks.h"

static DECLARE_RWSEM(sem);
static int value, copy;
static atomic_t readers = ATOMIC_INIT(0);

static void write_both(void)
{
	BUG_ON(atomic_read(&readers));
	value++;
	copy++;
}

static void read_both(void)
{
	atomic_inc(&readers);
	BUG_ON(value != copy);
	atomic_dec(&readers);
}

static void some_read(void)
{
	int err = 0;

	switch (hotweave_choose(4)) {
	case 1:
		err = !down_read_trylock(&sem);
		break;
	case 2:
		err = down_read_interruptible(&sem);
		break;
	case 3:
		err = down_read_killable(&sem);
		break;
	default:
		down_read(&sem);
	}
	if (err)
		return;
	read_both();
	up_read(&sem);
}

static void some_write(void)
{
	int err = 0;

	switch (hotweave_choose(3)) {
	case 1:
		err = !down_write_trylock(&sem);
		break;
	case 2:
		err = down_write_killable(&sem);
		break;
	default:
		down_write(&sem);
	}
	if (err)
		return;
	write_both();
	if (hotweave_choose(2)) {
		downgrade_write(&sem);
		read_both();
		up_read(&sem);
	} else {
		up_write(&sem);
	}
}

static int torturer(void *)
{
	hotweave_user_task(hotweave_choose(2));
	for (int i = 0; i < 3; i++) {
		if (hotweave_choose(2))
			some_write();
		else
			some_read();
	}
	return 0;
}

HOTWEAVE_TARGET(rwsem_torture, "three threads read, write and downgrade under one rw_semaphore")
{
	run_three(torturer, torturer, torturer);
	BUG_ON(rwsem_is_locked(&sem) || value != copy);
}

static int writes_as_reader(void *)
{
	down_read(&sem);
	value++;
	copy++;
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_torture_mutant_reader, "one of them writes under the read side")
{
	run_three(torturer, torturer, writes_as_reader);
}
HOTWEAVE_EXPECT(rwsem_torture_mutant_reader, "", "data-race assertion", "");

static int writes_after_downgrade(void *)
{
	down_write(&sem);
	downgrade_write(&sem);
	value++;
	copy++;
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_torture_mutant_downgrade, "one of them writes on after downgrade_write()")
{
	run_three(torturer, torturer, writes_after_downgrade);
}
HOTWEAVE_EXPECT(rwsem_torture_mutant_downgrade, "", "data-race assertion", "");

static int reads_twice(void *)
{
	down_read(&sem);
	down_read(&sem);
	read_both();
	up_read(&sem);
	up_read(&sem);
	return 0;
}

HOTWEAVE_TARGET(rwsem_torture_mutant_recursive, "one of them takes the read side twice")
{
	run_three(torturer, torturer, reads_twice);
}
HOTWEAVE_EXPECT(rwsem_torture_mutant_recursive, "", "deadlock recursive-lock lock-order", "");
