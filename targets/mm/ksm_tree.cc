// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM's trees: the keyhole to a page, stable and unstable trees, nodes whose page is gone (mm/ksm.c of Linux 3.8 to
 * 6.7).
 *
 * The stable tree holds one node for each page of KSM, by contents, which do not change. The unstable tree holds
 * rmap_items of pages that seem not to change; it is forgotten at the start of each full pass.
 * Model: no limit to how many share a page (4.13), so no chains of nodes. A search waits for the lock of a page (up to
 * 5.0; later it tries, and gives up for this pass).
 */
#include <linux/bug.h>
#include <linux/highmem.h>
#include <linux/mmdebug.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../history/history.h"
#include "ksm.h"

struct rb_root root_stable_tree[MAX_NUMNODES];
struct rb_root root_unstable_tree[MAX_NUMNODES];
LIST_HEAD(ksm_migrate_nodes);
unsigned long ksm_pages_shared, ksm_pages_sharing, ksm_pages_unshared;
unsigned int ksm_merge_across_nodes = 1;

/* The node of a pfn by its number, not by its struct page. */
static int pfn_to_nid(unsigned long pfn)
{
	return pfn_to_section_nr(pfn) < NR_MEM_SECTIONS / MAX_NUMNODES ? 0 : 1;
}

/* Index of the tree that a page belongs in. */
int get_kpfn_nid(unsigned long kpfn)
{
	return ksm_merge_across_nodes ? 0 : pfn_to_nid(kpfn);
}

/* ---- The keyhole ------------------------------------------------------------------------------------ */

/* Whether the page is still the node's. */
static bool has_key(struct page *page, struct stable_node *stable_node)
{
	unsigned long expected_mapping = (unsigned long)stable_node | PAGE_MAPPING_KSM;

	return (unsigned long)READ_ONCE(page->mapping) == expected_mapping;
}

/* kpfn changes under the page lock while the page is being moved. */
static unsigned long read_kpfn(struct stable_node *stable_node)
{
	return hotweave_missing_annotation(stable_node->kpfn, "looked at again when the page is not the node's");
}

static bool get_page_through_keyhole(struct page *page, struct stable_node *stable_node)
{
	if (!has_key(page, stable_node))
		return false;
	/* No reference: it is free, or about to be, or (in the swap cache) just being moved. */
	while (!get_page_unless_zero(page)) {
		if (!PageSwapCache(page))
			return false;
		cpu_relax();
	}
	if (has_key(page, stable_node))
		return true;
	put_page(page);
	return false;
}

/* Up to 3.8 no page of KSM moves but with KSM locked out, and a page under RCU is not given to anybody else. */
static struct page *get_ksm_page_rcu(struct stable_node *stable_node)
{
	struct page *page = pfn_to_page(stable_node->kpfn);
	bool found = false;

	rcu_read_lock();
	if (has_key(page, stable_node) && get_page_unless_zero(page)) {
		found = has_key(page, stable_node);
		if (!found)
			put_page(page);
	}
	rcu_read_unlock();
	if (found)
		return page;
	remove_node_from_stable_tree(stable_node);
	return NULL;
}

/* The page, locked, if it is still the node's once it is locked. */
static bool lock_ksm_page(struct page *page, struct stable_node *stable_node)
{
	lock_page(page);
	if (has_key(page, stable_node))
		return true;
	unlock_page(page);
	put_page(page);
	return false;
}

struct page *get_ksm_page(struct stable_node *stable_node, bool lock_it)
{
	struct page *page;
	unsigned long kpfn;

	if (!fixed(FIX_4146d2d673e8)) {
		page = get_ksm_page_rcu(stable_node);
		if (page && lock_it)
			lock_page(page);
		return page;
	}
	do {
		kpfn = read_kpfn(stable_node);
		page = pfn_to_page(kpfn);
		if (get_page_through_keyhole(page, stable_node) &&
		    (!lock_it || lock_ksm_page(page, stable_node)))
			return page;
		/* Stale, or moved: pairs with the barrier of ksm_migrate_page(). */
		smp_rmb();
	} while (read_kpfn(stable_node) != kpfn);
	remove_node_from_stable_tree(stable_node);
	return NULL;
}

/* ---- Removing --------------------------------------------------------------------------------------- */

static void unlink_node(struct stable_node *stable_node)
{
	if (stable_node->head == &ksm_migrate_nodes)
		list_del(&stable_node->list);
	else
		rb_erase(&stable_node->node, &root_stable_tree[stable_node->nid]);
}

void remove_node_from_stable_tree(struct stable_node *stable_node)
{
	struct rmap_item *rmap_item;

	hlist_for_each_entry(rmap_item, &stable_node->hlist, hlist) {
		if (rmap_item->hlist.next)
			ksm_pages_sharing--;
		else
			ksm_pages_shared--;
		put_anon_vma(rmap_item->anon_vma);
		rmap_item->address &= PAGE_MASK;
		cond_resched();
	}
	unlink_node(stable_node);
	kfree(stable_node);
}

