// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Per-CPU variables and alloc_percpu(): what they promise, and what must be found. */
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>

#include "../support/tasks.h"

struct stats {
	unsigned long events[3];
	u8 small;
	struct stats *next;
};

static DEFINE_PER_CPU(int, counter) = 5;
static DEFINE_PER_CPU(struct stats, stats);
DEFINE_PER_CPU_SHARED_ALIGNED(long, aligned);
DEFINE_PER_CPU_READ_MOSTLY(void *, pointer);
static DEFINE_PER_CPU(u16[4], array);
DECLARE_PER_CPU(long, aligned);

static int *__percpu *unused __maybe_unused;

HOTWEAVE_TARGET(percpu_copies, "each CPU has a copy, as the template was initialised")
{
	int cpu;

	for_each_possible_cpu(cpu) {
		BUG_ON(per_cpu(counter, cpu) != 5);
		per_cpu(counter, cpu) += cpu;
		per_cpu(stats, cpu).events[1] = cpu;
		per_cpu(array, cpu)[3] = (u16)(cpu + 7);
		BUG_ON((unsigned long)per_cpu_ptr(&aligned, cpu) % SMP_CACHE_BYTES);
		BUG_ON(per_cpu_ptr(&counter, cpu) != SHIFT_PERCPU_PTR(&counter, per_cpu_offset(cpu)));
	}
	for_each_possible_cpu(cpu) {
		BUG_ON(per_cpu(counter, cpu) != 5 + cpu);
		BUG_ON(per_cpu_ptr(&stats, cpu)->events[1] != (unsigned long)cpu);
		BUG_ON(per_cpu(array, cpu)[3] != cpu + 7);
		BUG_ON(per_cpu(stats, cpu).events[0]);
	}
	BUG_ON(!is_kernel_percpu_address((unsigned long)per_cpu_ptr(&counter, 2)));
	BUG_ON(is_kernel_percpu_address((unsigned long)&cpu));
}

HOTWEAVE_TARGET(percpu_operations, "this_cpu, __this_cpu and raw_cpu operations on all widths")
{
	preempt_disable();
	BUG_ON(this_cpu_read(counter) != 5);
	this_cpu_add(counter, -7);
	BUG_ON(this_cpu_read(counter) != -2);
	this_cpu_sub(counter, 3);
	BUG_ON(this_cpu_inc_return(counter) != -4 || this_cpu_dec_return(counter) != -5);
	this_cpu_write(counter, 6);
	this_cpu_or(counter, 9);
	this_cpu_and(counter, 13);
	BUG_ON(this_cpu_xchg(counter, 1) != 13);
	BUG_ON(this_cpu_cmpxchg(counter, 2, 3) != 1 || this_cpu_cmpxchg(counter, 1, -1) != 1);
	BUG_ON(this_cpu_cmpxchg(counter, -1, 4) != -1);
	BUG_ON(__this_cpu_add_return(counter, 2) != 6 || __this_cpu_sub_return(counter, 1) != 5);
	__this_cpu_inc(counter);
	__this_cpu_dec(counter);
	__this_cpu_or(counter, 8);
	__this_cpu_and(counter, 12);
	BUG_ON(__this_cpu_xchg(counter, 3) != 12 || __this_cpu_cmpxchg(counter, 3, 4) != 3);
	raw_cpu_add(counter, 2);
	raw_cpu_sub(counter, 1);
	raw_cpu_inc(counter);
	raw_cpu_dec(counter);
	raw_cpu_or(counter, 2);
	raw_cpu_and(counter, 6);
	BUG_ON(raw_cpu_xchg(counter, 8) != 6 || raw_cpu_cmpxchg(counter, 8, 9) != 8 || raw_cpu_read(counter) != 9);
	BUG_ON(raw_cpu_add_return(counter, 1) != 10 || __this_cpu_read(counter) != 10);

	this_cpu_inc(stats.events[2]);
	BUG_ON(this_cpu_ptr(&stats)->events[2] != 1);
	this_cpu_write(stats.small, 255);
	this_cpu_inc(stats.small);
	BUG_ON(this_cpu_read(stats.small) != 0 || __this_cpu_read(stats.events[0]) != 0);
	this_cpu_write(stats.next, this_cpu_ptr(&stats));
	BUG_ON(this_cpu_read(stats.next)->events[2] != 1);
	BUG_ON(this_cpu_xchg(stats.next, NULL) == NULL || this_cpu_read(stats.next));
	this_cpu_write(pointer, &unused);
	__this_cpu_write(array[1], 3);
	BUG_ON(this_cpu_read(pointer) != &unused || per_cpu(array, raw_smp_processor_id())[1] != 3);
	preempt_enable();

	get_cpu_var(counter)++;
	BUG_ON(!preempt_count());
	put_cpu_var(counter);
	BUG_ON(preempt_count());
}

