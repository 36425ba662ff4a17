// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking the slabs away from CPUs (mm/slub.c of Linux 3.8 to 6.7): by interrupts up to 5.14, from then on by works, which need
 * that CPUs stay.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "../history/history.h"
#include "slab.h"

void __flush_cpu_slab(struct kmem_cache *s, int cpu)
{
	struct kmem_cache_cpu *c = per_cpu_ptr(s->cpu_slab, cpu);

	if (READ_ONCE(c->page))
		flush_slab(s, c);
}

static bool has_cpu_slab(int cpu, struct kmem_cache *s)
{
	return READ_ONCE(per_cpu_ptr(s->cpu_slab, cpu)->page) != NULL;
}

/* ---- By interrupts: up to 5.14 ------------------------------------------------------------------------ */

static bool cpu_has_slab(int cpu, void *info)
{
	return has_cpu_slab(cpu, (struct kmem_cache *)info);
}

static void flush_this_cpu_slab(void *info)
{
	__flush_cpu_slab((struct kmem_cache *)info, smp_processor_id());
}

/* ---- By works: from 5.15 ------------------------------------------------------------------------------ */

struct slub_flush_work {
	struct work_struct work;
	struct kmem_cache *s;
	bool skip;
};

/* One of each CPU; under flush_lock. */
static DEFINE_PER_CPU(struct slub_flush_work, slub_flush);
static DEFINE_MUTEX(flush_lock);
static struct workqueue_struct *flushwq;

/* Source: flush_cpu_slab(), 6.1. */
static void flush_cpu_slab(struct work_struct *w)
{
	struct slub_flush_work *sfw = container_of(w, struct slub_flush_work, work);
	unsigned long flags;

	local_irq_save(flags);
	__flush_cpu_slab(sfw->s, smp_processor_id());
	local_irq_restore(flags);
}

/* Source: flush_all_cpus_locked(), 6.1. */
void flush_all_cpus_locked(struct kmem_cache *s)
{
	int cpu;

	lockdep_assert_cpus_held();
	mutex_lock(&flush_lock);
	for_each_online_cpu(cpu) {
		struct slub_flush_work *sfw = &per_cpu(slub_flush, cpu);

		sfw->skip = !has_cpu_slab(cpu, s);
		if (sfw->skip)
			continue;
		INIT_WORK(&sfw->work, flush_cpu_slab);
		sfw->s = s;
		queue_work_on(cpu, flushwq ? flushwq : system_wq, &sfw->work);
	}
	for_each_online_cpu(cpu) {
		struct slub_flush_work *sfw = &per_cpu(slub_flush, cpu);

		if (!sfw->skip)
			flush_work(&sfw->work);
	}
	mutex_unlock(&flush_lock);
}

/* Source: flush_all(), 4.12, 6.1. */
void flush_all(struct kmem_cache *s)
{
	if (!fixed(FIX_5a836bf6b09f)) {
		on_each_cpu_cond(cpu_has_slab, flush_this_cpu_slab, s, true);
		return;
	}
	cpus_read_lock();
	flush_all_cpus_locked(s);
	cpus_read_unlock();
}

/* From 6.0 the works have a queue of their own. Source: kmem_cache_init_late(), 6.1. */
void slub_flush_init(void)
{
	if (fixed(FIX_e45cc288724f))
		flushwq = alloc_workqueue("slub_flushwq", WQ_MEM_RECLAIM, 0);
}