static void remove_from_stable_node(struct rmap_item *rmap_item)
{
	struct stable_node *stable_node = rmap_item->head;
	struct page *page = get_ksm_page(stable_node, true);

	if (!page)
		return;
	hlist_del(&rmap_item->hlist);
	unlock_page(page);
	put_page(page);
	if (!hlist_empty(&stable_node->hlist))
		ksm_pages_sharing--;
	else
		ksm_pages_shared--;
	put_anon_vma(rmap_item->anon_vma);
	rmap_item->head = NULL;
	rmap_item->address &= PAGE_MASK;
}

static void remove_from_unstable_tree(struct rmap_item *rmap_item)
{
	unsigned char age = (unsigned char)(ksm_scan.seqnr - rmap_item->address);

	/* In an older tree: that was forgotten as a whole. */
	BUG_ON(age > 1);
	if (!age)
		rb_erase(&rmap_item->node, &root_unstable_tree[rmap_item->nid]);
	ksm_pages_unshared--;
	rmap_item->address &= PAGE_MASK;
}

void remove_rmap_item_from_tree(struct rmap_item *rmap_item)
{
	if (rmap_item->address & STABLE_FLAG)
		remove_from_stable_node(rmap_item);
	else if (rmap_item->address & UNSTABLE_FLAG)
		remove_from_unstable_tree(rmap_item);
	cond_resched();
}

/* 0, or -EBUSY if the page is mapped still: its mm may be about to exit. */
static int remove_stable_node(struct stable_node *stable_node)
{
	struct page *page = get_ksm_page(stable_node, true);
	int err = -EBUSY;

	if (!page)
		return 0;
	if (!page_mapped(page)) {
		set_page_stable_node(page, NULL);
		remove_node_from_stable_tree(stable_node);
		err = 0;
	}
	unlock_page(page);
	put_page(page);
	return err;
}

int remove_all_stable_nodes(void)
{
	struct stable_node *stable_node, *next;
	int err = 0;

	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		while (root_stable_tree[nid].rb_node) {
			stable_node = rb_entry(root_stable_tree[nid].rb_node, struct stable_node, node);
			if (remove_stable_node(stable_node)) {
				err = -EBUSY;
				break;
			}
			cond_resched();
		}
	}
	list_for_each_entry_safe(stable_node, next, &ksm_migrate_nodes, list) {
		if (remove_stable_node(stable_node))
			err = -EBUSY;
		cond_resched();
	}
	return err;
}

void prune_migrate_nodes(void)
{
	struct stable_node *stable_node, *next;

	list_for_each_entry_safe(stable_node, next, &ksm_migrate_nodes, list) {
		struct page *page = get_ksm_page(stable_node, false);

		if (page)
			put_page(page);
		cond_resched();
	}
}

/* ---- Memory that has gone --------------------------------------------------------------------------- */

static bool in_range(struct stable_node *stable_node, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long kpfn = read_kpfn(stable_node); /* of a page elsewhere that is just being moved: elsewhere still */

	return kpfn >= start_pfn && kpfn < end_pfn;
}

static void check_one_tree(struct rb_root *root, unsigned long start_pfn, unsigned long end_pfn)
{
	struct rb_node *node = rb_first(root);

	while (node) {
		struct stable_node *stable_node = rb_entry(node, struct stable_node, node);

		if (in_range(stable_node, start_pfn, end_pfn)) {
			/* Its struct page is gone: this goes by the number. */
			remove_node_from_stable_tree(stable_node);
			node = rb_first(root);
		} else {
			node = rb_next(node);
		}
		cond_resched();
	}
}

void ksm_check_stable_tree(unsigned long start_pfn, unsigned long end_pfn)
{
	struct stable_node *stable_node, *next;

	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		check_one_tree(&root_stable_tree[nid], start_pfn, end_pfn);
	list_for_each_entry_safe(stable_node, next, &ksm_migrate_nodes, list) {
		if (in_range(stable_node, start_pfn, end_pfn))
			remove_node_from_stable_tree(stable_node);
		cond_resched();
	}
}

/* ---- Searching and inserting ------------------------------------------------------------------------ */

static void move_to_migrate_nodes(struct stable_node *stable_node)
{
	stable_node->head = &ksm_migrate_nodes;
	list_add(&stable_node->list, stable_node->head);
}

/* Where a search ended. */
struct tree_place {
	struct rb_node **link;
	struct rb_node *parent;
	struct stable_node *found;
};

/* Goes down the tree; false if a node was freed on the way: everything may have changed. */
static bool descend(struct rb_root *root, struct page *page, struct tree_place *place)
{
	place->link = &root->rb_node;
	place->parent = NULL;
	place->found = NULL;
	while (*place->link) {
		struct stable_node *stable_node = rb_entry(*place->link, struct stable_node, node);
		struct page *tree_page;
		int ret;

		cond_resched();
		tree_page = get_ksm_page(stable_node, false);
		if (!tree_page)
			return false;
		ret = memcmp_pages(page, tree_page);
		put_page(tree_page);
		place->parent = *place->link;
		if (!ret) {
			place->found = stable_node;
			return true;
		}
		place->link = ret < 0 ? &place->parent->rb_left : &place->parent->rb_right;
	}
	return true;
}

