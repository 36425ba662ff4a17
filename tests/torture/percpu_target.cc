// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of per-CPU variables and alloc_percpu(). */
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/percpu.h>

#include "../support/tasks.h"

/* More than CPUs, so that they share some and move. */
#define WORKERS 5

static DEFINE_PER_CPU(int, counter);

struct queue {
	struct list_head items;
	int length;
};
static struct queue __percpu *queues;

struct item {
	struct list_head list;
};
static struct item items[2 * WORKERS];

/* What drawn operations have added to the sum of all copies, by task: nobody else writes it. */
static int added[WORKERS];

static void add_somehow(int *mine)
{
	int n = 1 + (int)hotweave_choose(3);
	unsigned long flags;

	switch (hotweave_choose(5)) {
	case 0:
		this_cpu_add(counter, n);
		break;
	case 1:
		preempt_disable();
		__this_cpu_add(counter, n);
		preempt_enable();
		break;
	case 2:
		get_cpu_var(counter) += n;
		put_cpu_var(counter);
		break;
	case 3:
		local_irq_save(flags);
		*this_cpu_ptr(&counter) += n;
		local_irq_restore(flags);
		break;
	case 4:
		this_cpu_sub(counter, -n);
		break;
	}
	*mine += n;
}

/* A per-CPU list: its owner is whoever has preemption off on that CPU. */
static void enqueue(struct item *item)
{
	struct queue *q = get_cpu_ptr(queues);

	BUG_ON(q->length < 0);
	list_add_tail(&item->list, &q->items);
	q->length++;
	put_cpu_ptr(queues);
}

static int worker(void *arg)
{
	int self = (int)(long)arg;

	for (int i = 0; i < 2; i++)
		add_somehow(&added[self]);
	for (int i = 0; i < 2; i++)
		enqueue(&items[2 * self + i]);
	return 0;
}

static void run_workers(task_fn fn)
{
	struct task_struct *t[WORKERS];

	for (long i = 0; i < WORKERS; i++)
		t[i] = kthread_run(fn, (void *)i, "worker/%ld", i);
	for (int i = 0; i < WORKERS; i++)
		hotweave_join(t[i]);
}

static void check(void)
{
	int cpu, sum = 0, length = 0, linked = 0;
	struct item *item;

	for_each_possible_cpu(cpu) {
		sum += per_cpu(counter, cpu);
		length += per_cpu_ptr(queues, cpu)->length;
		list_for_each_entry(item, &per_cpu_ptr(queues, cpu)->items, list)
			linked++;
	}
	for (int i = 0; i < WORKERS; i++)
		sum -= added[i];
	BUG_ON(sum);
	BUG_ON(length != 2 * WORKERS || linked != 2 * WORKERS);
}

static bool set_up(void)
{
	int cpu;

	queues = alloc_percpu(struct queue);
	if (!queues)
		return false;
	for_each_possible_cpu(cpu)
		INIT_LIST_HEAD(&per_cpu_ptr(queues, cpu)->items);
	return true;
}

HOTWEAVE_TARGET(percpu_torture, "five threads add to per-CPU counters in all ways and fill per-CPU lists")
{
	if (!set_up())
		return;
	run_workers(worker);
	check();
	free_percpu(queues);
}

static int careless_pointer(void *arg)
{
	struct queue *q;
	struct item *item = &items[2 * (long)arg];

	preempt_disable();
	q = this_cpu_ptr(queues);
	preempt_enable();
	list_add_tail(&item->list, &q->items);
	q->length++;
	return worker(arg) || list_empty(&q->items);
}

HOTWEAVE_TARGET(percpu_torture_mutant_stale_pointer, "this_cpu_ptr() is used after preempt_enable()")
{
	if (set_up())
		run_workers(careless_pointer);
}
HOTWEAVE_EXPECT(percpu_torture_mutant_stale_pointer, "", "data-race assertion", "");

static int careless_sleep(void *arg)
{
	struct queue *q;

	add_somehow(&added[(long)arg]);
	preempt_disable();
	q = this_cpu_ptr(queues);
	schedule();
	q->length++;
	preempt_enable();
	return 0;
}

HOTWEAVE_TARGET(percpu_torture_mutant_schedule, "schedule() between this_cpu_ptr() and the use")
{
	if (set_up())
		run_workers(careless_sleep);
}
HOTWEAVE_EXPECT(percpu_torture_mutant_schedule, "", "sleep-in-atomic", "");

static int careless_preemptible(void *arg)
{
	add_somehow(&added[(long)arg]);
	if (hotweave_choose(2))
		__this_cpu_inc(counter);
	return 0;
}

HOTWEAVE_TARGET(percpu_torture_mutant_preemptible, "__this_cpu_inc() with preemption on")
{
	if (set_up())
		run_workers(careless_preemptible);
}
HOTWEAVE_EXPECT(percpu_torture_mutant_preemptible, "", "wrong-cpu", "");

static int careless_free(void *arg)
{
	if (arg == NULL)
		free_percpu(queues);
	else
		enqueue(&items[2 * (long)arg]);
	return 0;
}

HOTWEAVE_TARGET(percpu_torture_mutant_free, "the area is freed while others use it")
{
	if (set_up())
		run_workers(careless_free);
}
HOTWEAVE_EXPECT(percpu_torture_mutant_free, "", "use-after-free data-race", "");
