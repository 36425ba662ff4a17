// SPDX-License-Identifier: GPL-2.0-only
/*
 * Search trees: removal, replacement and walking (lib/rbtree.c of Linux 6.1, less the colours).
 *
 * Model: nothing is balanced; see <linux/rbtree.h>.
 */
#include <linux/rbtree.h>

/* Makes whoever pointed to `victim` point to `node`, which may be NULL. */
static void change_child(struct rb_node *victim, struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent = victim->__rb_parent;

	if (!parent)
		root->rb_node = node;
	else if (parent->rb_left == victim)
		parent->rb_left = node;
	else
		parent->rb_right = node;
	if (node)
		node->__rb_parent = parent;
}

static struct rb_node *leftmost(struct rb_node *node)
{
	while (node && node->rb_left)
		node = node->rb_left;
	return node;
}

static void adopt_children(struct rb_node *node, struct rb_node *from)
{
	node->rb_left = from->rb_left;
	node->rb_right = from->rb_right;
	if (node->rb_left)
		node->rb_left->__rb_parent = node;
	if (node->rb_right)
		node->rb_right->__rb_parent = node;
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *successor;

	if (!node->rb_left || !node->rb_right) {
		change_child(node, node->rb_left ? node->rb_left : node->rb_right, root);
		return;
	}
	successor = leftmost(node->rb_right);
	change_child(successor, successor->rb_right, root);
	change_child(node, successor, root);
	adopt_children(successor, node);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new_node, struct rb_root *root)
{
	change_child(victim, new_node, root);
	adopt_children(new_node, victim);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return leftmost(root->rb_node);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	if (node->rb_right)
		return leftmost(node->rb_right);
	while (node->__rb_parent && node == node->__rb_parent->rb_right)
		node = node->__rb_parent;
	return node->__rb_parent;
}
