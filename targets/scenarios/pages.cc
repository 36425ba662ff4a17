// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine, tasks and invariants of the page allocator's scenarios: see pages.h.
 */
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/percpu.h>

#include <hotweave/target.h>

#include "../kernel/smp.h"
#include "../mm/internal.h"
#include "memory.h"
#include "pages.h"

/* ---- Invariants ------------------------------------------------------------------------------------------- */

/* I8: who took a CPU down has emptied its lists. At the release of the locks of CPU hotplug a CPU is dead or alive. */
static bool dead_cpus_have_no_pages(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		for (struct zone *zone = first_zone(); zone && !cpu_online(cpu); zone = zone_after(zone))
			if (pages_on((unsigned int)cpu, zone))
				return false;
	return true;
}

static int length_of(struct list_head *list)
{
	struct list_head *pos;
	int length = 0;

	list_for_each(pos, list)
		length++;
	return length;
}

/* I8: a list is as long as it says, and so is every free list. */
static bool lists_are_as_long_as_they_say(void)
{
	int cpu;

	for (struct zone *zone = first_zone(); zone; zone = zone_after(zone)) {
		for_each_possible_cpu(cpu) {
			struct per_cpu_pages *pcp = &per_cpu_ptr(zone->pageset, cpu)->pcp;

			if (pcp->count != length_of(&pcp->lists[MIGRATE_MOVABLE]))
				return false;
		}
		for (int order = 0; order < MAX_ORDER; order++) {
			struct free_area *area = &zone->free_area[order];

			if (length_of(&area->free_list[MIGRATE_MOVABLE]) +
			    length_of(&area->free_list[MIGRATE_ISOLATE]) != (int)area->nr_free)
				return false;
		}
	}
	return true;
}

/* NR_FREE_PAGES, with what is not folded yet, is what lies on the free lists outside isolated pageblocks. */
static bool free_pages_are_counted(void)
{
	int cpu;

	for (struct zone *zone = first_zone(); zone; zone = zone_after(zone)) {
		long counted = atomic_long_read(&zone->vm_stat[NR_FREE_PAGES]), there = 0;

		for_each_possible_cpu(cpu)
			counted += per_cpu_ptr(zone->pageset, cpu)->vm_stat_diff[NR_FREE_PAGES];
		for (int order = 0; order < MAX_ORDER; order++)
			there += (long)length_of(&zone->free_area[order].free_list[MIGRATE_MOVABLE]) << order;
		if (counted != there)
			return false;
	}
	return true;
}

void boot_pages(unsigned long sections)
{
	boot_memory(sections);
	add_pages();
}

void add_pages(void)
{
	hotweave_invariant("the lists of a CPU that is offline are empty", dead_cpus_have_no_pages, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("each list of free pages is as long as it says", lists_are_as_long_as_they_say,
			   HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("NR_FREE_PAGES is the number of pages on free lists", free_pages_are_counted,
			   HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("each per-CPU chunk has the pages that it says", pcpu_chunks_agree, HOTWEAVE_AT_QUIESCENCE);
	call_function_init();
}

/* ---- Pages ------------------------------------------------------------------------------------------------ */

static LIST_HEAD(taken_pages);

void take_all_pages(void)
{
	struct page *page;

	while ((page = alloc_page(GFP_NOWAIT)))
		list_add(&page->lru, &taken_pages);
}

void give_pages_back(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &taken_pages, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

int pages_on(unsigned int cpu, struct zone *zone)
{
	return per_cpu_ptr(zone->pageset, cpu)->pcp.count;
}

static int call_on_cpu(void *fn)
{
	((void (*)(void))fn)();
	return 0;
}

void on_cpu(unsigned int cpu, void (*fn)(void))
{
	struct task_struct *task = kthread_create(call_on_cpu, (void *)fn, "setup/%u", cpu);

	kthread_bind(task, cpu);
	wake_up_process(task);
	hotweave_join(task);
}

static struct page *page_to_leave;

static void free_page_to_leave(void)
{
	__free_page(page_to_leave);
}

void leave_page_on(unsigned int cpu, int nid)
{
	page_to_leave = alloc_pages_node(nid, GFP_NOWAIT, 0);
	BUG_ON(!page_to_leave || page_to_nid(page_to_leave) != nid);
	on_cpu(cpu, free_page_to_leave);
}

/* Pages are taken until there is one. */
void leave_page_of_section_on(unsigned int cpu, unsigned long nr)
{
	LIST_HEAD(others);
	struct page *page, *next;

	while ((page_to_leave = alloc_page(GFP_NOWAIT)) && pfn_to_section_nr(page_to_pfn(page_to_leave)) != nr)
		list_add(&page_to_leave->lru, &others);
	BUG_ON(!page_to_leave);
	list_for_each_entry_safe(page, next, &others, lru)
		__free_page(page);
	drain_all_pages(NULL);
	on_cpu(cpu, free_page_to_leave);
}

void leave_own_page_on(unsigned int cpu)
{
	page_to_leave = list_first_entry(&taken_pages, struct page, lru);
	list_del(&page_to_leave->lru);
	on_cpu(cpu, free_page_to_leave);
}
