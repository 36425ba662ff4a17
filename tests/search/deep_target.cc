// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Bugs that take three tasks, or several preemptions at the right places, with hundreds of scheduling points of other work
 * in between: what searches are measured by (bench/search.sh, docs/strategies.md). None is hinted.
 */
#include <hotweave/target.h>
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

/* Work of a task's own: accesses, and locks that nobody else takes. */
struct work_area {
	struct mutex mutex;
	spinlock_t lock;
	int data[8];
};

static void busy(struct work_area *w, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		mutex_lock(&w->mutex);
		for (int j = 0; j < 8; j++)
			w->data[j] += i;
		mutex_unlock(&w->mutex);
		spin_lock(&w->lock);
		w->data[0]++;
		spin_unlock(&w->lock);
	}
}

static struct work_area *new_area(void)
{
	struct work_area *w = (struct work_area *)kzalloc(sizeof(*w), GFP_KERNEL);

	mutex_init(&w->mutex);
	spin_lock_init(&w->lock);
	return w;
}

static void run_tasks(int (*const *fn)(void *), int n)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	struct task_struct *tasks[4];
	struct work_area *areas[4];

	for (int i = 0; i < n; i++) {
		areas[i] = new_area();
		tasks[i] = kthread_run(fn[i], areas[i], "%s", names[i]);
	}
	for (int i = 0; i < n; i++) {
		hotweave_join(tasks[i]);
		kfree(areas[i]);
	}
}

#define RUN(...)                                                                \
	do {                                                                    \
		int (*const fns[])(void *) = { __VA_ARGS__ };                   \
		run_tasks(fns, sizeof(fns) / sizeof(fns[0]));                   \
	} while (0)

/* ---- Three tasks, five segments: a reader, a writer that asks to read, a writer in between (story 0's shape) ---- */

DEFINE_STATIC_PERCPU_RWSEM(cpus);
static DECLARE_RWSEM(mems);

static int creates_cache(void *w)
{
	busy((struct work_area *)w, 5);
	percpu_down_read(&cpus);
	busy((struct work_area *)w, 3);
	down_read(&mems);
	busy((struct work_area *)w, 3);
	up_read(&mems);
	percpu_up_read(&cpus);
	busy((struct work_area *)w, 5);
	return 0;
}

static int onlines_memory(void *w)
{
	busy((struct work_area *)w, 5);
	down_write(&mems);
	busy((struct work_area *)w, 6);
	percpu_down_read(&cpus);
	busy((struct work_area *)w, 3);
	percpu_up_read(&cpus);
	up_write(&mems);
	busy((struct work_area *)w, 5);
	return 0;
}

static int downs_cpu(void *w)
{
	busy((struct work_area *)w, 8);
	percpu_down_write(&cpus);
	busy((struct work_area *)w, 8);
	percpu_up_write(&cpus);
	return 0;
}

HOTWEAVE_TARGET(deep_reader_behind_writer, "three tasks, five segments: a reader queues behind a writer that waits for a reader")
{
	RUN(creates_cache, onlines_memory, downs_cpu);
}

/* ---- Three tasks, three mutexes ---- */

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
static DEFINE_MUTEX(c);

static void both(struct work_area *w, struct mutex *outer, struct mutex *inner)
{
	for (int i = 0; i < 3; i++) {
		busy(w, 6);
		if (i == 1)
			mutex_lock(outer);
		busy(w, 2);
		mutex_lock(inner);
		busy(w, 2);
		mutex_unlock(inner);
		if (i == 1)
			mutex_unlock(outer);
	}
}

static int ab(void *w)
{
	both((struct work_area *)w, &a, &b);
	return 0;
}

static int bc(void *w)
{
	both((struct work_area *)w, &b, &c);
	return 0;
}

static int ca(void *w)
{
	both((struct work_area *)w, &c, &a);
	return 0;
}

HOTWEAVE_TARGET(deep_three_mutexes, "three tasks around three mutexes, once each, among other uses of them")
{
	RUN(ab, bc, ca);
}

/* ---- A writer waits while a notifier runs: rwsem, mutex and a flag ---- */

static DECLARE_RWSEM(chain);
static DEFINE_MUTEX(thread_mutex);
static bool going_offline;

static int offlines(void *w)
{
	busy((struct work_area *)w, 8);
	down_read(&chain);
	WRITE_ONCE(going_offline, true);
	busy((struct work_area *)w, 4);
	mutex_lock(&thread_mutex);
	mutex_unlock(&thread_mutex);
	WRITE_ONCE(going_offline, false);
	up_read(&chain);
	return 0;
}

static int registers(void *w)
{
	busy((struct work_area *)w, 10);
	down_write(&chain);
	busy((struct work_area *)w, 2);
	up_write(&chain);
	return 0;
}

static int scans(void *w)
{
	for (int i = 0; i < 4; i++) {
		busy((struct work_area *)w, 3);
		mutex_lock(&thread_mutex);
		busy((struct work_area *)w, 2);
		if (READ_ONCE(going_offline)) {
			down_read(&chain);
			up_read(&chain);
		}
		mutex_unlock(&thread_mutex);
	}
	return 0;
}

HOTWEAVE_TARGET(deep_flag_and_chain, "a lock is taken only while a flag is set, and then behind a writer")
{
	RUN(offlines, registers, scans);
}

/* ---- Three mutexes, each pair taken at once, far from the others' in time ---- */

