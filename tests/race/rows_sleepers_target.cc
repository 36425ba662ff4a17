// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: locks that sleep beyond the mutex: rwsem's other ways in, semaphores, rt_mutex, ww_mutex, rcu_sync. */
#include <linux/percpu-rwsem.h>
#include <linux/rcu_sync.h>
#include <linux/rcupdate.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/ww_mutex.h>

#include "rows.h"

static DECLARE_RWSEM(rwsem);
static DECLARE_RWSEM(other_rwsem);
static DEFINE_SEMAPHORE(sema);
static DEFINE_SEMAPHORE(other_sema);
static DEFINE_RT_MUTEX(rt);
static DEFINE_RT_MUTEX(other_rt);
static DEFINE_WW_CLASS(ww_class);
static DEFINE_WD_CLASS(wd_class);
DEFINE_STATIC_PERCPU_RWSEM(percpu_sem);
DEFINE_STATIC_PERCPU_RWSEM(other_percpu_sem);

/* Each task's access in a section; `in` may leave the function. */
#define SECTIONS(name, in1, out1, in2, out2)                                    \
	static int first_##name(void *) { in1; first_access(); out1; return 0; }  \
	static int second_##name(void *) { in2; second_access(); out2; return 0; } \
	static __maybe_unused void sync_##name(void) { run_two(first_##name, second_##name); }
#define SECTION(name, in, out) SECTIONS(name, in, out, in, out)
#define UNLESS(failed) if (failed) return 0

/* ---- rw_semaphore ---- */

SECTION(down_write_killable, UNLESS(down_write_killable(&rwsem)), up_write(&rwsem))
ORDERED(down_write_killable);
SECTIONS(down_read_killable, UNLESS(down_read_killable(&rwsem)), up_read(&rwsem), down_write(&rwsem), up_write(&rwsem))
ORDERED(down_read_killable);
SECTIONS(down_read_interruptible, UNLESS(down_read_interruptible(&rwsem)), up_read(&rwsem), down_write(&rwsem),
	 up_write(&rwsem))
ORDERED(down_read_interruptible);
SECTION(down_readers_killable, UNLESS(down_read_killable(&rwsem)), up_read(&rwsem))
UNORDERED(down_readers_killable);
SECTIONS(two_rwsems, down_write(&rwsem), up_write(&rwsem), down_write(&other_rwsem), up_write(&other_rwsem))
UNORDERED(two_rwsems);
SECTIONS(non_owner_read, down_read_non_owner(&rwsem), up_read_non_owner(&rwsem), down_write(&rwsem), up_write(&rwsem))
ORDERED(non_owner_read);
SECTION(non_owner_readers, down_read_non_owner(&rwsem), up_read_non_owner(&rwsem))
UNORDERED(non_owner_readers);
/* What is written after the downgrade is not kept from other readers. */
SECTIONS(write_after_downgrade, down_write(&rwsem); downgrade_write(&rwsem), up_read(&rwsem), down_read(&rwsem),
	 up_read(&rwsem))
UNORDERED(write_after_downgrade);
/* ---- percpu_rw_semaphore ---- */

SECTIONS(percpu_reader_first, percpu_down_read(&percpu_sem), percpu_up_read(&percpu_sem), percpu_down_write(&percpu_sem),
	 percpu_up_write(&percpu_sem))
ORDERED(percpu_reader_first);
SECTIONS(two_percpu_sems, percpu_down_read(&percpu_sem), percpu_up_read(&percpu_sem),
	 percpu_down_write(&other_percpu_sem), percpu_up_write(&other_percpu_sem))
UNORDERED(two_percpu_sems);

/* ---- Semaphores ---- */

SECTION(semaphore, down(&sema), up(&sema))
ORDERED(semaphore);
SECTION(semaphore_trylock, UNLESS(down_trylock(&sema)), up(&sema))
ORDERED(semaphore_trylock);
SECTION(semaphore_killable, UNLESS(down_killable(&sema)), up(&sema))
ORDERED(semaphore_killable);
SECTION(semaphore_timeout, UNLESS(down_timeout(&sema, 10)), up(&sema))
ORDERED(semaphore_timeout);
SECTIONS(two_semaphores, down(&sema), up(&sema), down(&other_sema), up(&other_sema))
UNORDERED(two_semaphores);
/* Two units: nobody waits for anybody. */
SECTION(semaphore_units, down(&sema), up(&sema))
static void sync_semaphore_of_two(void)
{
	up(&sema);
	sync_semaphore_units();
}
UNORDERED(semaphore_of_two);
/* An unit as a message. */
SECTIONS(semaphore_message, (void)0, up(&sema), down(&sema), (void)0)
static void sync_semaphore_given(void)
{
	sema_init(&sema, 0);
	sync_semaphore_message();
}
ORDERED(semaphore_given);
SECTIONS(semaphore_early, up(&sema), (void)0, down(&sema), (void)0)
static void sync_semaphore_given_early(void)
{
	sema_init(&sema, 0);
	sync_semaphore_early();
}
UNORDERED(semaphore_given_early);

/* ---- rt_mutex ---- */

