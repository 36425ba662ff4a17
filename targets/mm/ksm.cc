// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM: ksmd and its walk over address spaces, madvise(), exit, what reverse mapping and migration ask (mm/ksm.c of
 * Linux 3.8 to 6.7).
 *
 * Model: no fork; the slot of an address space is found by a walk over the list (the kernel: a hash under the same
 * lock); slots and items come from kmalloc(). ksmd waits for work while it sleeps between two passes, and after
 * KSMD_PASSES of them sleeps until it is woken (or no execution would end).
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/mmdebug.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include <hotweave/target.h>

#include "../history/history.h"
#include "../unrelated_edit.h"
#include "ksm.h"

DEFINE_MUTEX(ksm_thread_mutex);
DECLARE_WAIT_QUEUE_HEAD(ksm_thread_wait);
unsigned long ksm_run = KSM_RUN_STOP;
unsigned int ksm_thread_sleep_millisecs = 20;
static unsigned int ksm_thread_pages_to_scan = 100;
#define KSMD_PASSES 2

static DEFINE_SPINLOCK(ksm_mmlist_lock);
static struct mm_slot ksm_mm_head = { LIST_HEAD_INIT(ksm_mm_head.mm_list), NULL, NULL };
struct ksm_scan ksm_scan = { &ksm_mm_head, 0, NULL, 0 };

unsigned long ksm_run_now(void)
{
	return hotweave_missing_annotation(ksm_run, "a hint, or looked at again under ksm_thread_mutex");
}

/* ---- Slots ------------------------------------------------------------------------------------------ */

/* Context: ksm_mmlist_lock. */
static struct mm_slot *get_mm_slot(struct mm_struct *mm)
{
	struct mm_slot *slot;

	list_for_each_entry(slot, &ksm_mm_head.mm_list, mm_list)
		if (slot->mm == mm)
			return slot;
	return NULL;
}

static struct mm_slot *next_slot(struct mm_slot *slot)
{
	return list_entry(slot->mm_list.next, struct mm_slot, mm_list);
}

static void forget_mm(struct mm_slot *mm_slot, struct mm_struct *mm)
{
	kfree(mm_slot);
	clear_bit(MMF_VM_MERGEABLE, &mm->flags);
}

int __ksm_enter(struct mm_struct *mm)
{
	struct mm_slot *mm_slot = (struct mm_slot *)kzalloc(sizeof(*mm_slot), GFP_KERNEL);
	bool needs_wakeup;

	if (!mm_slot)
		return -ENOMEM;
	needs_wakeup = list_empty(&ksm_mm_head.mm_list);
	spin_lock(&ksm_mmlist_lock);
	mm_slot->mm = mm;
	/* Just behind the cursor; or ahead of it, while all is being unmerged. */
	if (ksm_run_now() & KSM_RUN_UNMERGE)
		list_add_tail(&mm_slot->mm_list, &ksm_mm_head.mm_list);
	else
		list_add_tail(&mm_slot->mm_list, &ksm_scan.mm_slot->mm_list);
	spin_unlock(&ksm_mmlist_lock);
	set_bit(MMF_VM_MERGEABLE, &mm->flags);
	mmgrab(mm);
	if (needs_wakeup)
		wake_up_interruptible(&ksm_thread_wait);
	return 0;
}

/* A slot with items, or at the cursor, is left to ksmd. The write lock lets whoever breaks pages of this address space
 * finish before its page table goes. */
void __ksm_exit(struct mm_struct *mm)
{
	struct mm_slot *mm_slot;
	bool easy_to_free = false;

	spin_lock(&ksm_mmlist_lock);
	mm_slot = get_mm_slot(mm);
	if (mm_slot && ksm_scan.mm_slot != mm_slot) {
		if (!mm_slot->rmap_list) {
			list_del(&mm_slot->mm_list);
			easy_to_free = true;
		} else {
			list_move(&mm_slot->mm_list, &ksm_scan.mm_slot->mm_list);
		}
	}
	spin_unlock(&ksm_mmlist_lock);
	if (easy_to_free) {
		forget_mm(mm_slot, mm);
		mmdrop(mm);
	} else if (mm_slot) {
		mmap_write_lock(mm);
		mmap_write_unlock(mm);
	}
}

