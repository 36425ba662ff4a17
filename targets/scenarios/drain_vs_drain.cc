// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two tasks put pages on LRU lists, each drains the pagevecs of all CPUs, and finds its own page on its list: the drain
 * was its own, or began after it asked. A third touches the pages meanwhile.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include <hotweave/target.h>

#include "../mm/internal.h"
#include "memory.h"

static struct page *shared;

static int add_and_drain(void *arg)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);

	(void)arg;
	BUG_ON(!page);
	SetPageSwapBacked(page);
	lru_cache_add(page);
	lru_add_drain_all();
	BUG_ON(!PageLRU(page));
	put_page(page);
	return 0;
}

/* Moves the page between its lists, or takes it off and puts it back. */
static int touch(void *arg)
{
	(void)arg;
	switch (hotweave_choose(4)) {
	case 0:
		mark_page_accessed(shared);
		mark_page_accessed(shared);
		break;
	case 1:
		rotate_reclaimable_page(shared);
		break;
	case 2:
		deactivate_file_page(shared);
		break;
	default:
		if (!isolate_lru_page(shared))
			putback_lru_page(shared);
	}
	return 0;
}

/* Nobody but the pagevecs and this scenario has the page. */
static bool shared_references_agree(void)
{
	return page_count(shared) == 1 + (int)lru_pagevec_slots(shared);
}

HOTWEAVE_TARGET(drain_vs_drain, "two tasks drain all pagevecs while pages are put on LRU lists, moved and isolated")
{
	struct task_struct *a, *b, *toucher;

	boot_memory(1UL << 0 | 1UL << 4);
	shared = alloc_page(GFP_HIGHUSER_MOVABLE);
	BUG_ON(!shared);
	lru_cache_add(shared);
	hotweave_invariant("LRU lists agree with their pages", lru_lists_agree, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("a page's references are those of pagevecs and users", shared_references_agree,
			   HOTWEAVE_AT_QUIESCENCE);

	a = kthread_run(add_and_drain, NULL, "drain/a");
	b = kthread_run(add_and_drain, NULL, "drain/b");
	toucher = kthread_run(touch, NULL, "toucher");
	hotweave_join(a);
	hotweave_join(b);
	hotweave_join(toucher);
}

HOTWEAVE_EXPECT(drain_vs_drain, "v3.8", "", "schedule_on_each_cpu()");
HOTWEAVE_EXPECT(drain_vs_drain, "v4.9", "", "the mutex outside get_online_cpus()");
HOTWEAVE_EXPECT(drain_vs_drain, "v4.14", "", "the mutex inside");
HOTWEAVE_EXPECT(drain_vs_drain, "v4.16", "", "the mutex alone");
HOTWEAVE_EXPECT(drain_vs_drain, "v6.7", "", "generations of drains");
