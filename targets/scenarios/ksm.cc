// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine, tasks and invariants of the KSM scenarios: see ksm.h. The numbers K2 to K5 are those of the invariants'
 * catalogue (05 section 5.8); K1 is the vanishing of struct pages.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/sysfs.h>
#include <linux/timer.h>

#include <hotweave/target.h>

#include "../mm/internal.h"
#include "../mm/ksm.h"
#include "ksm.h"
#include "memory.h"

struct mm_struct *ksm_process[2];

/* ---- Moving a page ---------------------------------------------------------------------------------- */

static struct page *new_page(struct page *page, unsigned long gfp_mask)
{
	(void)page;
	return alloc_page((gfp_t)gfp_mask);
}

/* As compaction or a system call does. */
static void move_page(struct mm_struct *mm, unsigned long address, gfp_t gfp_mask)
{
	struct page *page;
	LIST_HEAD(pages);

	mmap_read_lock(mm);
	page = follow_page(find_vma(mm, address), address, FOLL_GET);
	mmap_read_unlock(mm);
	if (!page)
		return;
	if (!isolate_lru_page(page))
		list_add_tail(&page->lru, &pages);
	put_page(page);
	if (migrate_pages(&pages, new_page, NULL, gfp_mask, MIGRATE_SYNC, MR_COMPACTION))
		putback_movable_pages(&pages);
}

/* ---- Machine ---------------------------------------------------------------------------------------- */

/* K3, at quiescence: nothing is going offline any more. */
static bool no_offline_flag(void)
{
	return !(ksm_run & KSM_RUN_OFFLINE);
}

void watch_ksm(void)
{
	hotweave_invariant("KSM_RUN_OFFLINE is clear when no memory goes offline", no_offline_flag, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant_at_release("nodes of the stable tree are of online memory", ksm_nodes_are_of_online_pages,
				      &ksm_thread_mutex);
	hotweave_invariant_at_release("nobody uses the stable tree while memory goes offline", ksm_trees_are_left_alone,
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

/* Adds blocks and brings them online in ZONE_MOVABLE, where pages of processes go first. The last first: up to 4.12 only
 * what is at the border of two zones can go from one to the other. */
static void add_movable_blocks(unsigned int blocks)
{
	set_up_memory(true);
	for (unsigned int nr = 1; nr <= blocks; nr++)
		add_offline_block(nr);
	for (unsigned int nr = blocks; nr >= 1; nr--)
		write_state(nr, "online_movable");
	set_up_memory(false);
}

void boot_ksm(unsigned int blocks, unsigned int pages)
{
	boot_memory(1UL << 0);
	add_ksm(blocks, pages);
}

void add_ksm(unsigned int blocks, unsigned int pages)
{
	add_movable_blocks(blocks);
	BUG_ON(ksm_init());
	hotweave_invariant_at_release("pages_shared and pages_sharing count the stable tree", ksm_counters_agree,
				      &ksm_thread_mutex);
	for (int n = 0; n < 2; n++)
		ksm_process[n] = start_process(pages);
	/* The first pass sees each page for the first time, the second merges what has not changed. */
	ksm_scan_passes(2);
	BUG_ON(ksm_pages_shared != pages);
}

void add_single_page(void)
{
	unsigned long address = KSM_PAGE(PTRS_PER_MM - 1);

	BUG_ON(mmap_anonymous(ksm_process[0], address, PAGE_SIZE));
	BUG_ON(user_store(ksm_process[0], address, 200));
	BUG_ON(do_madvise(ksm_process[0], address, MADV_MERGEABLE));
	lru_add_drain_all();
	move_page(ksm_process[0], address, GFP_USER);
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

/* A user who gives up after a second: from 4.15 on offlining tries for as long as nobody interrupts it. */
struct patience {
	struct timer_list timer;
	struct task_struct *task;
};

static void give_up(struct timer_list *t)
{
	struct patience *patience = from_timer(patience, t, timer);

	send_sig(SIGINT, patience->task, 1);
}

static void offline_with_patience(unsigned long nr)
{
	struct patience patience;

	patience.task = current;
	allow_signal(SIGINT);
	timer_setup_on_stack(&patience.timer, give_up, 0);
	mod_timer(&patience.timer, jiffies + HZ);
	write_state(nr, "offline");
	del_timer_sync(&patience.timer);
	destroy_timer_on_stack(&patience.timer);
	flush_signals(current);
}

int offline_ksm_block(void *arg)
{
	offline_with_patience((uintptr_t)arg);
	return 0;
}

int offline_two_blocks(void *arg)
{
	offline_with_patience((uintptr_t)arg);
	offline_with_patience((uintptr_t)arg == 1 ? 2 : 1);
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

int ksm_move_page(void *arg)
{
	(void)arg;
	move_page(ksm_process[0], KSM_PAGE(0), GFP_HIGHUSER_MOVABLE);
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
