/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Search trees, linked by their users. Follows include/linux/rbtree.h of Linux 6.1; the code behind it is
 * targets/lib/rbtree.cc.
 *
 * A user searches by hand, links the new node where the search ended, and calls rb_insert_color(). Whoever changes a
 * tree excludes everybody else who looks at it: all accesses are plain.
 * Model: the tree is not balanced, and nodes have no colour: it is as deep as the order of insertions makes it, and an
 * insertion or removal touches fewer nodes than the kernel's.
 */
#ifndef HOTWEAVE_LINUX_RBTREE_H
#define HOTWEAVE_LINUX_RBTREE_H

#include <linux/container_of.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rb_node {
	struct rb_node *__rb_parent; /* NULL: the root. Kernel: with the colour in its low bits */
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

#ifdef __cplusplus
#define RB_ROOT (rb_root{ NULL })
#else
#define RB_ROOT ((struct rb_root){ NULL })
#endif
#define rb_parent(node) ((node)->__rb_parent)
#define rb_entry(ptr, type, member) container_of(ptr, type, member)

static inline bool RB_EMPTY_ROOT(const struct rb_root *root)
{
	return !root->rb_node;
}

/* Puts the node at *rb_link, a link of `parent` where a search ended. */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **rb_link)
{
	node->__rb_parent = parent;
	node->rb_left = node->rb_right = NULL;
	*rb_link = node;
}

/* Kernel: balances the tree after rb_link_node(). */
static inline void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	(void)node;
	(void)root;
}

void rb_erase(struct rb_node *node, struct rb_root *root);
/* `new_node` takes the place of `victim`, which has the same key. */
void rb_replace_node(struct rb_node *victim, struct rb_node *new_node, struct rb_root *root);

/* In order; NULL at the end. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);

#ifdef __cplusplus
}
#endif
#endif
