// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of sleep_locks_test.cc: semaphores, rt_mutexes, ww_mutexes, and the rarer calls of mutexes and rwsems. */
#include <asm/processor.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/semaphore.h>
#include <linux/ww_mutex.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(mutex_m);
static DECLARE_RWSEM(sem_m);
DEFINE_STATIC_PERCPU_RWSEM(percpu_m);
static DEFINE_RT_MUTEX(rt);
static DEFINE_RT_MUTEX(rt2);
static DEFINE_SEMAPHORE(one);
static DEFINE_WW_CLASS(ww);
static struct ww_mutex w[2];
static int value;

/* ---- Signals end the wait, and only the wait ---- */

static int interruptible(void *)
{
	int err;

	hotweave_user_task(true);
	err = mutex_lock_interruptible(&mutex_m);
	if (!err)
		mutex_unlock(&mutex_m);
	else
		BUG_ON(err != -EINTR || !signal_pending(current));
	WARN_ON(err);
	return 0;
}

static int killable(void *)
{
	int err;

	hotweave_user_task(true);
	err = down_write_killable(&sem_m);
	if (!err)
		up_write(&sem_m);
	else
		BUG_ON(err != -EINTR || !fatal_signal_pending(current));
	WARN_ON(err);
	return 0;
}

static int kthread_interruptible(void *)
{
	BUG_ON(mutex_lock_interruptible(&mutex_m));
	mutex_unlock(&mutex_m);
	return 0;
}

static int mutex_user(void *)
{
	mutex_lock(&mutex_m);
	hotweave_yield("inside");
	mutex_unlock(&mutex_m);
	return 0;
}

static int sem_reader(void *)
{
	down_read(&sem_m);
	hotweave_yield("inside");
	up_read(&sem_m);
	return 0;
}

HOTWEAVE_TARGET(locks_interruptible, "a signal ends a wait for a mutex")
{
	run_two(mutex_user, interruptible);
}

HOTWEAVE_TARGET(locks_killable, "SIGKILL ends a wait for the write side; readers behind go on")
{
	run_three(sem_reader, killable, sem_reader);
}

HOTWEAVE_TARGET(locks_kthread_interruptible, "no signal comes to a kernel thread")
{
	run_two(mutex_user, kthread_interruptible);
}

HOTWEAVE_TARGET(locks_free_whatever_is_pending, "what is free is taken though a signal is pending")
{
	hotweave_user_task(true);
	send_sig(SIGKILL, current, 0);
	BUG_ON(mutex_lock_interruptible(&mutex_m) || down_read_killable(&sem_m) || down_interruptible(&one));
	BUG_ON(rt_mutex_lock_killable(&rt));
	rt_mutex_unlock(&rt);
	up_read(&sem_m);
	mutex_unlock(&mutex_m);
}

/* ---- dec and lock ---- */

static atomic_t refs = ATOMIC_INIT(2);

static int put(void *)
{
	if (!atomic_dec_and_mutex_lock(&refs, &mutex_m))
		return 0;
	value++;
	mutex_unlock(&mutex_m);
	return 0;
}

HOTWEAVE_TARGET(locks_dec_and_lock, "the last of two takes the mutex")
{
	run_two(put, put);
	BUG_ON(value != 1 || atomic_read(&refs));
}

/* ---- Owners that are not ---- */

static int up_other(void *)
{
	up_read_non_owner(&sem_m);
	return 0;
}

static int sem_writer(void *)
{
	down_write(&sem_m);
	value++;
	up_write(&sem_m);
	return 0;
}

HOTWEAVE_TARGET(locks_non_owner, "one task reads, another ends it")
{
	down_read_non_owner(&sem_m);
	run_two(up_other, sem_writer);
	BUG_ON(value != 1);
}

HOTWEAVE_TARGET(locks_non_owner_twice, "up_read_non_owner() once too often")
{
	down_read(&sem_m);
	up_read_non_owner(&sem_m);
}

static int thaw(void *)
{
	percpu_rwsem_acquire(&percpu_m, false, 0);
	percpu_up_write(&percpu_m);
	return 0;
}

static int percpu_reader(void *)
{
	percpu_down_read(&percpu_m);
	value++;
	percpu_up_read(&percpu_m);
	return 0;
}

HOTWEAVE_TARGET(locks_freeze_and_thaw, "one task takes the write side, another gives it back")
{
	percpu_down_write(&percpu_m);
	percpu_rwsem_release(&percpu_m, false, 0);
	BUG_ON(!percpu_is_write_locked(&percpu_m) || percpu_is_read_locked(&percpu_m));
	run_two(thaw, percpu_reader);
	BUG_ON(percpu_is_write_locked(&percpu_m));
	percpu_free_rwsem(&percpu_m);
}

