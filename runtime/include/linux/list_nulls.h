/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * hlists that end with a number instead of NULL, so that a reader without a lock notices that it has come to the end
 * of another list. Follows include/linux/list_nulls.h of Linux 6.1. Context: any; each access is a scheduling point.
 */
#ifndef HOTWEAVE_LINUX_LIST_NULLS_H
#define HOTWEAVE_LINUX_LIST_NULLS_H

#include <asm/barrier.h>
#include <linux/container_of.h>
#include <linux/poison.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct hlist_nulls_node {
	struct hlist_nulls_node *next, **pprev;
};

struct hlist_nulls_head {
	struct hlist_nulls_node *first;
};

/* The end with number x; whether a pointer is an end, and which. */
#define NULLS_MARKER(x) (1UL | (((unsigned long)(x)) << 1))
#define INIT_HLIST_NULLS_HEAD(ptr, nulls) ((ptr)->first = (struct hlist_nulls_node *)NULLS_MARKER(nulls))
#define HLIST_NULLS_HEAD_INIT(nulls) { .first = (struct hlist_nulls_node *)NULLS_MARKER(nulls) }
#define hlist_nulls_entry(ptr, type, member) container_of(ptr, type, member)

static inline int is_a_nulls(const struct hlist_nulls_node *ptr) { return (int)((unsigned long)ptr & 1); }
static inline unsigned long get_nulls_value(const struct hlist_nulls_node *ptr) { return (unsigned long)ptr >> 1; }

static inline int hlist_nulls_unhashed(const struct hlist_nulls_node *h) { return !h->pprev; }
static inline int hlist_nulls_unhashed_lockless(const struct hlist_nulls_node *h) { return !READ_ONCE(h->pprev); }
static inline int hlist_nulls_empty(const struct hlist_nulls_head *h) { return is_a_nulls(READ_ONCE(h->first)); }

static inline void hlist_nulls_add_head(struct hlist_nulls_node *n, struct hlist_nulls_head *h)
{
	struct hlist_nulls_node *first = h->first;

	n->next = first;
	WRITE_ONCE(n->pprev, &h->first);
	h->first = n;
	if (!is_a_nulls(first))
		WRITE_ONCE(first->pprev, &n->next);
}

static inline void __hlist_nulls_del(struct hlist_nulls_node *n)
{
	struct hlist_nulls_node *next = n->next;
	struct hlist_nulls_node **pprev = n->pprev;

	smp_store_release(pprev, next); /* Model: as list_del_rcu() */
	if (!is_a_nulls(next))
		WRITE_ONCE(next->pprev, pprev);
}

static inline void hlist_nulls_del(struct hlist_nulls_node *n)
{
	__hlist_nulls_del(n);
	WRITE_ONCE(n->pprev, (struct hlist_nulls_node **)LIST_POISON2);
}

#define hlist_nulls_for_each_entry(tpos, pos, head, member)                                     \
	for (pos = (head)->first;                                                               \
	     !is_a_nulls(pos) && ({ tpos = hlist_nulls_entry(pos, __typeof__(*tpos), member); 1; }); \
	     pos = pos->next)
#define hlist_nulls_for_each_entry_from(tpos, pos, member)                                      \
	for (; !is_a_nulls(pos) && ({ tpos = hlist_nulls_entry(pos, __typeof__(*tpos), member); 1; }); \
	     pos = pos->next)

#endif
