// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lifetime of address spaces: mm_alloc(), mmput(), mmdrop() (kernel/fork.c of Linux 3.8 to 6.7).
 *
 * mm_users counts who uses the address space; the last one takes it apart. mm_count counts who may still look at the
 * structure (KSM does), with one for all users together.
 * Model: no fork, no exec; tasks have no current->mm: who uses an address space knows it.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/ksm.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/version.h>

#include <hotweave/target.h>

/* Lockdep shows the name that the lock had. */
static void init_mmap_lock(struct mm_struct *mm)
{
	static struct lock_class_key key;
	bool new_name = hotweave_kernel_version() >= KERNEL_VERSION(5, 8, 0);

	__init_rwsem(&mm->mmap_lock, new_name ? "&mm->mmap_lock" : "&mm->mmap_sem", &key);
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = (struct mm_struct *)kzalloc(sizeof(*mm), GFP_KERNEL);

	if (!mm)
		return NULL;
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	spin_lock_init(&mm->page_table_lock);
	init_mmap_lock(mm);
	return mm;
}

void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}

void mmdrop(struct mm_struct *mm)
{
	if (atomic_dec_and_test(&mm->mm_count))
		kfree(mm);
}

void mmput(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	ksm_exit(mm);
	exit_mmap(mm);
	mmdrop(mm);
}
