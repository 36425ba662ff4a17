// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that stop_machine() runs: all was prepared before, it only has to change a mask. By alterations functions that
 * prepare nothing: they take a mutex, allocate, drain lists of pages, take memory away.
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

#include "../history/history.h"
#include "cpus.h"
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
	(void)arg;
	drain_all_pages(&NODE_DATA(0)->node_zones[ZONE_NORMAL]);
	return 0;
}

static int take_memory_away(void *arg)
{
	(void)arg;
	return offline_pages(section_nr_to_pfn(1), PAGES_PER_SECTION);
}

/* ---- Prepared before --------------------------------------------------------------------------------------- */

static struct cpumask users_mask;

static int flip_bit(void *mask)
{
	users_mask = *(struct cpumask *)mask;
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

static cpu_stop_fn_t function_of_this_profile(void)
{
	if (altered(ALT_stop_fn_takes_mutex))
		return take_mutex;
	if (altered(ALT_stop_fn_spins_on_mutex))
		return spin_on_mutex;
	if (altered(ALT_stop_fn_allocates))
		return allocate;
	if (altered(ALT_stop_fn_allocates_percpu))
		return allocate_percpu;
	if (altered(ALT_stop_fn_drains))
		return drain_zone;
	return altered(ALT_stop_fn_offlines) ? take_memory_away : flip_bit;
}

HOTWEAVE_TARGET(stop_machine_users, "a mask changes while the machine is stopped; a CPU goes down, prepared by its states")
{
	struct task_struct *watcher, *holder, *down;
	struct cpumask *mask;

	boot_pages(1UL << 0 | 1UL << 1);
	leave_page_on(1, 0);
	leave_page_on(2, 0);
	watcher = kthread_run(watch_mask, NULL, "watcher");
	holder = kthread_run(hold_mutex, NULL, "holder");
	down = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	/* All that may sleep is done before. */
	mask = (struct cpumask *)kzalloc(sizeof(*mask), GFP_KERNEL);
	cpumask_set_cpu(1, mask);
	stop_machine(function_of_this_profile(), mask, NULL);
	kfree(mask);
	hotweave_join(watcher);
	hotweave_join(holder);
	hotweave_join(down);
}

HOTWEAVE_EXPECT(stop_machine_users, "v4.10", "", "4h(iii)");
HOTWEAVE_EXPECT(stop_machine_users, "v4.14", "", "4h(iii)");
HOTWEAVE_EXPECT(stop_machine_users, "v6.7", "", "4h(iii)");
