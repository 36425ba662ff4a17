/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Lists that RCU readers walk while one updater at a time changes them. Follows include/linux/rculist.h of Linux 6.1.
 *
 * Adding publishes the entry; removing leaves its forward pointer, so that a reader who is there goes on. What was
 * removed may be freed after a grace period. Updaters exclude each other by a lock of their own. Walking is for
 * readers, or for holders of the updaters' lock (the optional condition): else a finding of kind missing-lock.
 * Context: any; each access is a scheduling point. See <linux/list.h> for which access is marked.
 * Model: removing publishes the entry behind (the kernel: WRITE_ONCE(), which the updaters' lock orders after whoever
 * published that entry).
 */
#ifndef HOTWEAVE_LINUX_RCULIST_H
#define HOTWEAVE_LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

/* The forward pointer as RCU's readers see it. */
#define list_next_rcu(list) (*((struct list_head __rcu **)(&(list)->next)))
#define list_tail_rcu(head) (*((struct list_head __rcu **)(&(head)->prev)))

/* The optional last argument of the walks: a condition under which no reader is needed. */
#define __list_check_rcu(dummy, cond, ...)                                                         \
	({                                                                                         \
		if (debug_lockdep_rcu_enabled() && !(cond) && !rcu_read_lock_any_held())           \
			hotweave_rcu_unprotected("an RCU list", "a reader");                       \
	})
#define __list_check_srcu(cond)                                                                    \
	({                                                                                         \
		if (debug_lockdep_rcu_enabled() && !(cond))                                        \
			hotweave_rcu_unprotected("an SRCU list", "srcu_read_lock()");              \
	})

/* ---- struct list_head ------------------------------------------------------------------------------ */

