// SPDX-License-Identifier: GPL-2.0-only
/*
 * Super blocks, and freezing them (fs/super.c of Linux 4.4 to 6.1).
 *
 * Model: writers count by percpu rwsems in every profile; nothing is synced; one file system of each type, mounted for ever.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/slab.h>

static const char *const sb_writers_name[SB_FREEZE_LEVELS] = { "sb_writers", "sb_pagefaults", "sb_internal" };

struct super_block *sget(struct file_system_type *type)
{
	struct super_block *sb = (struct super_block *)kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	sb->s_type = type;
	init_rwsem(&sb->s_umount);
	lockdep_set_class_and_name(&sb->s_umount, &type->s_umount_key, "&type->s_umount_key");
	for (int i = 0; i < SB_FREEZE_LEVELS; i++)
		__percpu_init_rwsem(&sb->s_writers.rw_sem[i], sb_writers_name[i], &type->s_writers_key[i]);
	init_waitqueue_head(&sb->s_writers.wait_unfrozen);
	sb->s_root = new_inode(sb, S_IFDIR | 0755);
	return sb;
}

/* ---- Writers ---------------------------------------------------------------------------------------- */

void sb_start_write(struct super_block *sb)
{
	percpu_down_read(&sb->s_writers.rw_sem[SB_FREEZE_WRITE - 1]);
}

void sb_end_write(struct super_block *sb)
{
	percpu_up_read(&sb->s_writers.rw_sem[SB_FREEZE_WRITE - 1]);
}

/* ---- Freezing --------------------------------------------------------------------------------------- */

static void sb_wait_write(struct super_block *sb, int level)
{
	percpu_down_write(&sb->s_writers.rw_sem[level - 1]);
}

/* The levels stay taken when the freezer returns to user space: it is not their owner any more. */
static void lockdep_sb_freeze_release(struct super_block *sb)
{
	for (int level = SB_FREEZE_LEVELS - 1; level >= 0; level--)
		percpu_rwsem_release(&sb->s_writers.rw_sem[level], false, 0);
}

static void lockdep_sb_freeze_acquire(struct super_block *sb)
{
	for (int level = 0; level < SB_FREEZE_LEVELS; level++)
		percpu_rwsem_acquire(&sb->s_writers.rw_sem[level], false, 0);
}

int freeze_super(struct super_block *sb)
{
	down_write(&sb->s_umount);
	if (sb->s_writers.frozen != SB_UNFROZEN) {
		up_write(&sb->s_umount);
		return -EBUSY;
	}
	sb->s_writers.frozen = SB_FREEZE_WRITE;
	/* Not under s_umount: writers take it inside. */
	up_write(&sb->s_umount);
	sb_wait_write(sb, SB_FREEZE_WRITE);
	down_write(&sb->s_umount);
	sb->s_writers.frozen = SB_FREEZE_PAGEFAULT;
	sb_wait_write(sb, SB_FREEZE_PAGEFAULT);
	sb->s_writers.frozen = SB_FREEZE_FS;
	sb_wait_write(sb, SB_FREEZE_FS);
	sb->s_writers.frozen = SB_FREEZE_COMPLETE;
	lockdep_sb_freeze_release(sb);
	up_write(&sb->s_umount);
	return 0;
}

int thaw_super(struct super_block *sb)
{
	down_write(&sb->s_umount);
	if (sb->s_writers.frozen != SB_FREEZE_COMPLETE) {
		up_write(&sb->s_umount);
		return -EINVAL;
	}
	lockdep_sb_freeze_acquire(sb);
	sb->s_writers.frozen = SB_UNFROZEN;
	for (int level = SB_FREEZE_LEVELS - 1; level >= 0; level--)
		percpu_up_write(&sb->s_writers.rw_sem[level]);
	wake_up(&sb->s_writers.wait_unfrozen);
	up_write(&sb->s_umount);
	return 0;
}
