// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernfs: nodes, active references, removal (fs/kernfs/dir.c of Linux 4.12 to 6.1).
 *
 * Model: children are a list, not an rb-tree; a removal deactivates all nodes below it and then drains them one by
 * one. The kernel reads `active` relaxed when it drains; what the last user did has to come before the removal all
 * the same, so the read here says so.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernfs.h>
#include <linux/limits.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/wait.h>

#include <hotweave/target.h>

/* The tree: who is whose child. Up to 5.14 the mutex, from 5.15 the rwsem. */
static DEFINE_MUTEX(kernfs_mutex);
static DECLARE_RWSEM(kernfs_rwsem);
static DECLARE_WAIT_QUEUE_HEAD(deactivate_waitq);
static LIST_HEAD(kernfs_root);

static bool tree_has_rwsem(void)
{
	return hotweave_kernel_version() >= KERNEL_VERSION(5, 15, 0);
}

static void tree_lock(bool write)
{
	if (!tree_has_rwsem())
		mutex_lock(&kernfs_mutex);
	else if (write)
		down_write(&kernfs_rwsem);
	else
		down_read(&kernfs_rwsem);
}

static void tree_unlock(bool write)
{
	if (!tree_has_rwsem())
		mutex_unlock(&kernfs_mutex);
	else if (write)
		up_write(&kernfs_rwsem);
	else
		up_read(&kernfs_rwsem);
}

static struct list_head *children_of(struct kernfs_node *parent)
{
	return parent ? &parent->children : &kernfs_root;
}

/* ---- References ------------------------------------------------------------------------------------- */

void kernfs_get(struct kernfs_node *kn)
{
	if (kn)
		WARN_ON(atomic_inc_return(&kn->count) <= 1);
}

void kernfs_put(struct kernfs_node *kn)
{
	if (!kn || !atomic_dec_and_test(&kn->count))
		return;
	kfree(kn->name);
	kfree(kn);
}

/* Source: kernfs_get_active(), 6.1. */
struct kernfs_node *kernfs_get_active(struct kernfs_node *kn)
{
	if (!kn || !atomic_inc_unless_negative(&kn->active))
		return NULL;
	lock_acquire(&kn->dep_map, 0, 1, 1, 1, NULL, 0);
	return kn;
}

static void put_active(struct kernfs_node *kn)
{
	if (atomic_dec_return(&kn->active) == KN_DEACTIVATED_BIAS)
		wake_up_all(&deactivate_waitq);
}

void kernfs_put_active(struct kernfs_node *kn)
{
	if (!kn)
		return;
	lock_release(&kn->dep_map, 0);
	put_active(kn);
}

void kernfs_break_active_protection(struct kernfs_node *kn)
{
	kernfs_put_active(kn);
}

/* The node may be going away meanwhile: the count comes back, the protection does not. */
void kernfs_unbreak_active_protection(struct kernfs_node *kn)
{
	atomic_inc(&kn->active);
	lock_acquire(&kn->dep_map, 0, 1, 1, 1, NULL, 0);
}

/* ---- Nodes ------------------------------------------------------------------------------------------ */

struct kernfs_node *hotweave_kernfs_create(struct kernfs_node *parent, const char *name, unsigned short flags,
					   umode_t mode, void *priv, struct lock_class_key *key)
{
	struct kernfs_node *kn = (struct kernfs_node *)kzalloc(sizeof(*kn), GFP_KERNEL);

	if (!kn)
		return NULL;
	kn->name = kstrdup(name, GFP_KERNEL);
	if (!kn->name) {
		kfree(kn);
		return NULL;
	}
	atomic_set(&kn->count, 1);
	kn->flags = flags;
	kn->mode = mode;
	kn->priv = priv;
	INIT_LIST_HEAD(&kn->children);
	lockdep_init_map(&kn->dep_map, "kn->active", key, 0);

	tree_lock(true);
	kn->parent = parent;
	list_add_tail(&kn->sibling, children_of(parent));
	tree_unlock(true);
	return kn;
}

static struct kernfs_node *find_child(struct kernfs_node *parent, const char *name, size_t len)
{
	struct kernfs_node *kn;

	list_for_each_entry(kn, children_of(parent), sibling)
		if (strlen(kn->name) == len && !memcmp(kn->name, name, len))
			return kn;
	return NULL;
}

struct kernfs_node *kernfs_find_and_get(struct kernfs_node *parent, const char *name)
{
	struct kernfs_node *kn;

