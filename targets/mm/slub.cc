// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slabs of a cache: those of CPUs, those of nodes (mm/slub.c of Linux 3.8 to 6.7).
 *
 * Model: two objects to a slab, one page to a slab. An object is memory of the heap that knows its slab; lists of free
 * objects are numbers. No lists of partial slabs per CPU (CONFIG_SLUB_CPU_PARTIAL off), no debugging.
 */
#include <linux/bug.h>
#include <linux/cmpxchg.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/topology.h>

#include "../history/history.h"
#include "slab.h"

#define OBJECTS_PER_SLAB 2UL
#define MIN_PARTIAL 1UL

/* ---- page->counters ----------------------------------------------------------------------------------- */

#define INUSE(counters) ((counters)&0xff)
#define FREE(counters) ((counters) >> 8 & 0xff)
#define FROZEN(counters) ((counters) >> 16 & 1)
#define COUNTERS(inuse, free, frozen) ((inuse) | (free) << 8 | (unsigned long)(frozen) << 16)

/* ---- A CPU's word: number of the change, free objects --------------------------------------------------- */

#define TID_STEP (4UL << 8)
#define CPU_FREE(word) ((word)&0xff)

static unsigned long next_tid(unsigned long word, unsigned long free)
{
	return ((word & ~0xffUL) + TID_STEP) | free;
}

/* Context: this CPU's with interrupts off, or the CPU is dead. */
static void set_cpu_slab(struct kmem_cache_cpu *c, struct page *page, unsigned long free)
{
	WRITE_ONCE(c->page, page);
	WRITE_ONCE(c->tid_freelist, next_tid(READ_ONCE(c->tid_freelist), free));
}

/* ---- Slabs -------------------------------------------------------------------------------------------- */

/* Source: inc_slabs_node(), 4.12: a node without a structure is not an error here. */
static void inc_slabs_node(struct kmem_cache *s, int node)
{
	struct kmem_cache_node *n = get_node(s, node);

	if (n)
		atomic_long_inc(&n->nr_slabs);
}

/* A new slab, all of its objects the CPU's. */
static struct page *new_slab(struct kmem_cache *s, gfp_t flags)
{
	struct page *page = alloc_pages(flags, 0);

	if (!page)
		return NULL;
	SetPageSlab(page);
	page->slab_cache = s;
	WRITE_ONCE(page->counters, COUNTERS(OBJECTS_PER_SLAB, 0UL, 1));
	inc_slabs_node(s, page_to_nid(page));
	return page;
}

static void free_slab(struct page *page)
{
	page->slab_cache = NULL;
	ClearPageSlab(page);
	__free_pages(page, 0);
}

static void discard_slab(struct kmem_cache *s, struct page *page)
{
	atomic_long_dec(&get_node(s, page_to_nid(page))->nr_slabs);
	free_slab(page);
}

/* Context: list_lock held. */
static void add_partial(struct kmem_cache_node *n, struct page *page)
{
	n->nr_partial++;
	list_add_tail(&page->lru, &n->partial);
}

static void remove_partial(struct kmem_cache_node *n, struct page *page)
{
	list_del(&page->lru);
	n->nr_partial--;
}

/* A partial slab of the node for this CPU, with its free objects; or NULL. Source: get_partial_node(), 4.12. */
static struct page *get_partial_node(struct kmem_cache_node *n, unsigned long *free)
{
	struct page *page = NULL;
	unsigned long flags, old;

	/* Racy on purpose: whoever sees 0 gets a new slab. */
	if (!n || !hotweave_missing_annotation(n->nr_partial, "an old value costs a slab"))
		return NULL;
	spin_lock_irqsave(&n->list_lock, flags);
	if (!list_empty(&n->partial)) {
		page = list_first_entry(&n->partial, struct page, lru);
		do
			old = READ_ONCE(page->counters);
		while (cmpxchg(&page->counters, old, COUNTERS(INUSE(old) + FREE(old), 0UL, 1)) != old);
		*free = FREE(old);
		remove_partial(n, page);
	}
	spin_unlock_irqrestore(&n->list_lock, flags);
	return page;
}

/* A CPU gives up a slab of which it has `free` objects. Source: deactivate_slab(), 4.12. */
static void deactivate_slab(struct kmem_cache *s, struct page *page, unsigned long free)
{
	struct kmem_cache_node *n = get_node(s, page_to_nid(page));
	unsigned long flags, old, counters;
	bool empty;

	spin_lock_irqsave(&n->list_lock, flags);
	do {
		old = READ_ONCE(page->counters);
		counters = COUNTERS(INUSE(old) - free, FREE(old) + free, 0);
	} while (cmpxchg(&page->counters, old, counters) != old);
	empty = !INUSE(counters) && n->nr_partial >= s->min_partial;
	if (!empty && FREE(counters))
		add_partial(n, page);
	spin_unlock_irqrestore(&n->list_lock, flags);
	if (empty)
		discard_slab(s, page);
}

