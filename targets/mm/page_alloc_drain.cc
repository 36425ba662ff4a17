// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draining the lists of CPUs into their zones (mm/page_alloc.c of Linux 3.8 to 6.7), and what becomes of them when a
 * CPU dies.
 *
 * Model: 5.0's drain of one zone alone by the works (d9367bd0d0e2) is not there: works drain all zones.
 */
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "internal.h"

/* ---- One CPU ---------------------------------------------------------------------------------------------- */

/* From 6.0 anybody may, under the lock. Source: drain_pages_zone(), 6.1. */
static void drain_pages_zone_remotely(unsigned int cpu, struct zone *zone)
{
	struct per_cpu_pages *pcp = &per_cpu_ptr(zone_pageset(zone), cpu)->pcp;
	unsigned long flags;

	if (!hotweave_missing_annotation(pcp->count, "a page that is freed later is not for this drain"))
		return;
	spin_lock_irqsave(&pcp->lock, flags);
	free_pcppages_bulk(zone, pcp->count, pcp);
	spin_unlock_irqrestore(&pcp->lock, flags);
}

/* Context: the CPU is this one and stays it, or dead. Source: drain_pages_zone(), 4.12. */
void drain_pages_zone(unsigned int cpu, struct zone *zone)
{
	struct per_cpu_pages *pcp;
	unsigned long flags;

	if (fixed(FIX_443c2accd1b6)) {
		drain_pages_zone_remotely(cpu, zone);
		return;
	}
	local_irq_save(flags);
	pcp = &per_cpu_ptr(zone_pageset(zone), cpu)->pcp;
	if (pcp->count)
		free_pcppages_bulk(zone, pcp->count, pcp);
	local_irq_restore(flags);
}

void drain_pages(unsigned int cpu)
{
	struct zone *zone;

	unrelated_spinlock();
	for (zone = first_zone(); zone; zone = zone_after(zone))
		if (populated_zone(zone))
			drain_pages_zone(cpu, zone);
}

static void drain_pages_of(unsigned int cpu, struct zone *zone)
{
	if (zone)
		drain_pages_zone(cpu, zone);
	else
		drain_pages(cpu);
}

void drain_local_pages(struct zone *zone)
{
	drain_pages_of(altered(ALT_no_debug_preempt) ? raw_smp_processor_id() : smp_processor_id(), zone);
}

/* ---- Which CPUs ------------------------------------------------------------------------------------------- */

static bool zone_has_pcps(struct zone *zone, unsigned int cpu)
{
	struct per_cpu_pages *pcp = &per_cpu_ptr(zone_pageset(zone), cpu)->pcp;

	return hotweave_missing_annotation(pcp->count, "a page that is freed later is not for this drain") != 0;
}

static bool cpu_has_pcps(struct zone *zone, unsigned int cpu)
{
	if (zone)
		return zone_has_pcps(zone, cpu);
	for (zone = first_zone(); zone; zone = zone_after(zone))
		if (populated_zone(zone) && zone_has_pcps(zone, cpu))
			return true;
	return false;
}

static unsigned int next_online_cpu(int cpu)
{
	return hotweave_missing_annotation(cpumask_next(cpu, cpu_online_mask), "CPUs may come and go meanwhile");
}

/* The CPUs are online when they are looked at; what keeps them so is the caller's. */
static void find_cpus_with_pcps(struct zone *zone, bool force_all_cpus, struct cpumask *cpus_with_pcps)
{
	for (unsigned int cpu = next_online_cpu(-1); cpu < nr_cpu_ids; cpu = next_online_cpu((int)cpu)) {
		if (force_all_cpus || cpu_has_pcps(zone, cpu))
			cpumask_set_cpu(cpu, cpus_with_pcps);
		else
			cpumask_clear_cpu(cpu, cpus_with_pcps);
	}
}

/* ---- All CPUs: by interrupt, up to 4.10 ------------------------------------------------------------------- */

static void drain_local_pages_ipi(void *zone)
{
	drain_local_pages((struct zone *)zone);
}

