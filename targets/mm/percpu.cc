// SPDX-License-Identifier: GPL-2.0-only
/*
 * The per-CPU allocator (mm/percpu.c of Linux 4.10 to 6.1): alloc_percpu() of every port here.
 *
 * pcpu_alloc_mutex is over allocating and over what populates and depopulates chunks; pcpu_lock, under which nothing is
 * allocated, over the maps of chunks. An allocation that may not sleep takes what is populated already.
 *
 * Model: a unit is four pages, a block 256 bytes; one list of chunks, the oldest first. The first chunk is part of the
 * kernel image and populated. Memory comes from hotweave_percpu_area(), so that a freed area is not used again and is
 * known by who allocated it: what is accounted for here is address space and pages. The mutex is taken unkillably and over
 * the search in every profile (4.7, 4.17).
 */
#include <linux/align.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../history/history.h"
#include "internal.h"

#define PCPU_UNIT_PAGES 4
#define PCPU_MIN_ALLOC_SIZE 256
#define PCPU_BLOCKS_PER_PAGE (PAGE_SIZE / PCPU_MIN_ALLOC_SIZE)
#define PCPU_UNIT_BLOCKS (PCPU_UNIT_PAGES * PCPU_BLOCKS_PER_PAGE)
#define ALL_PAGES ((1UL << PCPU_UNIT_PAGES) - 1)

/* Maps under pcpu_lock; `populated` changes under pcpu_alloc_mutex as well, `pages` under that alone. */
struct pcpu_chunk {
	struct list_head list;
	unsigned long alloc_map; /* a bit for each block */
	unsigned long bound_map; /* the first block of each area, and the one after its last */
	unsigned long populated; /* a bit for each page */
	bool immutable;          /* is not populated or depopulated */
	struct page *pages[NR_CPUS][PCPU_UNIT_PAGES];
	void __percpu *areas[PCPU_UNIT_BLOCKS]; /* what was given away, by first block */
};

static DEFINE_MUTEX(pcpu_alloc_mutex);
static DEFINE_SPINLOCK(pcpu_lock);

/* Under pcpu_lock; the list begins with the first chunk. */
static struct {
	struct list_head list;
	struct pcpu_chunk first_chunk;
} pcpu_chunks = {
	{ &pcpu_chunks.first_chunk.list, &pcpu_chunks.first_chunk.list },
	{ { &pcpu_chunks.list, &pcpu_chunks.list }, 0, 0, ALL_PAGES, true, {}, {} },
};
static bool pcpu_atomic_alloc_failed;

static void pcpu_balance_workfn(struct work_struct *work);
static DECLARE_WORK(pcpu_balance_work, pcpu_balance_workfn);

static void pcpu_schedule_balance_work(void)
{
	schedule_work(&pcpu_balance_work);
}

/* ---- Maps: under pcpu_lock -------------------------------------------------------------------------------- */

static unsigned long blocks_mask(int off, int nr)
{
	return (nr == 64 ? ~0UL : (1UL << nr) - 1) << off;
}

/* The pages that blocks [off, off + nr) lie in, a bit each. */
static unsigned long pages_mask(int off, int nr)
{
	int first = off / (int)PCPU_BLOCKS_PER_PAGE, last = (off + nr - 1) / (int)PCPU_BLOCKS_PER_PAGE;

	return ((2UL << last) - 1) & ~((1UL << first) - 1);
}

/* Where `nr` free blocks begin, or -1. */
static int pcpu_find_block_fit(struct pcpu_chunk *chunk, int nr, bool pop_only)
{
	unsigned long used = chunk->alloc_map, populated = chunk->populated;

	for (int off = 0; off + nr <= (int)PCPU_UNIT_BLOCKS; off++) {
		unsigned long pages = pages_mask(off, nr);

		if (!(used & blocks_mask(off, nr)) && (!pop_only || (populated & pages) == pages))
			return off;
	}
	return -1;
}

/* Source: pcpu_alloc_area(), 4.11, 4.14. */
static int pcpu_alloc_area(struct pcpu_chunk *chunk, int nr, bool pop_only)
{
	int off = pcpu_find_block_fit(chunk, nr, pop_only);

	if (off < 0)
		return off;
	chunk->alloc_map |= blocks_mask(off, nr);
	chunk->bound_map = (chunk->bound_map & ~blocks_mask(off, nr)) | 1UL << off;
	if (off + nr < (int)PCPU_UNIT_BLOCKS)
		chunk->bound_map |= 1UL << (off + nr);
	return off;
}

/* Source: pcpu_free_area(), 4.14. */
static void pcpu_free_area(struct pcpu_chunk *chunk, int off)
{
	int end = off + 1;

	while (end < (int)PCPU_UNIT_BLOCKS && !(chunk->bound_map & (1UL << end)))
		end++;
	chunk->alloc_map &= ~blocks_mask(off, end - off);
}

/* ---- Chunks: under pcpu_alloc_mutex ----------------------------------------------------------------------- */