void flush_slab(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct page *page = READ_ONCE(c->page);
	unsigned long free = CPU_FREE(READ_ONCE(c->tid_freelist));

	set_cpu_slab(c, NULL, 0);
	deactivate_slab(s, page, free);
}

/* ---- Allocating --------------------------------------------------------------------------------------- */

/* What others have freed into the CPU's slab; 0: the slab is full, and nobody's from now on. Source: get_freelist(). */
static unsigned long get_freelist(struct page *page)
{
	unsigned long old;

	do
		old = READ_ONCE(page->counters);
	while (cmpxchg(&page->counters, old, COUNTERS(INUSE(old) + FREE(old), 0UL, FREE(old) != 0)) != old);
	return FREE(old);
}

/* Interrupts are on while memory is sought: the task may be on another CPU afterwards. Source: new_slab_objects(), 4.12. */
static struct page *get_new_slab(struct kmem_cache *s, gfp_t flags)
{
	struct kmem_cache_cpu *c;
	struct page *page;

	if (gfpflags_allow_blocking(flags))
		local_irq_enable();
	page = new_slab(s, flags);
	if (gfpflags_allow_blocking(flags))
		local_irq_disable();
	if (!page)
		return NULL;
	c = this_cpu_ptr(s->cpu_slab);
	if (READ_ONCE(c->page))
		flush_slab(s, c);
	return page;
}

/* Source: ___slab_alloc(), 4.12. Context: interrupts off. */
static struct page *___slab_alloc(struct kmem_cache *s, gfp_t flags)
{
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu_slab);
	struct page *page = READ_ONCE(c->page);
	unsigned long free = page ? CPU_FREE(READ_ONCE(c->tid_freelist)) : 0;

	if (page && !free) {
		free = get_freelist(page);
		if (!free)
			set_cpu_slab(c, NULL, 0);
	}
	if (!free) {
		page = get_partial_node(get_node(s, numa_mem_id()), &free);
		if (!page) {
			page = get_new_slab(s, flags);
			free = OBJECTS_PER_SLAB;
		}
		if (!page)
			return NULL;
	}
	set_cpu_slab(this_cpu_ptr(s->cpu_slab), page, free - 1);
	return page;
}

static struct page *__slab_alloc(struct kmem_cache *s, gfp_t gfpflags)
{
	struct page *page;
	unsigned long flags;

	local_irq_save(flags);
	page = ___slab_alloc(s, gfpflags);
	local_irq_restore(flags);
	return page;
}

/* The slab of which one more object is in use, or NULL. Source: slab_alloc_node(), 4.12. */
static struct page *slab_alloc(struct kmem_cache *s, gfp_t gfpflags)
{
	for (;;) {
		/* Both of one CPU, whichever it is: the word tells whether it is still this one. */
		struct kmem_cache_cpu *c = raw_cpu_ptr(s->cpu_slab);
		unsigned long word = READ_ONCE(c->tid_freelist);
		struct page *page = READ_ONCE(c->page);

		if (!page || !CPU_FREE(word))
			return __slab_alloc(s, gfpflags);
		if (this_cpu_cmpxchg(s->cpu_slab->tid_freelist, word, next_tid(word, CPU_FREE(word) - 1)) == word)
			return page;
	}
}

static void slab_free(struct kmem_cache *s, struct page *page);

static void *alloc_object(struct kmem_cache *s, gfp_t flags, bool zero, unsigned long caller)
{
	struct page *page = slab_alloc(s, flags);
	void *object;

	if (!page)
		return NULL;
	object = zero ? hotweave_objects_zalloc(s->objects, flags, caller) : hotweave_objects_alloc(s->objects, flags, caller);
	if (object)
		hotweave_object_set_tag(object, (unsigned long)page);
	else
		slab_free(s, page);
	return object;
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	return alloc_object(s, flags, false, (unsigned long)__builtin_return_address(0));
}

void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t flags)
{
	return alloc_object(s, flags, true, (unsigned long)__builtin_return_address(0));
}

/* ---- Freeing ------------------------------------------------------------------------------------------ */

/* Source: __slab_free(), 4.12. */
static void __slab_free(struct kmem_cache *s, struct page *page)
{
	struct kmem_cache_node *n = NULL;
	unsigned long flags = 0, old, counters;

	do {
		if (n)
			spin_unlock_irqrestore(&n->list_lock, flags);
		n = NULL;
		old = READ_ONCE(page->counters);
		counters = COUNTERS(INUSE(old) - 1, FREE(old) + 1, FROZEN(old));
		if ((!INUSE(counters) || !FREE(old)) && !FROZEN(old)) {
			n = get_node(s, page_to_nid(page));
			spin_lock_irqsave(&n->list_lock, flags);
		}
	} while (cmpxchg(&page->counters, old, counters) != old);
	if (!n)
		return;
	if (!INUSE(counters) && n->nr_partial >= s->min_partial) {
		if (FREE(old))
			remove_partial(n, page);
		spin_unlock_irqrestore(&n->list_lock, flags);
		discard_slab(s, page);
		return;
	}
	if (!FREE(old))
		add_partial(n, page);
	spin_unlock_irqrestore(&n->list_lock, flags);
}

