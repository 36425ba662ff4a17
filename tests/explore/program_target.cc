// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * An interpreter of small programs (programs.h): tasks that share two variables, two mutexes, two spinlocks and more.
 */
#include <hotweave/target.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <asm/processor.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "../tests/explore/programs.h"

static long var[2];
static atomic_t counter[2];
static struct mutex mutexes[2];
static spinlock_t spins[2];
static DECLARE_RWSEM(rwsem);
static DECLARE_COMPLETION(done);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static long seen[EXPLORE_TASKS];
static long *shared;

static int child(void *arg)
{
	var[(unsigned long)arg]++;
	return 0;
}

static void note(unsigned int task, long value)
{
	seen[task] = seen[task] * 31 + value + 1;
}

static void locks(const struct explore_op *op, unsigned int task)
{
	switch (op->kind) {
	case EX_MUTEX_INC:
		mutex_lock(&mutexes[op->b]);
		var[op->a]++;
		mutex_unlock(&mutexes[op->b]);
		break;
	case EX_SPIN_INC:
		spin_lock(&spins[op->b]);
		var[op->a]++;
		spin_unlock(&spins[op->b]);
		break;
	case EX_BOTH_MUTEXES:
		mutex_lock(&mutexes[op->a]);
		mutex_lock(&mutexes[!op->a]);
		note(task, var[op->b]);
		mutex_unlock(&mutexes[!op->a]);
		mutex_unlock(&mutexes[op->a]);
		break;
	case EX_TRYLOCK:
		if (mutex_trylock(&mutexes[op->a])) {
			var[op->b]++;
			mutex_unlock(&mutexes[op->a]);
		}
		break;
	case EX_RWSEM:
		if (op->b) {
			down_write(&rwsem);
			var[op->a]++;
			up_write(&rwsem);
		} else {
			down_read(&rwsem);
			note(task, var[op->a]);
			up_read(&rwsem);
		}
		break;
	}
}

static void waits(const struct explore_op *op, unsigned int task)
{
	switch (op->kind) {
	case EX_COMPLETE:
		complete(&done);
		break;
	case EX_WAIT:
		wait_for_completion(&done);
		break;
	case EX_WAIT_TIMEOUT:
		note(task, wait_for_completion_timeout(&done, 1) != 0);
		break;
	case EX_WAIT_EVENT:
		wait_event(queue, READ_ONCE(var[op->a]));
		break;
	case EX_WAKE:
		WRITE_ONCE(var[op->a], 1);
		wake_up(&queue);
		break;
	case EX_RCU_READ:
		rcu_read_lock();
		note(task, var[op->a]);
		note(task, var[op->a]);
		rcu_read_unlock();
		break;
	case EX_RCU_SYNC:
		synchronize_rcu();
		var[op->a]++;
		break;
	case EX_SPIN_UNTIL:
		for (int i = 0; i < 2 && !READ_ONCE(var[op->a]); i++)
			cpu_relax();
		break;
	case EX_MSLEEP:
		msleep(1);
		break;
	}
}

static void others(const struct explore_op *op, unsigned int task)
{
	unsigned long flags;
	long *p;

	switch (op->kind) {
	case EX_PREEMPT_INC:
		preempt_disable();
		var[op->a]++;
		preempt_enable();
		break;
	case EX_IRQ_INC:
		local_irq_save(flags);
		var[op->a]++;
		local_irq_restore(flags);
		break;
	case EX_CPU:
		note(task, raw_smp_processor_id());
		break;
	case EX_CHOOSE:
		note(task, hotweave_choose(2));
		break;
	case EX_ONE_IN:
		if (hotweave_one_in(4))
			var[op->a] = 7;
		break;
	case EX_SPAWN: {
		struct task_struct *t = kthread_run(child, (void *)(unsigned long)op->a, "child");

		if (op->b)
			hotweave_join(t);
		break;
	}
	case EX_ASSERT:
		BUG_ON(var[op->a] == op->b + 1);
		break;
	case EX_ALLOC:
		p = (long *)kmalloc(sizeof(*p), GFP_KERNEL);
		*p = 1;
		kfree(p);
		break;
	case EX_FREE_SHARED:
		p = xchg(&shared, (long *)NULL);
		if (p)
			kfree(p);
		break;
	case EX_USE_SHARED:
		p = READ_ONCE(shared);
		if (p)
			note(task, *p);
		break;
	}
}

static int run(void *arg)
{
	unsigned int task = (unsigned long)arg;
	const struct explore_program *p = explore_now();

	for (unsigned int i = 0; i < p->ops[task]; i++) {
		const struct explore_op *op = &p->op[task][i];

		switch (op->kind) {
		case EX_WRITE:
			var[op->a] = op->b;
			break;
		case EX_READ:
			note(task, var[op->a]);
			break;
		case EX_INC:
			var[op->a]++;
			break;
		case EX_MARKED:
			WRITE_ONCE(var[op->a], READ_ONCE(var[op->b]) + 1);
			break;
		case EX_ATOMIC:
			note(task, atomic_inc_return(&counter[op->a]));
			break;
		default:
			locks(op, task);
			waits(op, task);
			others(op, task);
		}
	}
	return 0;
}

static bool not_three(void)
{
	return var[0] != 3;
}

HOTWEAVE_TARGET(explore_program, "a small program, given as data")
{
	const struct explore_program *p = explore_now();
	struct task_struct *tasks[EXPLORE_TASKS];
	unsigned long long state = 0;

	for (int i = 0; i < 2; i++) {
		mutex_init(&mutexes[i]);
		spin_lock_init(&spins[i]);
	}
	shared = (long *)kzalloc(sizeof(*shared), GFP_KERNEL);
	if (p->always)
		hotweave_invariant("var[0] is not 3", not_three, HOTWEAVE_ALWAYS);
	for (unsigned long i = 0; i < p->tasks; i++)
		tasks[i] = kthread_run(run, (void *)i, "task%lu", i);
	for (unsigned int i = 0; i < p->tasks; i++)
		hotweave_join(tasks[i]);
	for (int i = 0; i < 2; i++)
		state = state * 1000003 + var[i] * 64 + atomic_read(&counter[i]);
	for (unsigned int i = 0; i < p->tasks; i++)
		state = state * 1000003 + seen[i];
	explore_final(state * 2 + (shared != NULL));
}