HOTWEAVE_TARGET(percpu_dynamic, "what works on static variables works on allocated ones")
{
	struct stats __percpu *s = alloc_percpu(struct stats);
	int __percpu *n = alloc_percpu_gfp(int, GFP_ATOMIC);
	int cpu, sum = 0;

	if (s && n) {
		for_each_possible_cpu(cpu) {
			BUG_ON(per_cpu_ptr(s, cpu)->events[2] || *per_cpu_ptr(n, cpu));
			*per_cpu_ptr(n, cpu) = cpu + 1;
		}
		this_cpu_inc(*n);
		this_cpu_add(s->events[2], 4);
		get_cpu_ptr(s)->small = 2;
		put_cpu_ptr(s);
		for_each_possible_cpu(cpu)
			sum += *per_cpu_ptr(n, cpu) + (int)per_cpu_ptr(s, cpu)->events[2] + per_cpu_ptr(s, cpu)->small;
		BUG_ON(sum != 6 + 1 + 4 + 2);
	}
	free_percpu(s);
	free_percpu(n);
	free_percpu(NULL);
}

static int count_up(void *)
{
	for (int i = 0; i < 3; i++)
		this_cpu_inc(counter);
	return 0;
}

static int count_up_pinned(void *)
{
	for (int i = 0; i < 3; i++) {
		preempt_disable();
		__this_cpu_inc(counter);
		preempt_enable();
	}
	return 0;
}

static int sum_of_counters(void)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += per_cpu(counter, cpu);
	return sum;
}

static void check_sum(int expected)
{
	BUG_ON(sum_of_counters() != expected);
}

static bool four_counts(void)
{
	return sum_of_counters() == 3 * 5 + 4;
}

/* Both on one CPU. */
static void run_two_on_cpu_1(task_fn a, task_fn b)
{
	struct task_struct *ta = kthread_create_on_cpu(a, NULL, 1, "a/%u");
	struct task_struct *tb = kthread_create_on_cpu(b, NULL, 1, "b/%u");

	wake_up_process(ta);
	wake_up_process(tb);
	hotweave_join(ta);
	hotweave_join(tb);
}

HOTWEAVE_TARGET(percpu_counts_exactly, "no count is lost, whatever the tasks and their CPUs")
{
	run_three(count_up, count_up_pinned, count_up);
	check_sum(3 * 5 + 9);
}

static int count_raw(void *)
{
	for (int i = 0; i < 3; i++)
		raw_cpu_inc(counter);
	return 0;
}

HOTWEAVE_TARGET(percpu_raw_loses_counts, "raw_cpu_inc() with preemption on is two steps")
{
	run_two_on_cpu_1(count_raw, count_raw);
	check_sum(3 * 5 + 6);
}

static void count_in_irq(void *)
{
	this_cpu_inc(counter);
}

static int interrupted_atomic(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), count_in_irq, NULL);
	this_cpu_inc(counter);
	return 0;
}

HOTWEAVE_TARGET(percpu_irq_against_this_cpu, "this_cpu_inc() is one step for an interrupt handler")
{
	hotweave_invariant("no count is lost", four_counts, HOTWEAVE_AT_QUIESCENCE);
	run_two(interrupted_atomic, interrupted_atomic);
}

static int interrupted_plain(void *)
{
	preempt_disable();
	hotweave_raise_irq(raw_smp_processor_id(), count_in_irq, NULL);
	__this_cpu_inc(counter);
	preempt_enable();
	return 0;
}

HOTWEAVE_TARGET(percpu_irq_against_plain, "an interrupt comes between the load and the store of __this_cpu_inc()")
{
	hotweave_invariant("no count is lost", four_counts, HOTWEAVE_AT_QUIESCENCE);
	run_two(interrupted_plain, interrupted_plain);
}

static int interrupted_masked(void *)
{
	unsigned long flags;

	hotweave_raise_irq(raw_smp_processor_id(), count_in_irq, NULL);
	local_irq_save(flags);
	__this_cpu_inc(counter);
	local_irq_restore(flags);
	return 0;
}

HOTWEAVE_TARGET(percpu_irq_against_masked, "but not with interrupts off")
{
	hotweave_invariant("no count is lost", four_counts, HOTWEAVE_AT_QUIESCENCE);
	run_two(interrupted_masked, interrupted_masked);
}

/* ---- Misuse ---------------------------------------------------------------------------------------- */

HOTWEAVE_TARGET(percpu_preemptible_pointer, "this_cpu_ptr() with preemption on")
{
	(*this_cpu_ptr(&counter))++;
}

HOTWEAVE_TARGET(percpu_preemptible_operation, "__this_cpu_inc() with preemption on")
{
	__this_cpu_inc(counter);
}

