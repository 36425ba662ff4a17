// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * An interpreter of small programs (programs.h): tasks that share two variables, locks, works, timers and more. What each
 * operation does: ops.def. The final state is taken when nothing runs any more.
 */
#include <hotweave/target.h>
#include <linux/atomic.h>
#include <linux/bit_spinlock.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/stop_machine.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/processor.h>

#include "../tests/explore/programs.h"

struct object {
	struct timer_list timer;
	struct work_struct work;
};

static long var[2];
static atomic_t counter[2];
static struct mutex mutexes[2];
static spinlock_t spins[2];
static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_RWLOCK(rwlock);
static DECLARE_RWSEM(rwsem);
static DEFINE_RT_MUTEX(rt_mutex);
static DEFINE_SEMAPHORE(semaphore);
static unsigned long bits;
static DEFINE_SEQLOCK(seqlock);
DEFINE_STATIC_SRCU(srcu);
DEFINE_STATIC_PERCPU_RWSEM(percpu_rwsem);
static DECLARE_COMPLETION(done);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_PER_CPU(long, percpu_count);
static long seen[EXPLORE_TASKS];   /* by the tasks */
static long ran_on[3];             /* handlers, works, timers: their CPUs */
static long seen_by_work;          /* var[0]; the order of works that one worker runs shows */
static struct task_struct *tasks[EXPLORE_TASKS];
static struct work_struct works[2];
static struct workqueue_struct *queues[2];
static struct delayed_work delayed;
static struct timer_list timers[2];
static struct hrtimer hrtimer;
static struct tasklet_struct tasklets[2];
static struct rcu_head heads[EXPLORE_TASKS];
static struct object *object;
static int freed;
static long *shared, *first_block;
static unsigned long begun;

static void note(unsigned int task, long value)
{
	seen[task] = seen[task] * 31 + value + 1;
}

/* Its order with any other change of the variable shows. */
static void effect(unsigned int a)
{
	var[a] = var[a] * 2 + 1;
}

static void ran(unsigned int what)
{
	ran_on[what] = ran_on[what] * 4 + raw_smp_processor_id() + 1;
}

static struct task_struct *task_of(unsigned int b)
{
	return tasks[b] ? tasks[b] : current;
}

static int child(void *arg)
{
	var[(unsigned long)arg]++;
	return 0;
}

static int daemon(void *arg)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	var[(unsigned long)arg]++;
	return 4;
}

/* Returns how early it was told to stop. */
static int looker(void *arg)
{
	int early = kthread_should_stop();

	early = early * 2 + kthread_should_stop();
	daemon(arg);
	return early;
}

static int parker(void *arg)
{
	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			kthread_parkme();
			continue;
		}
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop() && !kthread_should_park())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	var[(unsigned long)arg]++;
	return 5;
}

static void handler(void *arg)
{
	effect((unsigned long)arg);
	ran(0);
}

static int stopped(void *arg)
{
	effect((unsigned long)arg);
	return 6;
}

static void callback(struct rcu_head *head)
{
	effect((head - heads) & 1);
}

static void on_timer(struct timer_list *timer)
{
	effect(timer == &timers[1]);
	if (timer == &timers[0])
		ran(2);
}

static enum hrtimer_restart on_hrtimer(struct hrtimer *unused)
{
	effect(0);
	return HRTIMER_NORESTART;
}

static void on_object_timer(struct timer_list *timer)
{
	effect(0);
}

static void on_tasklet(struct tasklet_struct *tasklet)
{
	effect(tasklet == &tasklets[1]);
}

static void first_work(struct work_struct *work)
{
	effect(0);
	ran(1);
}

/* May have to wait, so that another worker is woken. */
static void second_work(struct work_struct *work)
{
	mutex_lock(&mutexes[0]);
	effect(1);
	seen_by_work = seen_by_work * 8 + var[0] + 1;
	mutex_unlock(&mutexes[0]);
}

static void third_work(struct work_struct *work)
{
	effect(0);
}

#define EX_OP(kind, ...) static void op_##kind(unsigned int task, unsigned int a, unsigned int b) __VA_ARGS__
#include "../tests/explore/ops.def"
#undef EX_OP

/* A switch: to read a table would be a step. */
static void operation(unsigned int task, unsigned int kind, unsigned int a, unsigned int b)
{
	switch (kind) {
#define EX_OP(kind, ...) case EX_##kind: return op_##kind(task, a, b);
#include "../tests/explore/ops.def"
#undef EX_OP
	}
}

static int run(void *arg)
{
	unsigned int task = (unsigned long)arg;

	for (unsigned int i = 0;; i++) {
		int op = explore_operation(task, i);

		if (op < 0)
			return 0;
		operation(task, op / 4, op / 2 % 2, op % 2);
	}
}

static bool always(void)
{
	return true;
}

static bool not_three(void)
{
	return var[0] != 3;
}

static bool not_both(void)
{
	return !var[0] || !var[1];
}

static bool final_state(void)
{
	unsigned long long state = shared != NULL;

	for (int i = 0; i < 2; i++)
		state = state * 1000003 + var[i] * 64 + atomic_read(&counter[i]) * 1000;
	for (int i = 0; i < 3; i++)
		state = state * 1000003 + ran_on[i];
	state = state * 1000003 + seen_by_work;
	for (unsigned int i = 0; i < EXPLORE_TASKS; i++)
		state = state * 1000003 + seen[i];
	for (unsigned int i = 0; i < nr_cpu_ids; i++)
		state = state * 1000003 + per_cpu(percpu_count, i) * 2 + cpu_online(i);
	explore_final(state);
	return true;
}

static void set_up(void)
{
	for (int i = 0; i < 2; i++) {
		mutex_init(&mutexes[i]);
		spin_lock_init(&spins[i]);
		timer_setup(&timers[i], on_timer, 0);
		tasklet_setup(&tasklets[i], on_tasklet);
	}
	INIT_WORK(&works[0], first_work);
	INIT_WORK(&works[1], second_work);
	INIT_DELAYED_WORK(&delayed, third_work);
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = on_hrtimer;
	queues[0] = system_wq;
	queues[1] = alloc_ordered_workqueue("ordered", 0);
	shared = (long *)kzalloc(sizeof(*shared), GFP_KERNEL);
	first_block = shared;
	object = (struct object *)kzalloc(sizeof(*object), GFP_KERNEL);
	timer_setup(&object->timer, on_object_timer, 0);
	INIT_WORK(&object->work, third_work);
	begun = jiffies;
}

HOTWEAVE_TARGET(explore_program, "a small program, given as data")
{
	enum explore_always invariant = explore_invariant();
	unsigned int n = explore_tasks();

	set_up();
	hotweave_worker_memory(always);   /* else it may be missing any number of times */
	hotweave_invariant("the final state is known", final_state, HOTWEAVE_AT_QUIESCENCE);
	if (invariant)
		hotweave_invariant(invariant == EX_NOT_THREE ? "var[0] is not 3" : "one variable is 0", invariant == EX_NOT_THREE ? not_three : not_both, HOTWEAVE_ALWAYS);
	for (unsigned long i = explore_init(); i < n; i++) {
		int cpu = explore_cpu(i);

		if (cpu >= 0)
			tasks[i] = kthread_create_on_cpu(run, (void *)i, cpu, "task/%u");
		else
			tasks[i] = kthread_create(run, (void *)i, "task%lu", i);
	}
	for (unsigned int i = explore_init(); i < n; i++)
		wake_up_process(tasks[i]);
	if (explore_init())
		run(NULL);
}