static int pair_after(struct work_area *w, int before, struct mutex *outer, struct mutex *inner)
{
	busy(w, before);
	mutex_lock(outer);
	mutex_lock(inner);
	mutex_unlock(inner);
	mutex_unlock(outer);
	busy(w, 60 - before);
	return 0;
}

static int ab_early(void *w)
{
	return pair_after((struct work_area *)w, 5, &a, &b);
}

static int bc_late(void *w)
{
	return pair_after((struct work_area *)w, 50, &b, &c);
}

static int ca_between(void *w)
{
	return pair_after((struct work_area *)w, 30, &c, &a);
}

HOTWEAVE_TARGET(deep_short_windows, "three pairs of locks with nothing in between, after 5, 30 and 50 rounds of work")
{
	RUN(ab_early, bc_late, ca_between);
}

/* ---- A gap: a value that changes while another task reads twice, a third in step with it ---- */

static int phase;

static int changes(void *w)
{
	WRITE_ONCE(phase, 1);
	busy((struct work_area *)w, 40);
	WRITE_ONCE(phase, 2);
	return 0;
}

static int reads_twice(void *w)
{
	busy((struct work_area *)w, 20);
	int first = READ_ONCE(phase), second = READ_ONCE(phase);

	BUG_ON(first == 0 && second == 2);
	return 0;
}

HOTWEAVE_TARGET(deep_gap, "forty rounds of one task between two reads of another")
{
	RUN(changes, reads_twice);
}

/* ---- Hand-overs: each is a window of one access ---- */

static DEFINE_SPINLOCK(phase_lock);

static void step_to(struct work_area *w, int from)
{
	busy(w, 6);
	spin_lock(&phase_lock);
	if (phase == from)
		phase = from + 1;
	spin_unlock(&phase_lock);
}

static int even(void *w)
{
	step_to((struct work_area *)w, 0);
	step_to((struct work_area *)w, 2);
	step_to((struct work_area *)w, 4);
	return 0;
}

static int odd(void *w)
{
	step_to((struct work_area *)w, 1);
	step_to((struct work_area *)w, 3);
	spin_lock(&phase_lock);
	BUG_ON(phase == 5);
	spin_unlock(&phase_lock);
	return 0;
}

HOTWEAVE_TARGET(deep_hand_over, "five steps, which two tasks must take in turns")
{
	RUN(even, odd);
}

/* ---- A lost reference: two plain accesses apart, and a third task that frees ---- */

struct object {
	int refs;
	int alive;
};
static struct object *published;

static int gets(void *w)
{
	busy((struct work_area *)w, 8);
	struct object *o = data_race(published);
	if (!o)
		return 0;
	int n = data_race(o->refs);
	if (!n)
		return 0;
	data_race(o->refs = n + 1);
	busy((struct work_area *)w, 6);
	BUG_ON(!data_race(o->alive));
	data_race(o->refs = o->refs - 1);
	return 0;
}

static int drops(void *w)
{
	busy((struct work_area *)w, 10);
	struct object *o = published;
	int n = data_race(o->refs);
	data_race(o->refs = n - 1);
	busy((struct work_area *)w, 3);
	if (!data_race(o->refs)) {
		data_race(published = NULL);
		data_race(o->alive = 0);
	}
	return 0;
}

HOTWEAVE_TARGET(deep_lost_reference, "a count of references that is read and written in two steps")
{
	static struct object object;

	object.refs = object.alive = 1;
	published = &object;
	RUN(gets, drops, gets);
}

/* ---- Choices: one of many operations, twice ---- */

static struct mutex many[8];

static int draws(void *w)
{
	for (int i = 0; i < 3; i++) {
		int outer = hotweave_choose(16), inner = hotweave_choose(16);

		busy((struct work_area *)w, 3);
		if (outer >= 8 || inner >= 8 || outer == inner)
			continue;
		/* Always in ascending order, but for one pair. */
		if (outer > inner && !(outer == 7 && inner == 3)) {
			int lower = inner;

			inner = outer;
			outer = lower;
		}
		mutex_lock(&many[outer]);
		busy((struct work_area *)w, 2);
		mutex_lock(&many[inner]);
		mutex_unlock(&many[inner]);
		mutex_unlock(&many[outer]);
	}
	return 0;
}

HOTWEAVE_TARGET(deep_choices, "of all pairs of locks one may be taken in the other order, and must meet its like")
{
	for (int i = 0; i < 8; i++)
		mutex_init(&many[i]);
	RUN(draws, draws, draws);
}

/* ---- Loops that wait for others: no strategy may let them run alone ---- */

static bool ready;

static int makes_ready(void *w)
{
	busy((struct work_area *)w, 10);
	smp_store_release(&ready, true);
	return 0;
}

static int spins(void *w)
{
	while (!smp_load_acquire(&ready))
		cpu_relax();
	busy((struct work_area *)w, 1);
	return 0;
}

static int tries(void *w)
{
	for (;;) {
		if (mutex_trylock(&a))
			break;
		msleep(5);
	}
	busy((struct work_area *)w, 2);
	mutex_unlock(&a);
	return 0;
}

HOTWEAVE_TARGET(deep_waiting_loops, "two spin for a flag, two try a lock again after a sleep; nothing is wrong")
{
	RUN(spins, spins, makes_ready, tries);
	RUN(tries, tries, spins, makes_ready);
}