	tree_lock(false);
	kn = find_child(parent, name, strlen(name));
	kernfs_get(kn);
	tree_unlock(false);
	return kn;
}

struct kernfs_node *kernfs_walk_and_get(struct kernfs_node *parent, const char *path)
{
	struct kernfs_node *kn;

	tree_lock(false);
	for (;;) {
		const char *slash = strchr(path, '/');

		kn = find_child(parent, path, slash ? (size_t)(slash - path) : strlen(path));
		if (!kn || !slash)
			break;
		parent = kn;
		path = slash + 1;
	}
	kernfs_get(kn);
	tree_unlock(false);
	return kn;
}

/* ---- Removal ---------------------------------------------------------------------------------------- */

/* Context: the tree is locked; it is unlocked while waiting. Source: kernfs_drain(), 6.1. */
static void kernfs_drain(struct kernfs_node *kn)
{
	tree_unlock(true);
	lock_acquire(&kn->dep_map, 0, 0, 0, 1, NULL, 0);
	hotweave_wait_for_holders(&kn->dep_map);
	wait_event(deactivate_waitq, atomic_read_acquire(&kn->active) == KN_DEACTIVATED_BIAS);
	hotweave_wait_for_holders(NULL);
	lock_release(&kn->dep_map, 0);
	tree_lock(true);
}

/* No new references from here on. Context: the tree is locked. */
static void kernfs_deactivate(struct kernfs_node *kn)
{
	struct kernfs_node *child;

	if (kernfs_active(kn))
		atomic_add(KN_DEACTIVATED_BIAS, &kn->active);
	list_for_each_entry(child, &kn->children, sibling)
		kernfs_deactivate(child);
}

static struct kernfs_node *deepest(struct kernfs_node *kn)
{
	while (!list_empty(&kn->children))
		kn = list_first_entry(&kn->children, struct kernfs_node, sibling);
	return kn;
}

/* Another removal may be at the same nodes: whoever unlinks one drops the tree's reference. */
static void __kernfs_remove(struct kernfs_node *kn)
{
	struct kernfs_node *pos;

	if (list_empty(&kn->sibling))
		return;
	kernfs_deactivate(kn);
	do {
		pos = deepest(kn);
		kernfs_get(pos);
		kernfs_drain(pos);
		if (!list_empty(&pos->sibling)) {
			list_del_init(&pos->sibling);
			kernfs_put(pos);
		}
		kernfs_put(pos);
	} while (pos != kn);
}

void kernfs_remove(struct kernfs_node *kn)
{
	if (!kn)
		return;
	tree_lock(true);
	__kernfs_remove(kn);
	tree_unlock(true);
}

int kernfs_remove_by_name(struct kernfs_node *parent, const char *name)
{
	struct kernfs_node *kn;

	tree_lock(true);
	kn = find_child(parent, name, strlen(name));
	if (kn) {
		kernfs_get(kn);
		__kernfs_remove(kn);
		kernfs_put(kn);
	}
	tree_unlock(true);
	return kn ? 0 : -ENOENT;
}

/* The one who removed it is done, and out of the file. */
static bool removed_by_other(struct kernfs_node *kn)
{
	return (kn->flags & KERNFS_SUICIDED) && atomic_read_acquire(&kn->active) == KN_DEACTIVATED_BIAS;
}

/* Context: the tree is locked; it is unlocked while waiting. */
static void wait_for_removal_by_other(struct kernfs_node *kn)
{
	struct wait_queue_entry wait;

	init_wait_entry(&wait, 0);
	for (;;) {
		prepare_to_wait(&deactivate_waitq, &wait, TASK_UNINTERRUPTIBLE);
		if (removed_by_other(kn))
			break;
		tree_unlock(true);
		schedule();
		tree_lock(true);
	}
	finish_wait(&deactivate_waitq, &wait);
}

/* Source: kernfs_remove_self(), 6.1. */
bool kernfs_remove_self(struct kernfs_node *kn)
{
	bool ret = false;

	tree_lock(true);
	kernfs_break_active_protection(kn);
	if (!(kn->flags & KERNFS_SUICIDAL)) {
		kn->flags |= KERNFS_SUICIDAL;
		__kernfs_remove(kn);
		kn->flags |= KERNFS_SUICIDED;
		ret = true;
	} else {
		wait_for_removal_by_other(kn);
	}
	kernfs_unbreak_active_protection(kn);
	tree_unlock(true);
	return ret;
}
