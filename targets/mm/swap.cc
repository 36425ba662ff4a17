// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages on their way to LRU lists, and the last reference (mm/swap.c of Linux 3.8 to 6.7).
 *
 * A CPU's pagevecs are used by whoever runs there with preemption off (b01b21419999, 5.8: under a local lock); the
 * works of lru_add_drain_all() do that on every CPU.
 *
 * Model: one pagevec for new pages, of all lists, in every profile (3.10 and before: one for each list); pages leave
 * them in the order of 4.14 and 6.1. No memory cgroups, no compound, mlocked or lazily freed pages; lru_size under
 * lru_lock stands for the statistics. From 5.5 to 5.9 the generation was the sequence of a latch; the order of its
 * accesses is that of 5.10.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/local_lock.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/mutex.h>
#include <linux/pagevec.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/swap.h>
#include <linux/workqueue.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "internal.h"

/* By preemption off. */
struct lru_pvecs {
	local_lock_t lock; /* from 5.8 */
	struct pagevec lru_add;
	struct pagevec lru_deactivate_file;
	struct pagevec activate_page;
};
static DEFINE_PER_CPU(struct lru_pvecs, lru_pvecs) = { INIT_LOCAL_LOCK(lock), {}, {}, {} };

/* By interrupts off. */
struct lru_rotate {
	local_lock_t lock; /* from 5.8 */
	struct pagevec pvec;
};
static DEFINE_PER_CPU(struct lru_rotate, lru_rotate) = { INIT_LOCAL_LOCK(lock), {} };

static atomic_t lru_disable_count = ATOMIC_INIT(0);

static void lock_pvecs(void)
{
	if (fixed(FIX_b01b21419999))
		local_lock(&lru_pvecs.lock);
	else
		preempt_disable();
}

static void unlock_pvecs(void)
{
	if (fixed(FIX_b01b21419999))
		local_unlock(&lru_pvecs.lock);
	else
		preempt_enable();
}

static void lock_rotate(unsigned long *flags)
{
	if (fixed(FIX_b01b21419999))
		local_lock_irqsave(&lru_rotate.lock, *flags);
	else
		local_irq_save(*flags);
}

static void unlock_rotate(unsigned long flags)
{
	if (fixed(FIX_b01b21419999))
		local_unlock_irqrestore(&lru_rotate.lock, flags);
	else
		local_irq_restore(flags);
}

/* ---- The last reference ----------------------------------------------------------------------------- */