SECTION(rt_mutex, rt_mutex_lock(&rt), rt_mutex_unlock(&rt))
ORDERED(rt_mutex);
SECTION(rt_mutex_trylock, UNLESS(!rt_mutex_trylock(&rt)), rt_mutex_unlock(&rt))
ORDERED(rt_mutex_trylock);
SECTION(rt_mutex_killable, UNLESS(rt_mutex_lock_killable(&rt)), rt_mutex_unlock(&rt))
ORDERED(rt_mutex_killable);
SECTIONS(two_rt_mutexes, rt_mutex_lock(&rt), rt_mutex_unlock(&rt), rt_mutex_lock(&other_rt), rt_mutex_unlock(&other_rt))
UNORDERED(two_rt_mutexes);

/* ---- ww_mutex ---- */

static struct ww_mutex ww, ww_too;

static void init_ww(struct ww_class *ww_class)
{
	ww_mutex_init(&ww, ww_class);
	ww_mutex_init(&ww_too, ww_class);
}

/* Both, in an order; the access under the one that came last. */
static void lock_ww_both(struct ww_mutex *one, struct ww_mutex *two, struct ww_acquire_ctx *ctx, struct ww_class *ww_class)
{
	struct ww_mutex *swap;

	ww_acquire_init(ctx, ww_class);
	if (ww_mutex_lock(one, ctx))
		BUG();
	while (ww_mutex_lock(two, ctx)) {
		ww_mutex_unlock(one);
		ww_mutex_lock_slow(two, ctx);
		swap = one;
		one = two;
		two = swap;
	}
	ww_acquire_done(ctx);
}

static void unlock_ww_both(struct ww_acquire_ctx *ctx)
{
	ww_mutex_unlock(&ww);
	ww_mutex_unlock(&ww_too);
	ww_acquire_fini(ctx);
}

#define WW_BOTH(name, ww_class_)                                                                             \
	SECTIONS(name##_tasks, struct ww_acquire_ctx ctx; lock_ww_both(&ww, &ww_too, &ctx, &ww_class_),      \
		 unlock_ww_both(&ctx), struct ww_acquire_ctx ctx; lock_ww_both(&ww_too, &ww, &ctx, &ww_class_), \
		 unlock_ww_both(&ctx))                                                                       \
	static void sync_##name(void) { init_ww(&ww_class_); sync_##name##_tasks(); }
WW_BOTH(ww_wound, ww_class)
ORDERED(ww_wound);
WW_BOTH(ww_die, wd_class)
ORDERED(ww_die);

SECTION(ww_plain, UNLESS(ww_mutex_lock(&ww, NULL)), ww_mutex_unlock(&ww))
static void sync_ww_mutex(void)
{
	init_ww(&ww_class);
	sync_ww_plain();
}
ORDERED(ww_mutex);
SECTION(ww_try, UNLESS(!ww_mutex_trylock(&ww, NULL)), ww_mutex_unlock(&ww))
static void sync_ww_trylock(void)
{
	init_ww(&ww_class);
	sync_ww_try();
}
ORDERED(ww_trylock);
SECTIONS(ww_apart, UNLESS(ww_mutex_lock(&ww, NULL)), ww_mutex_unlock(&ww), UNLESS(ww_mutex_lock(&ww_too, NULL)),
	 ww_mutex_unlock(&ww_too))
static void sync_two_ww_mutexes(void)
{
	init_ww(&ww_class);
	sync_ww_apart();
}
UNORDERED(two_ww_mutexes);

/* ---- rcu_sync: readers on the fast path, or the writer waits for them (of the kind that 4.14 waits for, too) ---- */

static DEFINE_RCU_SYNC(sync);

static int fast_reader_first(void *)
{
	rcu_read_lock_sched();
	if (rcu_sync_is_idle(&sync))
		first_access();
	rcu_read_unlock_sched();
	return 0;
}

static int enters_then_second(void *)
{
	rcu_sync_enter(&sync);
	second_access();
	rcu_sync_exit(&sync);
	return 0;
}

static void sync_rcu_sync_enter(void) { run_two(fast_reader_first, enters_then_second); }
ORDERED(rcu_sync_enter);

/* Not idle, and uses it all the same. */
static int careless_reader(void *)
{
	rcu_read_lock_sched();
	(void)rcu_sync_is_idle(&sync);
	rcu_read_unlock_sched();
	first_access();
	return 0;
}

static void sync_rcu_sync_ignored(void) { run_two(careless_reader, enters_then_second); }
UNORDERED(rcu_sync_ignored);

static int gone;

static int enters_first(void *)
{
	rcu_sync_enter(&sync);
	first_access();
	rcu_sync_exit(&sync);
	WRITE_ONCE(gone, 1);
	return 0;
}

/* Idle again, after the writer. */
static int fast_reader_second(void *)
{
	rcu_read_lock_sched();
	if (READ_ONCE(gone) && rcu_sync_is_idle(&sync)) {
		WRITE_ONCE(gone, 0);
		second_access();
	}
	rcu_read_unlock_sched();
	return 0;
}

static int fast_readers_second(void *)
{
	for (int i = 0; i < 4; i++) {
		fast_reader_second(NULL);
		hotweave_yield("between readers");
	}
	return 0;
}

static void sync_rcu_sync_idle_again(void) { run_two(enters_first, fast_readers_second); }
ORDERED(rcu_sync_idle_again);