static struct pcpu_chunk *pcpu_create_chunk(gfp_t gfp)
{
	return (struct pcpu_chunk *)kzalloc(sizeof(struct pcpu_chunk), gfp);
}

/* Source: pcpu_free_pages(), mm/percpu-vm.c, 4.11. */
static void pcpu_free_pages(struct pcpu_chunk *chunk, int page)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (chunk->pages[cpu][page])
			__free_page(chunk->pages[cpu][page]);
		chunk->pages[cpu][page] = NULL;
	}
}

/* Source: pcpu_alloc_pages(), mm/percpu-vm.c, 4.11. */
static int pcpu_alloc_pages(struct pcpu_chunk *chunk, int page, gfp_t gfp)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		chunk->pages[cpu][page] = alloc_page(gfp | __GFP_HIGHMEM);
		if (!chunk->pages[cpu][page]) {
			pcpu_free_pages(chunk, page);
			return -ENOMEM;
		}
	}
	return 0;
}

/* Gives the chunk those of `pages` that it lacks; none if memory is short. Source: pcpu_populate_chunk(), 4.11. */
static int pcpu_populate_chunk(struct pcpu_chunk *chunk, unsigned long pages, gfp_t gfp)
{
	for (int page = 0; page < PCPU_UNIT_PAGES; page++) {
		if (!(pages & (1UL << page)))
			continue;
		if (pcpu_alloc_pages(chunk, page, gfp))
			return -ENOMEM;
		spin_lock_irq(&pcpu_lock);
		chunk->populated |= 1UL << page;
		spin_unlock_irq(&pcpu_lock);
	}
	return 0;
}

static void pcpu_destroy_chunk(struct pcpu_chunk *chunk)
{
	for (int page = 0; page < PCPU_UNIT_PAGES; page++)
		pcpu_free_pages(chunk, page);
	kfree(chunk);
}

/* ---- Allocating ------------------------------------------------------------------------------------------- */

/* Takes blocks of some chunk. Context: pcpu_lock held. */
static struct pcpu_chunk *pcpu_find_area(int nr, bool pop_only, int *off)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry(chunk, &pcpu_chunks.list, list) {
		*off = pcpu_alloc_area(chunk, nr, pop_only);
		if (*off >= 0)
			return chunk;
	}
	return NULL;
}

/* What an allocation that may sleep does, under pcpu_alloc_mutex. */
static struct pcpu_chunk *pcpu_alloc_populated(int nr, gfp_t gfp, int *off)
{
	struct pcpu_chunk *chunk;
	unsigned long missing;

	spin_lock_irq(&pcpu_lock);
	while (!(chunk = pcpu_find_area(nr, false, off))) {
		spin_unlock_irq(&pcpu_lock);
		chunk = pcpu_create_chunk(gfp);
		if (!chunk)
			return NULL;
		spin_lock_irq(&pcpu_lock);
		list_add_tail(&chunk->list, &pcpu_chunks.list);
	}
	missing = pages_mask(*off, nr) & ~chunk->populated;
	spin_unlock_irq(&pcpu_lock);
	if (!missing || !pcpu_populate_chunk(chunk, missing, gfp))
		return chunk;
	spin_lock_irq(&pcpu_lock);
	pcpu_free_area(chunk, *off);
	spin_unlock_irq(&pcpu_lock);
	return NULL;
}

static struct pcpu_chunk *pcpu_alloc_atomic(int nr, int *off)
{
	struct pcpu_chunk *chunk;
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	chunk = pcpu_find_area(nr, true, off);
	if (!chunk)
		pcpu_atomic_alloc_failed = true;
	spin_unlock_irqrestore(&pcpu_lock, flags);
	if (!chunk)
		pcpu_schedule_balance_work();
	return chunk;
}

/* Source: pcpu_alloc(), 4.10, 4.11, 6.1. */
static void __percpu *pcpu_alloc(size_t size, size_t align, gfp_t gfp, const void *caller)
{
	int nr = (int)(ALIGN(size, PCPU_MIN_ALLOC_SIZE) / PCPU_MIN_ALLOC_SIZE), off = 0;
	bool is_atomic = (gfp & GFP_KERNEL) != GFP_KERNEL;
	struct pcpu_chunk *chunk;

	if (WARN_ON(!size || nr > (int)PCPU_UNIT_BLOCKS))
		return NULL;
	if (!is_atomic) {
		mutex_lock(&pcpu_alloc_mutex);
		chunk = pcpu_alloc_populated(nr, gfp & (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN), &off);
		mutex_unlock(&pcpu_alloc_mutex);
	} else {
		chunk = pcpu_alloc_atomic(nr, &off);
	}
	if (!chunk)
		return NULL;
	chunk->areas[off] = hotweave_percpu_area(size, align, GFP_NOWAIT | __GFP_NOFAIL, caller, &chunk->areas[off]);
	return chunk->areas[off];
}

extern "C" void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp)
{
	return pcpu_alloc(size, align, gfp, __builtin_return_address(0));
}

