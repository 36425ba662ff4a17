// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may be done in stop_machine(), and what may not: functions that take a mutex, allocate, drain lists of pages, take memory
 * away; and one for which all of that was done before, so that it only has to change a mask.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#include <hotweave/target.h>

#include "pages.h"

/* ---- A mutex that another task holds ----------------------------------------------------------------------- */

static DEFINE_MUTEX(simple_mutex);
static DEFINE_MUTEX(elsewhere);
static unsigned int protected_value;

static int hold_mutex(void *arg)
{
	(void)arg;
	mutex_lock(&simple_mutex);
	mutex_lock(&elsewhere);
	protected_value++;
	mutex_unlock(&elsewhere);
	mutex_unlock(&simple_mutex);
	return 0;
}

static int take_mutex(void *arg)
{
	(void)arg;
	mutex_lock(&simple_mutex);
	protected_value++;
	mutex_unlock(&simple_mutex);
	return 0;
}

/* Without sleeping; what mutex_lock() would come to. */
static int spin_on_mutex(void *arg)
{
	(void)arg;
	while (!mutex_trylock(&simple_mutex))
		cpu_relax();
	protected_value++;
	mutex_unlock(&simple_mutex);
	return 0;
}

static void stop_against_holder(cpu_stop_fn_t fn)
{
	struct task_struct *holder = kthread_run(hold_mutex, NULL, "holder");

	stop_machine(fn, NULL, NULL);
	hotweave_join(holder);
}

HOTWEAVE_TARGET(mutex_in_stop_machine, "a function takes a mutex while the machine is stopped")
{
	stop_against_holder(take_mutex);
}

HOTWEAVE_TARGET(mutex_spin_in_stop_machine, "a function spins on a mutex while the machine is stopped")
{
	stop_against_holder(spin_on_mutex);
}

/* ---- Management of pages ----------------------------------------------------------------------------------- */

static int allocate(void *arg)
{
	struct page *page = alloc_page(GFP_KERNEL);

	(void)arg;
	if (page)
		__free_page(page);
	return 0;
}

static int allocate_percpu(void *arg)
{
	(void)arg;
	free_percpu(alloc_percpu(int));
	return 0;
}

static int drain_zone(void *arg)
{
	drain_all_pages((struct zone *)arg);
	return 0;
}

static int take_memory_away(void *arg)
{
	(void)arg;
	return offline_pages(section_nr_to_pfn(1), PAGES_PER_SECTION);
}

HOTWEAVE_TARGET(alloc_in_stop_machine, "a function allocates a page while the machine is stopped")
{
	boot_pages(1UL << 0);
	stop_machine(allocate, NULL, NULL);
}

HOTWEAVE_TARGET(percpu_in_stop_machine, "a function allocates per-CPU memory while the machine is stopped")
{
	boot_pages(1UL << 0);
	stop_machine(allocate_percpu, NULL, NULL);
}

HOTWEAVE_TARGET(drain_in_stop_machine, "a function drains the lists of CPUs while the machine is stopped")
{
	boot_pages(1UL << 0);
	leave_page_on(1, 0);
	leave_page_on(2, 0);
	stop_machine(drain_zone, &NODE_DATA(0)->node_zones[ZONE_NORMAL], NULL);
}

HOTWEAVE_TARGET(remove_in_stop_machine, "a function takes memory offline while the machine is stopped")
{
	boot_pages(1UL << 0 | 1UL << 1);
	stop_machine(take_memory_away, NULL, NULL);
}

/* ---- Prepared before --------------------------------------------------------------------------------------- */

static struct cpumask users_mask;

static int flip_bit(void *mask)
{
	*(struct cpumask *)&users_mask = *(struct cpumask *)mask;
	return 0;
}

static int watch_mask(void *arg)
{
	(void)arg;
	preempt_disable();
	(void)cpumask_test_cpu(2, &users_mask);
	preempt_enable();
	return 0;
}

HOTWEAVE_TARGET(prepared_stop_machine, "a mask changes while the machine is stopped; a CPU goes down, prepared by its states")
{
	struct task_struct *watcher, *down;
	struct cpumask *mask;

	boot_pages(1UL << 0);
	leave_page_on(2, 0);
	watcher = kthread_run(watch_mask, NULL, "watcher");
	down = kthread_run(take_cpu_down_direct, CPU_ARG(2), "cpu_down");
	mask = (struct cpumask *)kzalloc(sizeof(*mask), GFP_KERNEL);
	cpumask_set_cpu(1, mask);
	drain_all_pages(NULL);
	stop_machine(flip_bit, mask, NULL);
	kfree(mask);
	hotweave_join(watcher);
	hotweave_join(down);
}

HOTWEAVE_EXPECT(mutex_in_stop_machine, "v4.10", "sleep-in-atomic", "4h(i)");
HOTWEAVE_EXPECT(mutex_in_stop_machine, "v6.7", "sleep-in-atomic", "4h(i)");
HOTWEAVE_EXPECT(mutex_spin_in_stop_machine, "v6.7", "livelock", "4h(i): would immediately deadlock");
HOTWEAVE_EXPECT(alloc_in_stop_machine, "v4.10", "sleep-in-atomic", "4h(ii)");
HOTWEAVE_EXPECT(alloc_in_stop_machine, "v6.7", "sleep-in-atomic", "4h(ii)");
HOTWEAVE_EXPECT(percpu_in_stop_machine, "v6.7", "sleep-in-atomic", "4h(ii)");
HOTWEAVE_EXPECT(drain_in_stop_machine, "v4.10", "assertion", "4h(ii): interrupts are off");
HOTWEAVE_EXPECT(drain_in_stop_machine, "v4.14", "sleep-in-atomic", "4h(ii)");
HOTWEAVE_EXPECT(drain_in_stop_machine, "v6.7", "", "443c2accd1b6: drains remotely, under spinlocks");
HOTWEAVE_EXPECT(remove_in_stop_machine, "v4.10", "assertion", "removing memory in stop_machine()");
HOTWEAVE_EXPECT(remove_in_stop_machine, "v4.14", "sleep-in-atomic", "removing memory in stop_machine()");
HOTWEAVE_EXPECT(remove_in_stop_machine, "v6.7", "sleep-in-atomic", "removing memory in stop_machine()");
HOTWEAVE_EXPECT(prepared_stop_machine, "v4.10", "", "4h(iii)");
HOTWEAVE_EXPECT(prepared_stop_machine, "v4.14", "", "4h(iii)");
HOTWEAVE_EXPECT(prepared_stop_machine, "v6.7", "", "4h(iii)");