int ksm_madvise(struct vm_area_struct *vma, unsigned long start, unsigned long end, int advice,
		unsigned long *vm_flags)
{
	struct mm_struct *mm = vma->vm_mm;
	int err = 0;

	if (advice == MADV_MERGEABLE && !(*vm_flags & (VM_MERGEABLE | VM_SHARED))) {
		if (!test_bit(MMF_VM_MERGEABLE, &mm->flags))
			err = __ksm_enter(mm);
		if (!err)
			*vm_flags |= VM_MERGEABLE;
	} else if (advice == MADV_UNMERGEABLE && (*vm_flags & VM_MERGEABLE)) {
		if (vma->anon_vma)
			err = unmerge_ksm_pages(vma, start, end);
		if (!err)
			*vm_flags &= ~VM_MERGEABLE;
	}
	return err;
}

/* ---- Items of one address space: under ksm_thread_mutex --------------------------------------------- */

static void remove_trailing_rmap_items(struct rmap_item **rmap_list)
{
	while (*rmap_list) {
		struct rmap_item *rmap_item = *rmap_list;

		*rmap_list = rmap_item->rmap_list;
		remove_rmap_item_from_tree(rmap_item);
		kfree(rmap_item);
	}
}

/* The item of an address; those of lower ones, which are not mapped any more, go. */
static struct rmap_item *get_next_rmap_item(struct mm_slot *mm_slot, struct rmap_item **rmap_list, unsigned long addr)
{
	struct rmap_item *rmap_item;

	while (*rmap_list) {
		rmap_item = *rmap_list;
		if ((rmap_item->address & PAGE_MASK) == addr)
			return rmap_item;
		if (rmap_item->address > addr)
			break;
		*rmap_list = rmap_item->rmap_list;
		remove_rmap_item_from_tree(rmap_item);
		kfree(rmap_item);
	}
	rmap_item = (struct rmap_item *)kzalloc(sizeof(*rmap_item), GFP_KERNEL);
	if (!rmap_item)
		return NULL;
	rmap_item->mm = mm_slot->mm;
	rmap_item->address = addr;
	rmap_item->rmap_list = *rmap_list;
	*rmap_list = rmap_item;
	return rmap_item;
}

/* ---- The cursor ------------------------------------------------------------------------------------- */

/* The next anonymous page of the area from the cursor on, with its item; NULL at the end of the area. */
static struct rmap_item *scan_vma(struct mm_slot *slot, struct vm_area_struct *vma, struct page **page)
{
	while (ksm_scan.address < vma->vm_end && !ksm_test_exit(slot->mm)) {
		struct rmap_item *rmap_item;

		*page = follow_page(vma, ksm_scan.address, FOLL_GET);
		if (*page && PageAnon(*page)) {
			rmap_item = get_next_rmap_item(slot, ksm_scan.rmap_list, ksm_scan.address);
			if (!rmap_item) {
				put_page(*page);
				return (struct rmap_item *)ERR_PTR(-ENOMEM);
			}
			ksm_scan.rmap_list = &rmap_item->rmap_list;
			ksm_scan.address += PAGE_SIZE;
			return rmap_item;
		}
		if (*page)
			put_page(*page);
		ksm_scan.address += PAGE_SIZE;
		cond_resched();
	}
	return NULL;
}

/* Context: mmap_lock. */
static struct rmap_item *scan_mm(struct mm_slot *slot, struct page **page)
{
	struct vm_area_struct *vma = NULL;
	struct rmap_item *rmap_item;

	if (!ksm_test_exit(slot->mm))
		vma = find_vma(slot->mm, ksm_scan.address);
	for (; vma; vma = vma->vm_next) {
		if (!(vma->vm_flags & VM_MERGEABLE))
			continue;
		if (ksm_scan.address < vma->vm_start)
			ksm_scan.address = vma->vm_start;
		if (!vma_is_mergeable(vma))
			ksm_scan.address = vma->vm_end;
		rmap_item = scan_vma(slot, vma, page);
		if (rmap_item)
			return rmap_item;
	}
	return NULL;
}

/*
 * The cursor leaves an address space, under its mmap_lock: one without areas to merge, or that exits, leaves KSM. Else
 * mmap_lock is released while the list is still locked (7496fea9a6bf): after that __ksm_exit() may free it.
 */
static void leave_mm(struct mm_slot *slot)
{
	struct mm_struct *mm = slot->mm;

	if (ksm_test_exit(mm)) {
		ksm_scan.address = 0;
		ksm_scan.rmap_list = &slot->rmap_list;
	}
	remove_trailing_rmap_items(ksm_scan.rmap_list);
	spin_lock(&ksm_mmlist_lock);
	ksm_scan.mm_slot = next_slot(slot);
	if (!ksm_scan.address) {
		list_del(&slot->mm_list);
		spin_unlock(&ksm_mmlist_lock);
		forget_mm(slot, mm);
		mmap_read_unlock(mm);
		mmdrop(mm);
	} else if (fixed(FIX_7496fea9a6bf)) {
		mmap_read_unlock(mm);
		spin_unlock(&ksm_mmlist_lock);
	} else {
		spin_unlock(&ksm_mmlist_lock);
		mmap_read_unlock(mm);
	}
}