HOTWEAVE_TARGET(locks_thaw_unfrozen, "percpu_rwsem_acquire() of what nobody released")
{
	percpu_down_write(&percpu_m);
	percpu_rwsem_acquire(&percpu_m, false, 0);
}

HOTWEAVE_TARGET(locks_percpu_freed_held, "a held percpu_rw_semaphore is freed")
{
	percpu_down_read(&percpu_m);
	percpu_free_rwsem(&percpu_m);
}

/* ---- rt_mutex ---- */

static int rt_ab(void *)
{
	rt_mutex_lock(&rt);
	rt_mutex_lock(&rt2);
	rt_mutex_unlock(&rt2);
	rt_mutex_unlock(&rt);
	return 0;
}

static int rt_ba(void *)
{
	rt_mutex_lock(&rt2);
	rt_mutex_lock(&rt);
	rt_mutex_unlock(&rt);
	rt_mutex_unlock(&rt2);
	return 0;
}

HOTWEAVE_TARGET(locks_rt_abba, "two rt_mutexes in both orders")
{
	run_two(rt_ab, rt_ba);
}

HOTWEAVE_TARGET(locks_rt_same_order, "two rt_mutexes in one order")
{
	run_two(rt_ab, rt_ab);
}

HOTWEAVE_TARGET(locks_rt_recursive, "an rt_mutex is taken twice")
{
	rt_mutex_lock(&rt);
	rt_mutex_lock(&rt);
}

HOTWEAVE_TARGET(locks_rt_unheld, "an rt_mutex is released and not held")
{
	rt_mutex_unlock(&rt);
}

/* ---- semaphore ---- */

static int sem_waits(void *)
{
	down(&one);
	value++;
	up(&one);
	return 0;
}

HOTWEAVE_TARGET(locks_semaphore_orders, "a semaphore of one unit guards a counter")
{
	run_three(sem_waits, sem_waits, sem_waits);
	BUG_ON(value != 3);
}

HOTWEAVE_TARGET(locks_semaphore_hangs, "nobody gives the unit back")
{
	down(&one);
	down(&one);
}

HOTWEAVE_TARGET(locks_semaphore_times_out, "nobody gives the unit back within the time")
{
	down(&one);
	BUG_ON(down_timeout(&one, 3) != -ETIME);
	up(&one);
	BUG_ON(down_timeout(&one, 3));
}

HOTWEAVE_TARGET(locks_semaphore_uninitialised, "a semaphore of zeroes is used")
{
	static struct semaphore zeroes;

	up(&zeroes);
}

/* ---- ww_mutex ---- */

static void ww_set_up(void)
{
	for (int i = 0; i < 2; i++)
		ww_mutex_init(&w[i], &ww);
}

HOTWEAVE_TARGET(locks_ww_leak, "a context ends with a mutex held")
{
	struct ww_acquire_ctx ctx;

	ww_set_up();
	ww_acquire_init(&ctx, &ww);
	BUG_ON(ww_mutex_lock(&w[0], &ctx));
	ww_acquire_fini(&ctx);
}

HOTWEAVE_TARGET(locks_ww_done, "a mutex is taken after ww_acquire_done()")
{
	struct ww_acquire_ctx ctx;

	ww_set_up();
	ww_acquire_init(&ctx, &ww);
	ww_acquire_done(&ctx);
	BUG_ON(ww_mutex_lock(&w[0], &ctx));
}

HOTWEAVE_TARGET(locks_ww_proper, "two mutexes of one context, and one of them again")
{
	struct ww_acquire_ctx ctx;

	ww_set_up();
	ww_acquire_init(&ctx, &ww);
	BUG_ON(ww_mutex_lock(&w[0], &ctx) || ww_mutex_lock(&w[1], &ctx));
	BUG_ON(ww_mutex_lock(&w[0], &ctx) != -EALREADY);
	ww_acquire_done(&ctx);
	ww_mutex_unlock(&w[0]);
	ww_mutex_unlock(&w[1]);
	ww_acquire_fini(&ctx);
}

/* ---- What a version of the kernel does ---- */

/* A released semaphore whose next owner, a writer, is woken and has not run yet: does a reader get in first? */
HOTWEAVE_TARGET(locks_reader_meets_woken_writer, "a reader comes between a writer's wake-up and its run")
{
	struct task_struct *writer;

	down_write(&sem_m);
	writer = kthread_run(sem_writer, NULL, "writer");
	while (!rwsem_is_contended(&sem_m))
		cpu_relax();
	up_write(&sem_m);
	down_read(&sem_m);
	WARN_ON(value == 0);
	up_read(&sem_m);
	hotweave_join(writer);
}