/* Source: do_slab_free(), 4.12. */
static void slab_free(struct kmem_cache *s, struct page *page)
{
	for (;;) {
		struct kmem_cache_cpu *c = raw_cpu_ptr(s->cpu_slab);
		unsigned long word = READ_ONCE(c->tid_freelist);

		if (READ_ONCE(c->page) != page) {
			__slab_free(s, page);
			return;
		}
		if (this_cpu_cmpxchg(s->cpu_slab->tid_freelist, word, next_tid(word, CPU_FREE(word) + 1)) == word)
			return;
	}
}

void kmem_cache_free(struct kmem_cache *s, void *objp)
{
	struct page *page;

	if (!objp)
		return;
	page = (struct page *)hotweave_object_tag(objp);
	hotweave_objects_free(s->objects, objp);
	slab_free(s, page);
}

/* ---- The life of a cache ------------------------------------------------------------------------------ */

struct kmem_cache_node *alloc_kmem_cache_node(int node)
{
	struct kmem_cache_node *n = (struct kmem_cache_node *)kzalloc_node(sizeof(*n), GFP_KERNEL, node);

	if (!n)
		return NULL;
	spin_lock_init(&n->list_lock);
	INIT_LIST_HEAD(&n->partial);
	return n;
}

static void free_kmem_cache_nodes(struct kmem_cache *s)
{
	for (int node = 0; node < MAX_NUMNODES; node++) {
		kfree(s->node[node]);
		s->node[node] = NULL;
	}
}

/* Source: init_kmem_cache_nodes(), 4.12, 6.1. */
static bool init_kmem_cache_nodes(struct kmem_cache *s)
{
	for (int node = 0; node < MAX_NUMNODES; node++) {
		if (!slab_node_is_set(node))
			continue;
		s->node[node] = alloc_kmem_cache_node(node);
		if (!s->node[node])
			return false;
	}
	return true;
}

int __kmem_cache_create(struct kmem_cache *s)
{
	int cpu;

	s->min_partial = MIN_PARTIAL;
	if (!init_kmem_cache_nodes(s))
		goto error;
	s->cpu_slab = alloc_percpu(struct kmem_cache_cpu);
	if (!s->cpu_slab)
		goto error;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(s->cpu_slab, cpu)->tid_freelist = (unsigned long)cpu << 8;
	return 0;
error:
	__kmem_cache_release(s);
	return -ENOMEM;
}

void __kmem_cache_release(struct kmem_cache *s)
{
	free_percpu(s->cpu_slab);
	s->cpu_slab = NULL;
	free_kmem_cache_nodes(s);
}

/* Empty slabs of one node. From 6.1 they are not counted from the moment they are taken: who destroys the cache while another
 * shrinks it would find slabs. Source: free_partial(), __kmem_cache_shrink(), 4.12; __kmem_cache_do_shrink(), 6.1. */
static unsigned long discard_empty_slabs(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct page *page, *next;
	LIST_HEAD(discard);
	unsigned long flags;

	spin_lock_irqsave(&n->list_lock, flags);
	list_for_each_entry_safe(page, next, &n->partial, lru)
		if (!INUSE(READ_ONCE(page->counters))) {
			list_move(&page->lru, &discard);
			n->nr_partial--;
			if (fixed(FIX_c7323a5ad078))
				atomic_long_dec(&n->nr_slabs);
		}
	spin_unlock_irqrestore(&n->list_lock, flags);
	list_for_each_entry_safe(page, next, &discard, lru) {
		list_del(&page->lru);
		if (fixed(FIX_c7323a5ad078))
			free_slab(page);
		else
			discard_slab(s, page);
	}
	return (unsigned long)atomic_long_read(&n->nr_slabs);
}

int __kmem_cache_do_shrink(struct kmem_cache *s)
{
	int ret = 0;

	for (int node = 0; node < MAX_NUMNODES; node++)
		if (get_node(s, node) && discard_empty_slabs(s, get_node(s, node)))
			ret = 1;
	return ret;
}

int __kmem_cache_shrink(struct kmem_cache *s)
{
	flush_all(s);
	return __kmem_cache_do_shrink(s);
}

int __kmem_cache_shutdown(struct kmem_cache *s)
{
	if (fixed(FIX_5a836bf6b09f))
		flush_all_cpus_locked(s);
	else
		flush_all(s);
	return __kmem_cache_do_shrink(s);
}