/* The first slot of a full pass, or the head if there is none. */
static struct mm_slot *begin_pass(void)
{
	struct mm_slot *slot;

	/* A page in a pagevec has a reference too many to be merged. */
	lru_add_drain_all();
	if (fixed(FIX_4146d2d673e8) && !ksm_merge_across_nodes)
		prune_migrate_nodes();
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		root_unstable_tree[nid] = RB_ROOT;
	spin_lock(&ksm_mmlist_lock);
	slot = next_slot(ksm_scan.mm_slot);
	ksm_scan.mm_slot = slot;
	spin_unlock(&ksm_mmlist_lock);
	return slot;
}

static void enter_mm(struct mm_slot *slot)
{
	ksm_scan.address = 0;
	ksm_scan.rmap_list = &slot->rmap_list;
}

/* The next page to look at, with a reference, and its item; NULL when a full pass is over. */
static struct rmap_item *scan_get_next_rmap_item(struct page **page)
{
	struct mm_slot *slot = ksm_scan.mm_slot;
	struct rmap_item *rmap_item;

	if (list_empty(&ksm_mm_head.mm_list))
		return NULL;
	if (slot == &ksm_mm_head) {
		slot = begin_pass();
		if (slot == &ksm_mm_head)
			return NULL;
		enter_mm(slot);
	}
	for (;;) {
		mmap_read_lock(slot->mm);
		rmap_item = scan_mm(slot, page);
		if (rmap_item) {
			mmap_read_unlock(slot->mm);
			return IS_ERR(rmap_item) ? NULL : rmap_item;
		}
		leave_mm(slot);
		slot = ksm_scan.mm_slot;
		if (slot == &ksm_mm_head)
			break;
		enter_mm(slot);
	}
	ksm_scan.seqnr++;
	return NULL;
}

void ksm_do_scan(unsigned int scan_npages)
{
	struct rmap_item *rmap_item;
	struct page *page;

	unrelated_mutex();
	while (scan_npages-- && !freezing(current)) {
		cond_resched();
		rmap_item = scan_get_next_rmap_item(&page);
		if (!rmap_item)
			return;
		cmp_and_merge_page(page, rmap_item);
		put_page(page);
	}
}

/* Under mmap_lock. 0 or what unmerge_ksm_pages() said. */
static int unmerge_mm(struct mm_slot *mm_slot)
{
	struct vm_area_struct *vma;
	int err = 0;

	for (vma = mm_slot->mm->mmap; vma && !err; vma = vma->vm_next) {
		if (ksm_test_exit(mm_slot->mm))
			break;
		if (vma_is_mergeable(vma))
			err = unmerge_ksm_pages(vma, vma->vm_start, vma->vm_end);
	}
	return err;
}

/* As leave_mm(), but only an address space that exits leaves KSM, and from 7496fea9a6bf on mmap_lock is released first. */
static void leave_unmerged_mm(struct mm_slot *mm_slot)
{
	struct mm_struct *mm = mm_slot->mm;
	bool unlock_first = fixed(FIX_7496fea9a6bf), exits;

	remove_trailing_rmap_items(&mm_slot->rmap_list);
	if (unlock_first)
		mmap_read_unlock(mm);
	spin_lock(&ksm_mmlist_lock);
	ksm_scan.mm_slot = next_slot(mm_slot);
	exits = ksm_test_exit(mm);
	if (exits)
		list_del(&mm_slot->mm_list);
	spin_unlock(&ksm_mmlist_lock);
	if (exits)
		forget_mm(mm_slot, mm);
	if (!unlock_first)
		mmap_read_unlock(mm);
	if (exits)
		mmdrop(mm);
}

int unmerge_and_remove_all_rmap_items(void)
{
	struct mm_slot *mm_slot;
	int err;

	spin_lock(&ksm_mmlist_lock);
	ksm_scan.mm_slot = next_slot(&ksm_mm_head);
	spin_unlock(&ksm_mmlist_lock);
	for (mm_slot = ksm_scan.mm_slot; mm_slot != &ksm_mm_head; mm_slot = ksm_scan.mm_slot) {
		mmap_read_lock(mm_slot->mm);
		err = unmerge_mm(mm_slot);
		if (err) {
			mmap_read_unlock(mm_slot->mm);
			spin_lock(&ksm_mmlist_lock);
			ksm_scan.mm_slot = &ksm_mm_head;
			spin_unlock(&ksm_mmlist_lock);
			return err;
		}
		leave_unmerged_mm(mm_slot);
	}
	/* Some may be busy still. */
	if (fixed(FIX_4146d2d673e8))
		remove_all_stable_nodes();
	ksm_scan.seqnr = 0;
	return 0;
}

