// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making and removing entries of a directory, and open files (fs/namei.c, fs/attr.c, fs/file_table.c of Linux 4.14).
 *
 * Model: one directory to a file system, its root; an entry is an inode with a name.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Context: the directory's lock. */
static struct inode *lookup(struct inode *dir, const char *name)
{
	struct inode *inode;

	list_for_each_entry(inode, &dir->i_entries, i_child)
		if (!strcmp(inode->i_name, name))
			return inode;
	return NULL;
}

struct inode *kern_path_create(struct super_block *sb, const char *name)
{
	sb_start_write(sb); /* mnt_want_write() */
	inode_lock_nested(sb->s_root, I_MUTEX_PARENT);
	if (!lookup(sb->s_root, name))
		return NULL;
	done_path_create(sb);
	return (struct inode *)ERR_PTR(-EEXIST);
}

void done_path_create(struct super_block *sb)
{
	inode_unlock(sb->s_root);
	sb_end_write(sb);
}

int vfs_mknod(struct super_block *sb, const char *name, umode_t mode, u32 dev, struct inode **out)
{
	struct inode *inode = shmem_get_inode(sb, mode);

	if (!inode)
		return -ENOMEM;
	inode->i_rdev = dev;
	strscpy(inode->i_name, name, sizeof(inode->i_name));
	list_add_tail(&inode->i_child, &sb->s_root->i_entries);
	*out = inode;
	return 0;
}

struct inode *kern_path_locked(struct super_block *sb, const char *name)
{
	inode_lock_nested(sb->s_root, I_MUTEX_PARENT);
	return lookup(sb->s_root, name);
}

void vfs_unlink(struct inode *inode)
{
	inode_lock(inode);
	list_del_init(&inode->i_child);
	inode_unlock(inode);
	iput(inode);
}

void notify_change(struct inode *inode, umode_t mode)
{
	WARN_ON_ONCE(!inode_is_locked(inode));
	inode->i_mode = mode;
}

/* ---- Open files ------------------------------------------------------------------------------------- */

struct file *alloc_file(struct inode *inode, unsigned int mode, const struct file_operations *fop)
{
	struct file *file = (struct file *)kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	file->f_inode = inode;
	file->f_mode = mode;
	file->f_op = fop;
	return file;
}

void fput(struct file *file)
{
	iput(file->f_inode);
	kfree(file);
}

void file_start_write(struct file *file)
{
	if (S_ISREG(file_inode(file)->i_mode))
		sb_start_write(file_inode(file)->i_sb);
}

void file_end_write(struct file *file)
{
	if (S_ISREG(file_inode(file)->i_mode))
		sb_end_write(file_inode(file)->i_sb);
}

ssize_t vfs_write(struct file *file, pgoff_t index, unsigned int nr_pages)
{
	ssize_t ret;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	file_start_write(file);
	ret = file->f_op->write_iter(file, index, nr_pages);
	file_end_write(file);
	return ret;
}