extern "C" void __percpu *__alloc_percpu(size_t size, size_t align)
{
	return pcpu_alloc(size, align, GFP_KERNEL, __builtin_return_address(0));
}

/* ---- Freeing ---------------------------------------------------------------------------------------------- */

static struct pcpu_chunk *pcpu_chunk_addr_search(void __percpu **area)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry(chunk, &pcpu_chunks.list, list)
		if (area >= chunk->areas && area < chunk->areas + PCPU_UNIT_BLOCKS)
			return chunk;
	return NULL;
}

static bool another_is_free(struct pcpu_chunk *chunk)
{
	struct pcpu_chunk *pos;

	list_for_each_entry(pos, &pcpu_chunks.list, list)
		if (pos != chunk && !pos->immutable && !pos->alloc_map)
			return true;
	return false;
}

/* Source: free_percpu(), 4.11, 6.1. */
extern "C" void free_percpu(void __percpu *ptr)
{
	void __percpu **area;
	struct pcpu_chunk *chunk;
	bool need_balance;
	unsigned long flags;

	if (!ptr)
		return;
	area = (void __percpu **)hotweave_percpu_area_owner(ptr);
	hotweave_percpu_area_free(ptr);
	spin_lock_irqsave(&pcpu_lock, flags);
	chunk = pcpu_chunk_addr_search(area);
	pcpu_free_area(chunk, (int)(area - chunk->areas));
	need_balance = !chunk->immutable && !chunk->alloc_map && another_is_free(chunk);
	spin_unlock_irqrestore(&pcpu_lock, flags);
	if (need_balance)
		pcpu_schedule_balance_work();
}

/* ---- In the background ------------------------------------------------------------------------------------ */

/* Takes all free chunks but one off the list. Context: pcpu_lock held. */
static void pcpu_collect_free(struct list_head *to_free)
{
	struct pcpu_chunk *chunk, *next;
	bool keep = true;

	list_for_each_entry_safe(chunk, next, &pcpu_chunks.list, list) {
		if (chunk->immutable || chunk->alloc_map)
			continue;
		if (!keep)
			list_move(&chunk->list, to_free);
		keep = false;
	}
}

/* The first chunk with a page missing, and which. Context: pcpu_alloc_mutex held. */
static struct pcpu_chunk *pcpu_first_unpopulated(unsigned long *page)
{
	struct pcpu_chunk *chunk;
	unsigned long missing = 0;

	spin_lock_irq(&pcpu_lock);
	list_for_each_entry(chunk, &pcpu_chunks.list, list) {
		missing = ALL_PAGES & ~chunk->populated;
		if (missing)
			break;
	}
	spin_unlock_irq(&pcpu_lock);
	*page = missing & -missing;
	return missing ? chunk : NULL;
}

/* A page of room for those who may not sleep. Source: pcpu_balance_workfn(), 4.11. */
static void pcpu_balance_populated(void)
{
	struct pcpu_chunk *chunk;
	unsigned long page;

	chunk = pcpu_first_unpopulated(&page);
	if (!chunk) {
		chunk = pcpu_create_chunk(GFP_KERNEL);
		if (!chunk)
			return;
		spin_lock_irq(&pcpu_lock);
		list_add_tail(&chunk->list, &pcpu_chunks.list);
		spin_unlock_irq(&pcpu_lock);
		page = 1;
	}
	pcpu_populate_chunk(chunk, page, GFP_KERNEL);
}

static void pcpu_balance_workfn(struct work_struct *work)
{
	struct pcpu_chunk *chunk, *next;
	bool populate;
	LIST_HEAD(to_free);

	(void)work;
	mutex_lock(&pcpu_alloc_mutex);
	spin_lock_irq(&pcpu_lock);
	pcpu_collect_free(&to_free);
	populate = pcpu_atomic_alloc_failed;
	pcpu_atomic_alloc_failed = false;
	spin_unlock_irq(&pcpu_lock);
	list_for_each_entry_safe(chunk, next, &to_free, list)
		pcpu_destroy_chunk(chunk);
	if (populate)
		pcpu_balance_populated();
	mutex_unlock(&pcpu_alloc_mutex);
}

/* ---- What must hold --------------------------------------------------------------------------------------- */

static bool chunk_agrees(const struct pcpu_chunk *chunk)
{
	int cpu;

	for (int page = 0; page < PCPU_UNIT_PAGES && !chunk->immutable; page++)
		for_each_possible_cpu(cpu)
			if (!chunk->pages[cpu][page] == !!(chunk->populated & (1UL << page)))
				return false;
	/* Every allocated block belongs to an area that has begun. */
	return (chunk->bound_map & 1) == (chunk->alloc_map & 1) || !(chunk->alloc_map & 1);
}

bool pcpu_chunks_agree(void)
{
	struct pcpu_chunk *chunk;

	list_for_each_entry(chunk, &pcpu_chunks.list, list)
		if (!chunk_agrees(chunk))
			return false;
	return true;
}