/* ---- ksmd ------------------------------------------------------------------------------------------- */

static bool ksmd_should_run(void)
{
	return (ksm_run_now() & KSM_RUN_MERGE) && !list_empty(&ksm_mm_head.mm_list);
}

/* Until somebody starts KSM anew. */
static void sleep_until_woken(void)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&ksm_thread_wait, &wait, TASK_INTERRUPTIBLE);
	schedule();
	finish_wait(&ksm_thread_wait, &wait);
}

static void ksmd_sleep(unsigned int *naps)
{
	hotweave_idle_wait(true);
	if (!ksmd_should_run()) {
		wait_event_freezable(ksm_thread_wait, ksmd_should_run() || kthread_should_stop());
		*naps = 0;
	} else if (++*naps < KSMD_PASSES) {
		schedule_timeout_interruptible(msecs_to_jiffies(ksm_thread_sleep_millisecs));
	} else {
		sleep_until_woken();
		*naps = 0;
	}
	hotweave_idle_wait(false);
}

int ksm_scan_thread(void *nothing)
{
	unsigned int naps = 0;

	(void)nothing;
	set_freezable();
	while (!kthread_should_stop()) {
		mutex_lock(&ksm_thread_mutex);
		if (!altered(ALT_ksmd_does_not_wait))
			wait_while_offlining();
		ksm_tree_user = current;
		if (ksmd_should_run())
			ksm_do_scan(ksm_thread_pages_to_scan);
		mutex_unlock(&ksm_thread_mutex);
		try_to_freeze();
		ksmd_sleep(&naps);
	}
	return 0;
}

struct task_struct *ksm_start_thread(void)
{
	return kthread_run(ksm_scan_thread, NULL, "ksmd");
}

void ksm_scan_passes(unsigned int passes)
{
	mutex_lock(&ksm_thread_mutex);
	while (passes--)
		ksm_do_scan(ksm_thread_pages_to_scan);
	mutex_unlock(&ksm_thread_mutex);
}

int ksm_init(void)
{
	int err = ksm_sysfs_init();

	return err ? err : ksm_offline_init();
}

/* ---- Reverse mapping and migration: under the page lock, without ksm_thread_mutex ------------------- */

/* One area of an item's anon_vma: first those of the item's own address space, later all others (of forks). */
static bool walk_one(struct page *page, struct rmap_walk_control *rwc, struct rmap_item *rmap_item, bool others)
{
	unsigned long addr = rmap_item->address & PAGE_MASK;
	struct anon_vma *anon_vma = rmap_item->anon_vma;
	struct vm_area_struct *vma;
	bool go_on = true;

	anon_vma_lock_read(anon_vma);
	list_for_each_entry(vma, &anon_vma->head, same_vma) {
		if (addr < vma->vm_start || addr >= vma->vm_end || (rmap_item->mm == vma->vm_mm) == others)
			continue;
		go_on = rwc->rmap_one(page, vma, addr, rwc->arg) && !(rwc->done && rwc->done(page));
		if (!go_on)
			break;
	}
	anon_vma_unlock_read(anon_vma);
	return go_on;
}

void rmap_walk_ksm(struct page *page, struct rmap_walk_control *rwc)
{
	struct stable_node *stable_node = page_stable_node(page);
	struct rmap_item *rmap_item;

	VM_BUG_ON_PAGE(!PageKsm(page), page);
	VM_BUG_ON_PAGE(!PageLocked(page), page);
	if (!stable_node)
		return;
	for (int others = 0; others < 2; others++)
		hlist_for_each_entry(rmap_item, &stable_node->hlist, hlist)
			if (!walk_one(page, rwc, rmap_item, others))
				return;
}

/* The number changes before the old page loses its key: who finds no key looks at the number again. */
void ksm_migrate_page(struct page *newpage, struct page *oldpage)
{
	struct stable_node *stable_node = page_stable_node(newpage);

	VM_BUG_ON_PAGE(!PageLocked(oldpage), oldpage);
	VM_BUG_ON_PAGE(!PageLocked(newpage), newpage);
	VM_BUG_ON_PAGE(newpage->mapping != oldpage->mapping, newpage);
	if (!stable_node)
		return;
	VM_BUG_ON_PAGE(stable_node->kpfn != page_to_pfn(oldpage), oldpage);
	stable_node->kpfn = page_to_pfn(newpage);
	smp_wmb();
	set_page_stable_node(oldpage, NULL);
}