/* The node found has a page of another tree: it makes room, for the page's own node if it waits for a place. */
static struct page *replace_node(struct rb_root *root, struct stable_node *found, struct stable_node *page_node,
				 struct page *page, int nid)
{
	if (page_node) {
		list_del(&page_node->list);
		page_node->nid = nid;
		rb_replace_node(&found->node, &page_node->node, root);
		get_page(page);
	} else {
		rb_erase(&found->node, root);
		page = NULL;
	}
	move_to_migrate_nodes(found);
	return page;
}

/* Up to 3.8: one tree, and its nodes stay in it. */
static struct page *stable_tree_search_one_tree(struct page *page)
{
	struct tree_place place;

	if (page_stable_node(page)) {
		get_page(page);
		return page;
	}
	if (!descend(&root_stable_tree[0], page, &place) || !place.found)
		return NULL;
	return get_ksm_page(place.found, false);
}

/* Source: stable_tree_search(), 3.9. The page that is found is locked for a moment, so that who moves it notices the
 * reference. */
struct page *stable_tree_search(struct page *page)
{
	struct stable_node *page_node;
	struct tree_place place;
	struct page *tree_page;
	struct rb_root *root;
	int nid;

	if (!fixed(FIX_4146d2d673e8))
		return stable_tree_search_one_tree(page);
	page_node = page_stable_node(page);
	if (page_node && page_node->head != &ksm_migrate_nodes) {
		get_page(page);
		return page;
	}
	nid = get_kpfn_nid(page_to_pfn(page));
	root = &root_stable_tree[nid];
	do {
		while (!descend(root, page, &place))
			;
		if (!place.found)
			break;
		tree_page = get_ksm_page(place.found, true);
		if (tree_page) {
			unlock_page(tree_page);
			if (get_kpfn_nid(read_kpfn(place.found)) == place.found->nid)
				return tree_page;
			put_page(tree_page);
			return replace_node(root, place.found, page_node, page, nid);
		}
	} while (true);
	if (!page_node)
		return NULL;
	list_del(&page_node->list);
	page_node->nid = nid;
	rb_link_node(&page_node->node, place.parent, place.link);
	rb_insert_color(&page_node->node, root);
	get_page(page);
	return page;
}

struct stable_node *stable_tree_insert(struct page *kpage)
{
	unsigned long kpfn = page_to_pfn(kpage);
	int nid = get_kpfn_nid(kpfn);
	struct rb_root *root = &root_stable_tree[nid];
	struct stable_node *stable_node;
	struct tree_place place;

	while (!descend(root, kpage, &place)) {
		/* The tree has changed under us; up to 3.8 that is the end of it. */
		if (!fixed(FIX_4146d2d673e8))
			return NULL;
	}
	if (place.found)
		return NULL;
	stable_node = (struct stable_node *)kzalloc(sizeof(*stable_node), GFP_KERNEL);
	if (!stable_node)
		return NULL;
	INIT_HLIST_HEAD(&stable_node->hlist);
	stable_node->kpfn = kpfn;
	set_page_stable_node(kpage, stable_node);
	stable_node->nid = nid;
	rb_link_node(&stable_node->node, place.parent, place.link);
	rb_insert_color(&stable_node->node, root);
	return stable_node;
}

void stable_tree_append(struct rmap_item *rmap_item, struct stable_node *stable_node)
{
	rmap_item->head = stable_node;
	rmap_item->address |= STABLE_FLAG;
	hlist_add_head(&rmap_item->hlist, &stable_node->hlist);
	if (rmap_item->hlist.next)
		ksm_pages_sharing++;
	else
		ksm_pages_shared++;
}

struct rmap_item *unstable_tree_search_insert(struct rmap_item *rmap_item, struct page *page, struct page **tree_pagep)
{
	int nid = get_kpfn_nid(page_to_pfn(page));
	struct rb_root *root = &root_unstable_tree[nid];
	struct rb_node **link = &root->rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		struct rmap_item *tree_rmap_item = rb_entry(*link, struct rmap_item, node);
		struct page *tree_page;
		int ret;

		cond_resched();
		tree_page = get_mergeable_page(tree_rmap_item);
		if (!tree_page)
			return NULL;
		ret = page == tree_page ? 0 : memcmp_pages(page, tree_page);
		if (!ret) {
			/* One page in two places; or of another node by now: the next pass will put it right. */
			if (page == tree_page || (!ksm_merge_across_nodes && page_to_nid(tree_page) != nid)) {
				put_page(tree_page);
				return NULL;
			}
			*tree_pagep = tree_page;
			return tree_rmap_item;
		}
		put_page(tree_page);
		parent = *link;
		link = ret < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rmap_item->address |= UNSTABLE_FLAG;
	rmap_item->address |= ksm_scan.seqnr & SEQNR_MASK;
	rmap_item->nid = nid;
	rb_link_node(&rmap_item->node, parent, link);
	rb_insert_color(&rmap_item->node, root);
	ksm_pages_unshared++;
	return NULL;
}