HOTWEAVE_TARGET(percpu_preemptible_processor_id, "smp_processor_id() with preemption on")
{
	per_cpu(counter, smp_processor_id())++;
}

static int bound(void *)
{
	per_cpu(counter, smp_processor_id())--;
	per_cpu(counter, raw_smp_processor_id())++;
	(*this_cpu_ptr(&counter))++;
	__this_cpu_inc(counter);
	return 0;
}

HOTWEAVE_TARGET(percpu_bound_task, "a task that cannot move may ask where it is; so may one with interrupts off")
{
	struct task_struct *t = kthread_create_on_cpu(bound, NULL, 1, "bound/%u");

	wake_up_process(t);
	hotweave_join(t);
	local_irq_disable();
	__this_cpu_inc(counter);
	local_irq_enable();
	BUG_ON(per_cpu(counter, 1) < 7);
}

HOTWEAVE_TARGET(percpu_template_read, "the variable itself, not a copy")
{
	BUG_ON(counter != 5);
}

HOTWEAVE_TARGET(percpu_dynamic_template, "an allocated pointer dereferenced as it is")
{
	int __percpu *n = alloc_percpu(int);

	if (n)
		*n = 1;
}

HOTWEAVE_TARGET(percpu_impossible_cpu, "the copy of a CPU that does not exist")
{
	per_cpu(counter, nr_cpu_ids) = 1;
}

HOTWEAVE_TARGET(percpu_null, "a failed allocation that is used")
{
	int __percpu *n;

	hotweave_fail_allocations(4);
	n = alloc_percpu(int);
	this_cpu_inc(*n);
}

HOTWEAVE_TARGET(percpu_not_percpu, "per_cpu_ptr() of a pointer that is a copy already")
{
	*per_cpu_ptr(per_cpu_ptr(&counter, 0), 1) = 2;
}

HOTWEAVE_TARGET(percpu_use_after_free, "an allocated copy is written after free_percpu()")
{
	int __percpu *n = alloc_percpu(int);

	if (!n)
		return;
	free_percpu(n);
	this_cpu_inc(*n);
}

HOTWEAVE_TARGET(percpu_double_free, "free_percpu() twice")
{
	int __percpu *n = alloc_percpu(int);

	free_percpu(n);
	free_percpu(n);
}

HOTWEAVE_TARGET(percpu_bad_free, "free_percpu() of a static variable")
{
	free_percpu(&counter);
}

HOTWEAVE_TARGET(percpu_out_of_bounds, "behind the end of a copy")
{
	int __percpu *n = alloc_percpu(int);

	if (n)
		per_cpu_ptr(n, 1)[1] = 1;
}

HOTWEAVE_TARGET(percpu_alloc_sleeps, "alloc_percpu() with preemption off")
{
	preempt_disable();
	free_percpu(alloc_percpu(int));
	preempt_enable();
}

static int __percpu *shared;

static int use_shared(void *)
{
	this_cpu_inc(*shared);
	return 0;
}

static int free_shared(void *)
{
	free_percpu(shared);
	return 0;
}

HOTWEAVE_TARGET(percpu_free_races, "freed while another task still counts")
{
	shared = alloc_percpu(int);
	if (shared)
		run_two(use_shared, free_shared);
}

/* ---- Order ----------------------------------------------------------------------------------------- */

static int read_remote(void *)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += per_cpu(counter, cpu);
	return sum;
}

static int read_remote_once(void *)
{
	int cpu, sum = 0;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(counter, cpu));
	return sum;
}

HOTWEAVE_TARGET(percpu_remote_plain, "a plain look at other CPUs' copies races with this_cpu_inc()")
{
	run_two(count_up, read_remote);
}

HOTWEAVE_TARGET(percpu_remote_marked, "a marked one does not")
{
	run_two(count_up, read_remote_once);
}

static int stale_pointer(void *)
{
	int *here;

	preempt_disable();
	here = this_cpu_ptr(&counter);
	preempt_enable();
	(*here)++;
	return 0;
}

HOTWEAVE_TARGET(percpu_stale_pointer, "a pointer kept beyond preempt_enable()")
{
	run_three(stale_pointer, stale_pointer, stale_pointer);
}

static int fresh_pointer(void *)
{
	int *here;

	preempt_disable();
	here = this_cpu_ptr(&counter);
	(*here)++;
	preempt_enable();
	this_cpu_inc(counter);
	return 0;
}

HOTWEAVE_TARGET(percpu_fresh_pointer, "a pointer used with preemption off, and this_cpu_inc() beside it")
{
	run_three(fresh_pointer, fresh_pointer, fresh_pointer);
	check_sum(3 * 5 + 6);
}
