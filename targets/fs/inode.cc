// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes and their lock (fs/inode.c and include/linux/fs.h of Linux 3.8 to 6.1).
 *
 * Up to 4.6 the lock is i_mutex; from 9902af79c01a (4.7) i_rwsem. Its class is that of the file system type; file systems
 * like shmem gave directories a class of their own with b45d71fb89ab (4.19).
 * Model: every inode is one of such a file system; nothing evicts inodes but the last reference.
 */
#include <linux/bug.h>
#include <linux/fs.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/version.h>

#include <hotweave/target.h>

static bool has_rwsem(void)
{
	return hotweave_fixed_commit("9902af79c01a", KERNEL_VERSION(4, 7, 0));
}

/* Source: inode_init_always(), lockdep_annotate_inode_mutex_key(). */
static void set_lock_class(struct inode *inode)
{
	struct file_system_type *type = inode->i_sb->s_type;
	struct lock_class_key *key = &type->i_mutex_key;
	const char *name = "&sb->s_type->i_mutex_key";

	if (S_ISDIR(inode->i_mode) && hotweave_fixed_commit("b45d71fb89ab", KERNEL_VERSION(4, 19, 0))) {
		key = &type->i_mutex_dir_key;
		name = "&type->i_mutex_dir_key";
	}
	init_rwsem(&inode->i_rwsem);
	mutex_init(&inode->i_mutex);
	if (has_rwsem())
		lockdep_set_class_and_name(&inode->i_rwsem, key, name);
	else
		lockdep_set_class_and_name(&inode->i_mutex, key, name);
}

static void address_space_init(struct address_space *mapping, struct inode *host)
{
	mapping->host = host;
	spin_lock_init(&mapping->i_pages.xa_lock);
}

struct inode *new_inode(struct super_block *sb, umode_t mode)
{
	struct shmem_inode_info *info = (struct shmem_inode_info *)kzalloc(sizeof(*info), GFP_KERNEL);
	struct inode *inode;

	if (!info)
		return NULL;
	inode = &info->vfs_inode;
	inode->i_sb = sb;
	inode->i_mode = mode;
	set_lock_class(inode);
	address_space_init(&inode->i_data, inode);
	inode->i_mapping = &inode->i_data;
	atomic_set(&inode->i_count, 1);
	INIT_LIST_HEAD(&inode->i_child);
	INIT_LIST_HEAD(&inode->i_entries);
	return inode;
}

struct inode *igrab(struct inode *inode)
{
	atomic_inc(&inode->i_count);
	return inode;
}

void iput(struct inode *inode)
{
	if (!inode || !atomic_dec_and_test(&inode->i_count))
		return;
	shmem_truncate_range(inode, 0, PAGECACHE_SLOTS);
	kfree(SHMEM_I(inode));
}

void inode_lock(struct inode *inode)
{
	inode_lock_nested(inode, I_MUTEX_NORMAL);
}

void inode_lock_nested(struct inode *inode, unsigned int subclass)
{
	if (has_rwsem())
		down_write_nested(&inode->i_rwsem, (int)subclass);
	else
		mutex_lock_nested(&inode->i_mutex, subclass);
}

void inode_unlock(struct inode *inode)
{
	if (has_rwsem())
		up_write(&inode->i_rwsem);
	else
		mutex_unlock(&inode->i_mutex);
}

int inode_is_locked(struct inode *inode)
{
	return has_rwsem() ? lockdep_is_held(&inode->i_rwsem) : lockdep_is_held(&inode->i_mutex);
}

/* ---- Writable mappings ------------------------------------------------------------------------------ */

int mapping_deny_writable(struct address_space *mapping)
{
	return atomic_dec_unless_positive(&mapping->i_mmap_writable) ? 0 : -EBUSY;
}

void mapping_allow_writable(struct address_space *mapping)
{
	atomic_inc(&mapping->i_mmap_writable);
}

int mapping_map_writable(struct address_space *mapping)
{
	return atomic_inc_unless_negative(&mapping->i_mmap_writable) ? 0 : -EPERM;
}

void mapping_unmap_writable(struct address_space *mapping)
{
	atomic_dec(&mapping->i_mmap_writable);
}