/* Source: drain_all_pages(), 3.19, 4.10. */
static void drain_by_interrupt(struct zone *zone)
{
	static struct cpumask cpus_with_pcps;

	find_cpus_with_pcps(zone, false, &cpus_with_pcps);
	on_each_cpu_mask(&cpus_with_pcps, drain_local_pages_ipi, zone, true);
}

/* ---- All CPUs: by work, 4.11 to 5.19 ---------------------------------------------------------------------- */

/* A work, and the CPU that it was queued for (which only a mutant asks for). */
struct pcpu_drain {
	struct work_struct work;
	unsigned int cpu;
};

/* Protects the works and the mask. */
static DEFINE_MUTEX(pcpu_drain_mutex);
static DEFINE_PER_CPU(struct pcpu_drain, pcpu_drain);

static void drain_of_worker(struct pcpu_drain *drain)
{
	if (altered(ALT_pcp_drain_of_queued_cpu)) {
		drain_pages(drain->cpu);
		return;
	}
	if (altered(ALT_pcp_drain_mutex_in_worker))
		mutex_lock(&pcpu_drain_mutex);
	drain_local_pages(NULL);
	if (altered(ALT_pcp_drain_mutex_in_worker))
		mutex_unlock(&pcpu_drain_mutex);
}

/*
 * A worker whose CPU went away runs anywhere, and may be moved: what "this CPU" is holds only without preemption. Up to
 * a459eeb7b852 the CPU could not go away. Source: drain_local_pages_wq(), 4.12.
 */
static void drain_local_pages_wq(struct work_struct *work)
{
	bool pinned = fixed(FIX_a459eeb7b852) && !altered(ALT_pcp_drain_worker_preemptible);

	if (pinned)
		preempt_disable();
	drain_of_worker(container_of(work, struct pcpu_drain, work));
	if (pinned)
		preempt_enable();
}

static bool drain_keeps_cpus(void)
{
	return !fixed(FIX_a459eeb7b852) && !altered(ALT_drain_without_get_online_cpus) &&
	       !altered(ALT_stop_machine_protects_cpu_masks);
}

static void drain_begin(void)
{
	if (drain_keeps_cpus())
		get_online_cpus();
	if (altered(ALT_drain_loop_preempt_off))
		preempt_disable();
}

static void drain_end(void)
{
	if (altered(ALT_drain_loop_preempt_off))
		preempt_enable();
	if (drain_keeps_cpus())
		put_online_cpus();
}

static void queue_drain(unsigned int cpu, struct pcpu_drain *drain)
{
	if (altered(ALT_stop_machine_protects_cpu_masks)) {
		/* Its premise: a CPU that the loop has seen is there, because only stop_machine() takes it away. */
		bool online = hotweave_missing_annotation(cpu_online(cpu), "what the proposal takes for granted");

		WARN_ON_ONCE(!online);
	}
	drain->cpu = cpu;
	INIT_WORK(&drain->work, drain_local_pages_wq);
	queue_work_on((int)cpu, fixed(FIX_ce612879ddc7) ? mm_percpu_wq : system_wq, &drain->work);
}

/* Without memory for works: one after the other. */
static void drain_by_one_work(const struct cpumask *cpus_with_pcps)
{
	struct pcpu_drain drain;
	int cpu;

	for_each_cpu(cpu, cpus_with_pcps) {
		queue_drain((unsigned int)cpu, &drain);
		flush_work(&drain.work);
	}
}

/* Source: drain_all_pages() of 0ccce3b92421. */
static void drain_by_allocated_works(struct zone *zone)
{
	static struct cpumask cpus_with_pcps;
	struct pcpu_drain __percpu *works;
	int cpu;

	drain_begin();
	works = alloc_percpu_gfp(struct pcpu_drain, GFP_ATOMIC);
	find_cpus_with_pcps(zone, false, &cpus_with_pcps);
	if (works) {
		for_each_cpu(cpu, &cpus_with_pcps)
			queue_drain((unsigned int)cpu, per_cpu_ptr(works, cpu));
		for_each_cpu(cpu, &cpus_with_pcps)
			flush_work(&per_cpu_ptr(works, cpu)->work);
	} else {
		drain_by_one_work(&cpus_with_pcps);
	}
	drain_end();
	free_percpu(works);
}