/* Nobody has a reference, so nobody else takes it off its list. Source: __page_cache_release(), 4.14, 6.1. */
static void __page_cache_release(struct page *page)
{
	struct lruvec *lruvec;
	unsigned long flags;

	if (!PageLRU(page))
		return;
	lruvec = page_lruvec(page);
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	VM_BUG_ON_PAGE(!PageLRU(page), page);
	del_page_from_lru_list(page, lruvec);
	ClearPageLRU(page);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

/* Source: __put_single_page(), 4.14. */
void __put_page(struct page *page)
{
	__page_cache_release(page);
	ClearPageActive(page);
	free_unref_page(page, 0);
}

/* ---- From pagevecs to lists ------------------------------------------------------------------------- */

typedef void move_fn_t(struct page *page, struct lruvec *lruvec);

static void lru_add_fn(struct page *page, struct lruvec *lruvec)
{
	VM_BUG_ON_PAGE(PageLRU(page), page);
	SetPageLRU(page);
	add_page_to_lru_list(page, lruvec);
}

static void lru_move_tail_fn(struct page *page, struct lruvec *lruvec)
{
	if (PageUnevictable(page))
		return;
	del_page_from_lru_list(page, lruvec);
	ClearPageActive(page);
	add_page_to_lru_list_tail(page, lruvec);
}

static void lru_deactivate_file_fn(struct page *page, struct lruvec *lruvec)
{
	if (PageUnevictable(page) || page_mapcount(page) > 0)
		return;
	del_page_from_lru_list(page, lruvec);
	ClearPageActive(page);
	ClearPageReferenced(page);
	add_page_to_lru_list(page, lruvec);
}

static void activate_fn(struct page *page, struct lruvec *lruvec)
{
	if (PageActive(page) || PageUnevictable(page))
		return;
	del_page_from_lru_list(page, lruvec);
	SetPageActive(page);
	add_page_to_lru_list(page, lruvec);
}

/* One page, under lru_lock. From 5.11 whoever moves it has taken PG_lru before. */
static void move_one(struct page *page, struct lruvec *lruvec, move_fn_t *move_fn)
{
	if (move_fn != lru_add_fn && !fixed(FIX_d25b5bd8a8f4) && !PageLRU(page))
		return;
	move_fn(page, lruvec);
	if (move_fn != lru_add_fn && fixed(FIX_d25b5bd8a8f4))
		SetPageLRU(page);
}

/*
 * Moves all pages of a pagevec to where move_fn says and drops the pagevec's references. The lock is kept as long as
 * it is the right one. Source: pagevec_lru_move_fn(), 4.14; folio_batch_move_lru(), 6.1.
 */
static void pagevec_lru_move_fn(struct pagevec *pvec, move_fn_t *move_fn)
{
	struct lruvec *lruvec = NULL;
	unsigned long flags = 0;

	for (unsigned int i = 0; i < pagevec_count(pvec); i++) {
		struct page *page = pvec->pages[i];

		if (move_fn != lru_add_fn && fixed(FIX_d25b5bd8a8f4) && !TestClearPageLRU(page))
			continue;
		if (page_lruvec(page) != lruvec) {
			if (lruvec)
				spin_unlock_irqrestore(&lruvec->lru_lock, flags);
			lruvec = page_lruvec(page);
			spin_lock_irqsave(&lruvec->lru_lock, flags);
		}
		move_one(page, lruvec, move_fn);
	}
	if (lruvec)
		spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	for (unsigned int i = 0; i < pagevec_count(pvec); i++)
		put_page(pvec->pages[i]); /* release_pages() */
	pagevec_reinit(pvec);
}

/* ---- Into pagevecs: with preemption off ------------------------------------------------------------- */

static bool lru_cache_disabled(void)
{
	return atomic_read(&lru_disable_count) != 0;
}

/* Source: pagevec_add_and_need_flush(), 5.13; __lru_cache_add(), 4.6 (before 8f182270dfec). */
static void pagevec_add_and_move(struct pagevec *pvec, struct page *page, move_fn_t *move_fn)
{
	if (!fixed(FIX_8f182270dfec) && !pagevec_space(pvec))
		pagevec_lru_move_fn(pvec, move_fn);
	if ((!pagevec_add(pvec, page) && fixed(FIX_8f182270dfec)) || lru_cache_disabled())
		pagevec_lru_move_fn(pvec, move_fn);
}

void lru_cache_add(struct page *page)
{
	VM_BUG_ON_PAGE(PageActive(page) && PageUnevictable(page), page);
	VM_BUG_ON_PAGE(PageLRU(page), page);
	get_page(page);
	lock_pvecs();
	pagevec_add_and_move(&this_cpu_ptr(&lru_pvecs)->lru_add, page, lru_add_fn);
	unlock_pvecs();
}

void rotate_reclaimable_page(struct page *page)
{
	unsigned long flags;

	if (PageLocked(page) || PageDirty(page) || PageUnevictable(page) || !PageLRU(page))
		return;
	get_page(page);
	lock_rotate(&flags);
	pagevec_add_and_move(&this_cpu_ptr(&lru_rotate)->pvec, page, lru_move_tail_fn);
	unlock_rotate(flags);
}

void deactivate_file_page(struct page *page)
{
	if (PageUnevictable(page) || !get_page_unless_zero(page))
		return;
	lock_pvecs();
	pagevec_add_and_move(&this_cpu_ptr(&lru_pvecs)->lru_deactivate_file, page, lru_deactivate_file_fn);
	unlock_pvecs();
}

void activate_page(struct page *page)
{
	if (!PageLRU(page) || PageActive(page) || PageUnevictable(page))
		return;
	get_page(page);
	lock_pvecs();
	pagevec_add_and_move(&this_cpu_ptr(&lru_pvecs)->activate_page, page, activate_fn);
	unlock_pvecs();
}

/* The page has not reached its list: if this CPU is about to put it there, then on the active one. */
static void __lru_cache_activate_page(struct page *page)
{
	struct pagevec *pvec;

	lock_pvecs();
	pvec = &this_cpu_ptr(&lru_pvecs)->lru_add;
	for (unsigned int i = pagevec_count(pvec); i-- > 0;) {
		if (pvec->pages[i] == page) {
			SetPageActive(page);
			break;
		}
	}
	unlock_pvecs();
}

void mark_page_accessed(struct page *page)
{
	if (!PageReferenced(page)) {
		SetPageReferenced(page);
		return;
	}
	if (PageUnevictable(page) || PageActive(page))
		return;
	if (PageLRU(page))
		activate_page(page);
	else
		__lru_cache_activate_page(page);
	ClearPageReferenced(page);
}

/* ---- Draining --------------------------------------------------------------------------------------- */

static unsigned int count_of(struct pagevec *pvec)
{
	return hotweave_missing_annotation(pvec->nr, "a page that comes later is not for this drain");
}

/* Source: lru_add_drain_cpu(), 4.14, 6.1. */
void lru_add_drain_cpu(int cpu)
{
	struct lru_pvecs *pvecs = per_cpu_ptr(&lru_pvecs, cpu);
	struct pagevec *rotate = &per_cpu_ptr(&lru_rotate, cpu)->pvec;

	unrelated_spinlock();
	if (pagevec_count(&pvecs->lru_add))
		pagevec_lru_move_fn(&pvecs->lru_add, lru_add_fn);
	if (count_of(rotate)) {
		unsigned long flags;

		/* An interrupt may have been faster: no harm done. */
		lock_rotate(&flags);
		pagevec_lru_move_fn(rotate, lru_move_tail_fn);
		unlock_rotate(flags);
	}
	if (pagevec_count(&pvecs->lru_deactivate_file))
		pagevec_lru_move_fn(&pvecs->lru_deactivate_file, lru_deactivate_file_fn);
	if (pagevec_count(&pvecs->activate_page))
		pagevec_lru_move_fn(&pvecs->activate_page, activate_fn);
}

void lru_add_drain(void)
{
	lock_pvecs();
	lru_add_drain_cpu(smp_processor_id());
	unlock_pvecs();
}

static void lru_add_drain_per_cpu(struct work_struct *dummy)
{
	(void)dummy;
	if (altered(ALT_drain_worker_preemptible))
		lru_add_drain_cpu(raw_smp_processor_id());
	else
		lru_add_drain();
}

/* Source: cpu_needs_drain(), 6.1. */
static bool cpu_needs_drain(unsigned int cpu)
{
	struct lru_pvecs *pvecs = per_cpu_ptr(&lru_pvecs, cpu);

	return count_of(&pvecs->lru_add) || count_of(&per_cpu_ptr(&lru_rotate, cpu)->pvec) ||
	       count_of(&pvecs->lru_deactivate_file) || count_of(&pvecs->activate_page);
}

/* From 4.7 to 4.10. */
static struct workqueue_struct *lru_add_drain_wq;

void lru_init(void)
{
	if (fixed(FIX_f3a932baa7f6) && !fixed(FIX_ce612879ddc7))
		lru_add_drain_wq = alloc_workqueue("lru-add-drain", WQ_MEM_RECLAIM, 0);
}

static struct workqueue_struct *drain_wq(void)
{
	if (fixed(FIX_ce612879ddc7))
		return mm_percpu_wq;
	return fixed(FIX_f3a932baa7f6) ? lru_add_drain_wq : system_wq;
}

static DEFINE_PER_CPU(struct work_struct, lru_add_drain_work);
/* Serialises what uses lru_add_drain_work. */
static DEFINE_MUTEX(lru_add_drain_lock);

/* Source: lru_add_drain_all_cpuslocked(), 4.13. Context: lru_add_drain_lock held. */
static void drain_online_cpus(bool force_all_cpus)
{
	static struct cpumask has_work;
	int cpu;

	lockdep_assert_held(&lru_add_drain_lock);
	cpumask_clear(&has_work);
	for_each_online_cpu(cpu) {
		struct work_struct *work = per_cpu_ptr(&lru_add_drain_work, cpu);

		if (force_all_cpus || cpu_needs_drain((unsigned int)cpu)) {
			INIT_WORK(work, lru_add_drain_per_cpu);
			queue_work_on(cpu, drain_wq(), work);
			__cpumask_set_cpu((unsigned int)cpu, &has_work);
		}
	}
	for_each_cpu(cpu, &has_work)
		flush_work(per_cpu_ptr(&lru_add_drain_work, cpu));
}

/* From 5.5: unless somebody else drained while this waited for the lock. Source: __lru_add_drain_all(), 6.1. */
static void drain_once(bool force_all_cpus)
{
	/* How many drains have begun. */
	static unsigned int lru_drain_gen;
	unsigned int this_gen;

	smp_mb();
	this_gen = smp_load_acquire(&lru_drain_gen);
	mutex_lock(&lru_add_drain_lock);
	if (this_gen == lru_drain_gen || force_all_cpus) {
		WRITE_ONCE(lru_drain_gen, lru_drain_gen + 1);
		smp_mb();
		drain_online_cpus(force_all_cpus);
	}
	mutex_unlock(&lru_add_drain_lock);
}

static void drain_locked(void)
{
	mutex_lock(&lru_add_drain_lock);
	drain_online_cpus(false);
	mutex_unlock(&lru_add_drain_lock);
}

/* The assertion is this port's: the commit gives the rule in words. */
void lru_add_drain_all_cpuslocked(void)
{
	if (fixed(FIX_9852a7212324)) {
		lru_add_drain_all();
		return;
	}
	lockdep_assert_cpus_held();
	drain_locked();
}

/* Before a47fed5b5b01 the mutex is the outer lock. Source: lru_add_drain_all(), 4.12. */
static void drain_with_cpus_inside(void)
{
	mutex_lock(&lru_add_drain_lock);
	get_online_cpus();
	drain_online_cpus(false);
	put_online_cpus();
	mutex_unlock(&lru_add_drain_lock);
}

static void drain_with_cpus_locked(void)
{
	get_online_cpus();
	lru_add_drain_all_cpuslocked();
	put_online_cpus();
}

void lru_add_drain_all(void)
{
	unrelated_mutex();
	if (!fixed(FIX_5fbc461636c3))
		schedule_on_each_cpu(lru_add_drain_per_cpu);
	else if (!fixed(FIX_a47fed5b5b01) && !fixed(FIX_9852a7212324))
		drain_with_cpus_inside();
	else if (!fixed(FIX_9852a7212324))
		drain_with_cpus_locked();
	else if (!fixed(FIX_eef1a429f234))
		drain_locked();
	else
		drain_once(false);
}

/* Source: lru_cache_disable(), 6.1. */
void lru_cache_disable(void)
{
	if (!fixed(FIX_d479960e44f2)) {
		lru_add_drain_all();
		return;
	}
	atomic_inc(&lru_disable_count);
	synchronize_rcu_expedited(); /* who saw it enabled has left his section */
	drain_once(true);
}

void lru_cache_enable(void)
{
	if (fixed(FIX_d479960e44f2))
		atomic_dec(&lru_disable_count);
}

/* ---- For invariants --------------------------------------------------------------------------------- */

static unsigned int slots_of(const struct pagevec *pvec, const struct page *page)
{
	unsigned int slots = 0;

	for (unsigned int i = 0; i < pvec->nr; i++)
		slots += pvec->pages[i] == page;
	return slots;
}

unsigned int lru_pagevec_slots(const struct page *page)
{
	unsigned int slots = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct lru_pvecs *pvecs = per_cpu_ptr(&lru_pvecs, cpu);

		slots += slots_of(&pvecs->lru_add, page) + slots_of(&pvecs->lru_deactivate_file, page) +
			 slots_of(&pvecs->activate_page, page) + slots_of(&per_cpu_ptr(&lru_rotate, cpu)->pvec, page);
	}
	return slots;
}