static inline void INIT_LIST_HEAD_RCU(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add_rcu(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
	entry->next = next;
	entry->prev = prev;
	rcu_assign_pointer(list_next_rcu(prev), entry);
	next->prev = entry;
}

static inline void list_add_rcu(struct list_head *entry, struct list_head *head)
{
	__list_add_rcu(entry, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head)
{
	__list_add_rcu(entry, head->prev, head);
}

/* The entry's own forward pointer stays; list_empty() of it does not hold afterwards. */
static inline void list_del_rcu(struct list_head *entry)
{
	struct list_head *prev = entry->prev, *next = entry->next;

	next->prev = prev;
	rcu_assign_pointer(list_next_rcu(prev), next);
	entry->prev = (struct list_head *)LIST_POISON2;
}

/* `entry` takes the place of `old`, in one step as readers see it. */
static inline void list_replace_rcu(struct list_head *old, struct list_head *entry)
{
	entry->next = old->next;
	entry->prev = old->prev;
	rcu_assign_pointer(list_next_rcu(entry->prev), entry);
	entry->next->prev = entry;
	old->prev = (struct list_head *)LIST_POISON2;
}

/* Moves a list that readers walk between prev and next. sync: synchronize_rcu() or the like; may sleep. */
static inline void __list_splice_init_rcu(struct list_head *list, struct list_head *prev, struct list_head *next,
					  void (*sync)(void))
{
	struct list_head *first = list->next;
	struct list_head *last = list->prev;

	/* New readers find the old list empty; those who are in it come to its head until the grace period is over. */
	INIT_LIST_HEAD_RCU(list);
	sync();
	last->next = next;
	rcu_assign_pointer(list_next_rcu(prev), first);
	first->prev = prev;
	next->prev = last;
}

static inline void list_splice_init_rcu(struct list_head *list, struct list_head *head, void (*sync)(void))
{
	if (!list_empty(list))
		__list_splice_init_rcu(list, head, head->next, sync);
}

static inline void list_splice_tail_init_rcu(struct list_head *list, struct list_head *head, void (*sync)(void))
{
	if (!list_empty(list))
		__list_splice_init_rcu(list, head->prev, head, sync);
}

#define list_entry_rcu(ptr, type, member) container_of(rcu_dereference_raw(ptr), type, member)
#define list_entry_lockless(ptr, type, member) list_entry_rcu(ptr, type, member)

/* The first entry, or NULL. */
#define list_first_or_null_rcu(ptr, type, member)                                                 \
	({                                                                                        \
		struct list_head *hw_head = (ptr);                                                \
		struct list_head *hw_next = rcu_dereference_raw(hw_head->next);                   \
		hw_head != hw_next ? container_of(hw_next, type, member) : (type *)NULL;          \
	})
/* The entry after ptr, or NULL. */
#define list_next_or_null_rcu(head, ptr, type, member)                                            \
	({                                                                                        \
		struct list_head *hw_head = (head);                                               \
		struct list_head *hw_next = rcu_dereference_raw((ptr)->next);                     \
		hw_head != hw_next ? container_of(hw_next, type, member) : (type *)NULL;          \
	})

/* list_for_each_entry_rcu(pos, head, member[, cond]) */
#define list_for_each_entry_rcu(pos, head, member, ...)                                           \
	for (__list_check_rcu(dummy, ##__VA_ARGS__, 0),                                           \
	     pos = list_entry_rcu((head)->next, __typeof__(*pos), member);                        \
	     &pos->member != (head);                                                              \
	     pos = list_entry_rcu(pos->member.next, __typeof__(*pos), member))
#define list_for_each_entry_srcu(pos, head, member, cond)                                         \
	for (__list_check_srcu(cond), pos = list_entry_rcu((head)->next, __typeof__(*pos), member); \
	     &pos->member != (head);                                                              \
	     pos = list_entry_rcu(pos->member.next, __typeof__(*pos), member))
/* Under whatever protects the entries, unchecked. */
#define list_for_each_entry_lockless(pos, head, member)                                           \
	for (pos = list_entry_lockless((head)->next, __typeof__(*pos), member);                   \
	     &pos->member != (head);                                                              \
	     pos = list_entry_lockless(pos->member.next, __typeof__(*pos), member))
#define list_for_each_entry_continue_rcu(pos, head, member)                                       \
	for (pos = list_entry_rcu(pos->member.next, __typeof__(*pos), member);                    \
	     &pos->member != (head);                                                              \
	     pos = list_entry_rcu(pos->member.next, __typeof__(*pos), member))
#define list_for_each_entry_from_rcu(pos, head, member)                                           \
	for (; &(pos)->member != (head);                                                          \
	     pos = list_entry_rcu((pos)->member.next, __typeof__(*(pos)), member))

/* ---- struct hlist_head ---------------------------------------------------------------------------- */

#define hlist_first_rcu(head) (*((struct hlist_node __rcu **)(&(head)->first)))
#define hlist_next_rcu(node) (*((struct hlist_node __rcu **)(&(node)->next)))
#define hlist_pprev_rcu(node) (*((struct hlist_node __rcu **)((node)->pprev)))

static inline void hotweave_hlist_del_rcu(struct hlist_node *n)
{
	struct hlist_node *next = n->next, **pprev = n->pprev;

	rcu_assign_pointer(*pprev, next);
	if (next)
		WRITE_ONCE(next->pprev, pprev);
}

static inline void hlist_del_rcu(struct hlist_node *n)
{
	hotweave_hlist_del_rcu(n);
	WRITE_ONCE(n->pprev, (struct hlist_node **)LIST_POISON2);
}

/* As above, and hlist_unhashed() of it holds. */
static inline void hlist_del_init_rcu(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		hotweave_hlist_del_rcu(n);
		WRITE_ONCE(n->pprev, (struct hlist_node **)NULL);
	}
}

static inline void hlist_replace_rcu(struct hlist_node *old, struct hlist_node *node)
{
	struct hlist_node *next = old->next;

	node->next = next;
	WRITE_ONCE(node->pprev, old->pprev);
	rcu_assign_pointer(*(struct hlist_node __rcu **)node->pprev, node);
	if (next)
		WRITE_ONCE(node->next->pprev, &node->next);
	WRITE_ONCE(old->pprev, (struct hlist_node **)LIST_POISON2);
}

/* Exchanges the contents of two list heads; the left one is visible to readers. */
static inline void hlists_swap_heads_rcu(struct hlist_head *left, struct hlist_head *right)
{
	struct hlist_node *node1 = left->first;
	struct hlist_node *node2 = right->first;

	rcu_assign_pointer(left->first, node2);
	rcu_assign_pointer(right->first, node1);
	WRITE_ONCE(node2->pprev, &left->first);
	WRITE_ONCE(node1->pprev, &right->first);
}

static inline void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node *first = h->first;

	n->next = first;
	WRITE_ONCE(n->pprev, &h->first);
	rcu_assign_pointer(hlist_first_rcu(h), n);
	if (first)
		WRITE_ONCE(first->pprev, &n->next);
}

static inline void hlist_add_tail_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node *i, *last = NULL;

	for (i = h->first; i; i = i->next)
		last = i;
	if (last) {
		n->next = last->next;
		WRITE_ONCE(n->pprev, &last->next);
		rcu_assign_pointer(hlist_next_rcu(last), n);
	} else {
		hlist_add_head_rcu(n, h);
	}
}

