// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files of KSM share (mm/ksm.c of Linux 3.8 to 6.7, in four files here), and what scenarios may ask of it.
 *
 * What protects what:
 *   ksm_thread_mutex    the trees, migrate_nodes, rmap_items, the cursor, the counters, ksm_run, ksm_merge_across_nodes
 *   ksm_mmlist_lock     the list of mm_slots; the cursor's place in it
 *   lock of the page    hlist of its stable node, and the node's kpfn while the page is being moved
 *   KSM_RUN_OFFLINE     (3.9) in place of the mutex while memory goes offline: whoever takes the mutex to use a tree
 *                       waits for it to be clear first
 * Lock order: ksm_thread_mutex > mmap_lock > page lock > anon_vma->rwsem > page_table_lock.
 */
#pragma once

#include <linux/ksm.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/wait.h>

/* An address space that KSM looks at. */
struct mm_slot {
	struct list_head mm_list; /* from ksm_mm_head, in scanning order */
	struct rmap_item *rmap_list; /* by address */
	struct mm_struct *mm;
};

/* Where ksmd is. */
struct ksm_scan {
	struct mm_slot *mm_slot;
	unsigned long address;
	struct rmap_item **rmap_list;
	unsigned long seqnr; /* number of full passes */
};

/* A page of KSM, known by its number alone: whoever wants the page asks get_ksm_page(). */
struct stable_node {
	union {
		struct rb_node node;
		struct {
			struct list_head *head; /* &migrate_nodes while it is there instead of in a tree */
			struct list_head list;
		};
	};
	struct hlist_head hlist; /* of rmap_items */
	unsigned long kpfn;
	int nid; /* tree that it is in */
};

/* One page of one address space that KSM has seen. */
struct rmap_item {
	struct rmap_item *rmap_list;
	union {
		struct anon_vma *anon_vma; /* in the stable tree, with a reference */
		int nid;                   /* in an unstable tree */
	};
	struct mm_struct *mm;
	unsigned long address; /* with the flags below in its low bits */
	unsigned int oldchecksum;
	union {
		struct rb_node node; /* in an unstable tree */
		struct {
			struct stable_node *head;
			struct hlist_node hlist;
		};
	};
};

#define SEQNR_MASK 0x0ffUL
#define UNSTABLE_FLAG 0x100UL
#define STABLE_FLAG 0x200UL
#define KSM_FLAG_MASK (SEQNR_MASK | UNSTABLE_FLAG | STABLE_FLAG)

#define KSM_RUN_STOP 0UL
#define KSM_RUN_MERGE 1UL
#define KSM_RUN_UNMERGE 2UL
#define KSM_RUN_OFFLINE 4UL

extern struct mutex ksm_thread_mutex;
extern struct wait_queue_head ksm_thread_wait;
extern unsigned long ksm_run;
extern unsigned int ksm_merge_across_nodes;
extern unsigned int ksm_thread_sleep_millisecs;
extern unsigned long ksm_pages_shared, ksm_pages_sharing, ksm_pages_unshared;
extern struct ksm_scan ksm_scan;
extern struct list_head ksm_migrate_nodes;
/* [0] alone while pages are merged across nodes. */
extern struct rb_root root_stable_tree[MAX_NUMNODES];
extern struct rb_root root_unstable_tree[MAX_NUMNODES];

/* Reads of ksm_run that take what they find. */
unsigned long ksm_run_now(void);

/* Nobody uses the address space any more. */
static inline bool ksm_test_exit(struct mm_struct *mm)
{
	return atomic_read(&mm->mm_users) == 0;
}

/* ---- ksm_tree.cc: context of all: ksm_thread_mutex, unless noted ------------------------------------ */

/* The page of a node, with a reference and, if asked for, locked; NULL if it is not a page of KSM any more: the node is
 * freed then. */
struct page *get_ksm_page(struct stable_node *stable_node, bool lock_it);
void remove_node_from_stable_tree(struct stable_node *stable_node);
void remove_rmap_item_from_tree(struct rmap_item *rmap_item);
/* A page of KSM with the same contents and a reference, or NULL. */
struct page *stable_tree_search(struct page *page);
/* Makes a page a node's: NULL if there is no memory, or the tree has such a page by now. Context: page lock too. */
struct stable_node *stable_tree_insert(struct page *kpage);
void stable_tree_append(struct rmap_item *rmap_item, struct stable_node *stable_node);
/* An rmap_item whose page has the same contents, with that page and a reference to it; or NULL. */
struct rmap_item *unstable_tree_search_insert(struct rmap_item *rmap_item, struct page *page, struct page **tree_pagep);
int get_kpfn_nid(unsigned long kpfn);
int remove_all_stable_nodes(void);
/* Once in each full pass: forgets nodes outside the trees whose page is gone. */
void prune_migrate_nodes(void);
/* Forgets every node of a page in the range, without a look at the page. Context: ksmd and all writers locked out. */
void ksm_check_stable_tree(unsigned long start_pfn, unsigned long end_pfn);

/* ---- ksm_merge.cc ----------------------------------------------------------------------------------- */

/* Context: ksm_thread_mutex; a reference on the page. */
void cmp_and_merge_page(struct page *page, struct rmap_item *rmap_item);
/* The page at the address of an rmap_item, with a reference, or NULL. Context: may sleep. */
struct page *get_mergeable_page(struct rmap_item *rmap_item);
/* Gives every page of the range that is of KSM back to the area alone. Context: mmap_lock. */
int unmerge_ksm_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end);
/* Area of KSM's at the address, or NULL. Context: mmap_lock. */
bool vma_is_mergeable(struct vm_area_struct *vma);

/* ---- ksm.cc ----------------------------------------------------------------------------------------- */

/* Looks at that many pages, or until a full pass is over. Context: ksm_thread_mutex. */
void ksm_do_scan(unsigned int scan_npages);
int unmerge_and_remove_all_rmap_items(void);
int ksm_scan_thread(void *nothing);

/* ---- ksm_offline.cc --------------------------------------------------------------------------------- */

/* Sleeps while memory goes offline. Context: ksm_thread_mutex, given up meanwhile. */
void wait_while_offlining(void);
int ksm_offline_init(void);

/* ---- ksm_sysfs.cc ----------------------------------------------------------------------------------- */

int ksm_sysfs_init(void);

/* ---- Boot, and what scenarios ask ------------------------------------------------------------------- */

/* The notifier, the files under /sys/kernel/mm/ksm; no thread yet, and ksm_run is KSM_RUN_STOP. Once. */
int ksm_init(void);
/* Starts ksmd. */
struct task_struct *ksm_start_thread(void);
/* Full passes as ksmd would make them, before there is a second task. */
void ksm_scan_passes(unsigned int passes);
/* K2 to K5 of the catalogue of invariants. Reads plainly: under ksm_thread_mutex or at
 * quiescence. */
bool ksm_counters_agree(void);
bool ksm_nodes_are_of_online_pages(void);
bool ksm_trees_are_left_alone(void);
/* Who was the last to use the trees under ksm_thread_mutex. Model: for the invariant alone. */
extern struct task_struct *ksm_tree_user;