/* Who wants no zone in particular leaves it to the call that is under way. */
static bool lock_drain(struct zone *zone)
{
	if (mutex_trylock(&pcpu_drain_mutex))
		return true;
	if (!zone)
		return false;
	mutex_lock(&pcpu_drain_mutex);
	return true;
}

/* Source: drain_all_pages(), bd233f538d51, 4.12, 5.1. */
static void drain_by_work(struct zone *zone, bool force_all_cpus)
{
	static struct cpumask cpus_with_pcps;
	int cpu;

	if (!lock_drain(zone))
		return;
	drain_begin();
	find_cpus_with_pcps(zone, force_all_cpus, &cpus_with_pcps);
	for_each_cpu(cpu, &cpus_with_pcps)
		queue_drain((unsigned int)cpu, per_cpu_ptr(&pcpu_drain, cpu));
	for_each_cpu(cpu, &cpus_with_pcps)
		flush_work(&per_cpu_ptr(&pcpu_drain, cpu)->work);
	drain_end();
	mutex_unlock(&pcpu_drain_mutex);
}

/* ---- All CPUs: remotely, from 6.0 ------------------------------------------------------------------------- */

/* Source: __drain_all_pages(), 6.1. */
static void drain_remotely(struct zone *zone, bool force_all_cpus)
{
	static struct cpumask cpus_with_pcps;
	int cpu;

	if (!lock_drain(zone))
		return;
	find_cpus_with_pcps(zone, force_all_cpus, &cpus_with_pcps);
	for_each_cpu(cpu, &cpus_with_pcps)
		drain_pages_of((unsigned int)cpu, zone);
	mutex_unlock(&pcpu_drain_mutex);
}

/* With force_all_cpus (5.11): not only those that seem to have pages. */
void __drain_all_pages(struct zone *zone, bool force_all_cpus)
{
	if (fixed(FIX_443c2accd1b6)) {
		drain_remotely(zone, force_all_cpus);
		return;
	}
	if (!fixed(FIX_0ccce3b92421)) {
		drain_by_interrupt(fixed(FIX_93481ff0e5a0) ? zone : NULL);
		return;
	}
	/* A work cannot wait for works of its own queue. */
	if (!fixed(FIX_4b81cb2ff69c) && (current->flags & PF_WQ_WORKER))
		return;
	if (fixed(FIX_bd233f538d51))
		drain_by_work(zone, force_all_cpus);
	else
		drain_by_allocated_works(zone);
}

void drain_all_pages(struct zone *zone)
{
	unrelated_mutex();
	__drain_all_pages(zone, false);
}

/* ---- A CPU that died -------------------------------------------------------------------------------------- */

/* Context: the task that took the CPU down. Source: page_alloc_cpu_dead(), 4.12, 6.1. */
static int page_alloc_cpu_dead(unsigned int cpu)
{
	lru_add_drain_cpu((int)cpu);
	if (altered(ALT_pcp_drain_mutex_in_cpu_dead))
		mutex_lock(&pcpu_drain_mutex);
	drain_pages(cpu);
	if (altered(ALT_pcp_drain_mutex_in_cpu_dead))
		mutex_unlock(&pcpu_drain_mutex);
	cpu_vm_stats_fold((int)cpu);
	return 0;
}

void page_alloc_init(void)
{
	enum cpuhp_state state = altered(ALT_page_alloc_dead_before_unbind) ? CPUHP_AP_ONLINE_DYN : CPUHP_PAGE_ALLOC_DEAD;

	WARN_ON(cpuhp_setup_state_nocalls(state, "mm/page_alloc:dead", NULL, page_alloc_cpu_dead) < 0);
}