static inline void hlist_add_before_rcu(struct hlist_node *n, struct hlist_node *next)
{
	WRITE_ONCE(n->pprev, next->pprev);
	n->next = next;
	rcu_assign_pointer(hlist_pprev_rcu(n), n);
	WRITE_ONCE(next->pprev, &n->next);
}

static inline void hlist_add_behind_rcu(struct hlist_node *n, struct hlist_node *prev)
{
	n->next = prev->next;
	WRITE_ONCE(n->pprev, &prev->next);
	rcu_assign_pointer(hlist_next_rcu(prev), n);
	if (n->next)
		WRITE_ONCE(n->next->pprev, &n->next);
}

#define hlist_entry_safe_rcu_(ptr, type, member) hlist_entry_safe(rcu_dereference_raw(ptr), type, member)
#define __hlist_for_each_rcu(pos, head) \
	for (pos = rcu_dereference(hlist_first_rcu(head)); pos; pos = rcu_dereference(hlist_next_rcu(pos)))
/* hlist_for_each_entry_rcu(pos, head, member[, cond]) */
#define hlist_for_each_entry_rcu(pos, head, member, ...)                                               \
	for (__list_check_rcu(dummy, ##__VA_ARGS__, 0),                                                \
	     pos = hlist_entry_safe_rcu_(hlist_first_rcu(head), __typeof__(*(pos)), member);           \
	     pos; pos = hlist_entry_safe_rcu_(hlist_next_rcu(&(pos)->member), __typeof__(*(pos)), member))
#define hlist_for_each_entry_srcu(pos, head, member, cond)                                             \
	for (__list_check_srcu(cond),                                                                  \
	     pos = hlist_entry_safe_rcu_(hlist_first_rcu(head), __typeof__(*(pos)), member);           \
	     pos; pos = hlist_entry_safe_rcu_(hlist_next_rcu(&(pos)->member), __typeof__(*(pos)), member))
#define hlist_for_each_entry_rcu_notrace(pos, head, member)                                            \
	for (pos = hlist_entry_safe_rcu_(hlist_first_rcu(head), __typeof__(*(pos)), member);           \
	     pos; pos = hlist_entry_safe_rcu_(hlist_next_rcu(&(pos)->member), __typeof__(*(pos)), member))
#define hlist_for_each_entry_rcu_bh(pos, head, member) hlist_for_each_entry_rcu_notrace(pos, head, member)
#define hlist_for_each_entry_continue_rcu(pos, member)                                                 \
	for (pos = hlist_entry_safe_rcu_(hlist_next_rcu(&(pos)->member), __typeof__(*(pos)), member);  \
	     pos; pos = hlist_entry_safe_rcu_(hlist_next_rcu(&(pos)->member), __typeof__(*(pos)), member))
#define hlist_for_each_entry_continue_rcu_bh(pos, member) hlist_for_each_entry_continue_rcu(pos, member)
#define hlist_for_each_entry_from_rcu(pos, member) \
	for (; pos; pos = hlist_entry_safe_rcu_(hlist_next_rcu(&(pos)->member), __typeof__(*(pos)), member))

#endif
