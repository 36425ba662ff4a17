/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * kernfs: the tree of files behind sysfs, as far as lifetimes go. Follows include/linux/kernfs.h and
 * fs/kernfs/dir.c of Linux 6.1 (up to 5.14 the tree is under kernfs_mutex, from 5.15 under an rwsem).
 *
 * Two counts per node: `count` keeps the memory, `active` keeps the node usable. Whoever runs an operation on a
 * file holds an active reference. Removal makes `active` negative (no new references) and waits until those that
 * exist are gone. lockdep sees this as a lock, `kn->active`, of one class per attribute: taken for reading, by
 * trying, with an active reference; taken for writing by the removal. So a removal that holds a lock which an
 * operation of the file takes is an inversion.
 * Model: no symbolic links, no permissions, no namespaces, no polling.
 */
#ifndef HOTWEAVE_LINUX_KERNFS_H
#define HOTWEAVE_LINUX_KERNFS_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KN_DEACTIVATED_BIAS (INT_MIN + 1)

enum kernfs_node_flag {
	KERNFS_DIR = 0x0001,
	KERNFS_FILE = 0x0002,
	KERNFS_SUICIDAL = 0x0800,
	KERNFS_SUICIDED = 0x1000,
};

struct kernfs_node {
	atomic_t count;
	atomic_t active;
	struct lockdep_map dep_map;
	struct kernfs_node *parent;
	const char *name;
	struct list_head sibling, children; /* kernel: an rb-tree */
	void *priv;          /* the kobject of a directory, the attribute of a file */
	unsigned short flags;
	umode_t mode;
};

/* A file while it is open. */
struct kernfs_open_file {
	struct kernfs_node *kn;
	struct mutex mutex; /* one operation at a time */
};

static inline bool kernfs_active(const struct kernfs_node *kn)
{
	return atomic_read(&kn->active) >= 0;
}

/* References on the memory. Any context. */
void kernfs_get(struct kernfs_node *kn);
void kernfs_put(struct kernfs_node *kn);

/* An active reference, or NULL if the node is being removed. Never waits. Scheduling point. */
struct kernfs_node *kernfs_get_active(struct kernfs_node *kn);
/* Gives it back; the last one wakes the removal. Any context. */
void kernfs_put_active(struct kernfs_node *kn);

/* An operation that removes its own file, or waits for somebody who does, gives its protection up meanwhile.
 * Context: an active reference of this file is held. */
void kernfs_break_active_protection(struct kernfs_node *kn);
void kernfs_unbreak_active_protection(struct kernfs_node *kn);

/* Makes a node in a directory (parent NULL: the root). NULL without memory. `key`: the lockdep class of its active
 * references. Context: may sleep. */
struct kernfs_node *hotweave_kernfs_create(struct kernfs_node *parent, const char *name, unsigned short flags,
					   umode_t mode, void *priv, struct lock_class_key *key);
/* Removes the node with all below it. Waits until nobody has an active reference of any of them; the caller must not
 * have one itself. Context: may sleep. */
void kernfs_remove(struct kernfs_node *kn);
/* The same by name; 0 or -ENOENT. */
int kernfs_remove_by_name(struct kernfs_node *parent, const char *name);
/* Removes the file from one of its own operations (active reference held): true for the one caller who did it,
 * false for the others, who wait until it is gone. */
bool kernfs_remove_self(struct kernfs_node *kn);
/* The child of that name with a reference, or NULL. Context: may sleep. */
struct kernfs_node *kernfs_find_and_get(struct kernfs_node *parent, const char *name);
/* The node of a path from the root ("devices/system/…") with a reference, or NULL. Context: may sleep. */
struct kernfs_node *kernfs_walk_and_get(struct kernfs_node *parent, const char *path);

#ifdef __cplusplus
}
#endif
#endif
