/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Singly linked lists without a lock: anybody adds, anybody takes all; one at a time takes the first. Follows
 * include/linux/llist.h and lib/llist.c of Linux 6.1.
 *
 * Adding releases (a full compare-and-exchange), taking all is an exchange: who takes an entry is ordered after who
 * added it. llist_del_first() needs that no other llist_del_first() or llist_del_all() runs (else ABA).
 * Context: any, interrupts included. Each access is a scheduling point; the retries are bounded by the other tasks'
 * successes.
 */
#ifndef HOTWEAVE_LINUX_LLIST_H
#define HOTWEAVE_LINUX_LLIST_H

#include <linux/atomic.h>
#include <linux/container_of.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define LLIST_HEAD_INIT(name) { NULL }
#define LLIST_HEAD(name) struct llist_head name = LLIST_HEAD_INIT(name)

static inline void init_llist_head(struct llist_head *list) { list->first = NULL; }

#define llist_entry(ptr, type, member) container_of(ptr, type, member)
/* NULL for the entry of NULL. */
#define member_address_is_nonnull(ptr, member) ((uintptr_t)(ptr) + offsetof(__typeof__(*(ptr)), member) != 0)

/* Over entries that llist_del_all() has taken. */
#define llist_for_each(pos, node) for ((pos) = (node); pos; (pos) = (pos)->next)
#define llist_for_each_safe(pos, n, node) \
	for ((pos) = (node); (pos) && ((n) = (pos)->next, true); (pos) = (n))
#define llist_for_each_entry(pos, node, member)                                  \
	for ((pos) = llist_entry((node), __typeof__(*(pos)), member);            \
	     member_address_is_nonnull(pos, member);                             \
	     (pos) = llist_entry((pos)->member.next, __typeof__(*(pos)), member))
#define llist_for_each_entry_safe(pos, n, node, member)                                        \
	for (pos = llist_entry((node), __typeof__(*pos), member);                              \
	     member_address_is_nonnull(pos, member) &&                                         \
	     (n = llist_entry(pos->member.next, __typeof__(*n), member), true);                \
	     pos = n)

static inline bool llist_empty(const struct llist_head *head) { return READ_ONCE(head->first) == NULL; }
static inline struct llist_node *llist_next(struct llist_node *node) { return node->next; }

/* Adds a chain; true if the list was empty. */
static inline bool llist_add_batch(struct llist_node *new_first, struct llist_node *new_last, struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	do {
		new_last->next = first;
	} while (!try_cmpxchg(&head->first, &first, new_first));
	return !first;
}

static inline bool __llist_add_batch(struct llist_node *new_first, struct llist_node *new_last, struct llist_head *head)
{
	new_last->next = head->first;
	head->first = new_first;
	return new_last->next == NULL;
}

static inline bool llist_add(struct llist_node *node, struct llist_head *head)
{
	return llist_add_batch(node, node, head);
}

/* Where nobody else is. */
static inline bool __llist_add(struct llist_node *node, struct llist_head *head)
{
	return __llist_add_batch(node, node, head);
}

/* Takes all, latest first. */
static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	return xchg(&head->first, (struct llist_node *)NULL);
}

static inline struct llist_node *__llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = NULL;
	return first;
}

/* Takes the latest. One consumer at a time. */
static inline struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *entry, *next;

	do {
		entry = smp_load_acquire(&head->first);
		if (entry == NULL)
			return NULL;
		next = READ_ONCE(entry->next);
	} while (cmpxchg(&head->first, entry, next) != entry);
	return entry;
}

/* Oldest first. */
static inline struct llist_node *llist_reverse_order(struct llist_node *head)
{
	struct llist_node *new_head = NULL;

	while (head) {
		struct llist_node *tmp = head;

		head = head->next;
		tmp->next = new_head;
		new_head = tmp;
	}
	return new_head;
}

#endif
