// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine, tasks and invariants of the KSM scenarios: see ksm.h. The numbers K2 to K4 are those of the invariants'
 * catalogue (05 section 5.8); K1 is the vanishing of struct pages.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../mm/internal.h"
#include "../mm/ksm.h"
#include "ksm.h"
#include "memory.h"

struct mm_struct *ksm_process[2];

/* ---- Machine ---------------------------------------------------------------------------------------- */

/* K3, at quiescence: nothing is going offline any more. */
static bool no_offline_flag(void)
{
	return !(ksm_run & KSM_RUN_OFFLINE);
}

static void register_invariants(void)
{
	hotweave_invariant("KSM_RUN_OFFLINE is clear when no memory goes offline", no_offline_flag, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant_at_release("nodes of the stable tree are of online memory", ksm_nodes_are_of_online_pages,
				      &ksm_thread_mutex);
	hotweave_invariant_at_release("pages_shared and pages_sharing count the stable tree", ksm_counters_agree,
				      &ksm_thread_mutex);
}

static void write_state(unsigned long nr, const char *text)
{
	char path[] = "devices/system/memory/memory0/state";

	path[sizeof("devices/system/memory/memory") - 1] = (char)('0' + nr);
	hotweave_write_sysfs(path, text);
}

static struct mm_struct *start_process(unsigned int pages)
{
	struct mm_struct *mm = mm_alloc();

	BUG_ON(mmap_anonymous(mm, 0, pages << PAGE_SHIFT));
	for (unsigned int n = 0; n < pages; n++)
		BUG_ON(user_store(mm, KSM_PAGE(n), 100 + n));
	BUG_ON(do_madvise(mm, 0, MADV_MERGEABLE));
	return mm;
}

/* Adds a block and brings it online in ZONE_MOVABLE, where pages of processes go first. */
static void add_movable_block(unsigned long nr)
{
	add_offline_block(nr);
	write_state(nr, "online_movable");
}

void boot_ksm(unsigned int blocks, unsigned int pages)
{
	boot_memory(1UL << 0);
	add_ksm(blocks, pages);
}

void add_ksm(unsigned int blocks, unsigned int pages)
{
	for (unsigned int n = 0; n < blocks; n++)
		add_movable_block(1 + n);
	BUG_ON(ksm_init());
	register_invariants();
	for (int n = 0; n < 2; n++)
		ksm_process[n] = start_process(pages);
	/* The first pass sees each page for the first time, the second merges what has not changed. */
	ksm_scan_passes(2);
	BUG_ON(ksm_pages_shared != pages);
}

unsigned long ksm_section(unsigned int n)
{
	struct page *page;

	mmap_read_lock(ksm_process[0]);
	page = follow_page(find_vma(ksm_process[0], KSM_PAGE(n)), KSM_PAGE(n), 0);
	mmap_read_unlock(ksm_process[0]);
	return pfn_to_section_nr(page_to_pfn(page));
}

struct task_struct *start_ksmd(void)
{
	BUG_ON(hotweave_write_sysfs("kernel/mm/ksm/run", "1") != 1);
	return ksm_start_thread();
}

/* ---- Tasks ------------------------------------------------------------------------------------------ */

int offline_ksm_block(void *arg)
{
	write_state((uintptr_t)arg, "offline");
	return 0;
}

int offline_two_blocks(void *arg)
{
	write_state((uintptr_t)arg, "offline");
	write_state((uintptr_t)arg == 1 ? 2 : 1, "offline");
	return 0;
}

int write_to_pages(void *arg)
{
	(void)arg;
	for (int n = 0; n < 2; n++)
		user_store(ksm_process[n], KSM_PAGE(0), 7);
	return 0;
}

int ksm_run_write(void *arg)
{
	hotweave_write_sysfs("kernel/mm/ksm/run", (const char *)arg);
	return 0;
}

int ksm_merge_write(void *arg)
{
	hotweave_write_sysfs("kernel/mm/ksm/merge_across_nodes", (const char *)arg);
	return 0;
}

int ksm_process_exit(void *arg)
{
	mmput(ksm_process[(uintptr_t)arg]);
	return 0;
}

int ksm_unmerge(void *arg)
{
	struct mm_struct *mm = ksm_process[(uintptr_t)arg];

	do_madvise(mm, 0, MADV_UNMERGEABLE);
	do_madvise(mm, 0, MADV_MERGEABLE);
	return 0;
}

static int listen(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb;
	(void)action;
	(void)data;
	return NOTIFY_OK;
}

int come_and_go(void *arg)
{
	static struct notifier_block nb = { listen, NULL, 0 };

	(void)arg;
	register_memory_notifier(&nb);
	unregister_memory_notifier(&nb);
	return 0;
}
