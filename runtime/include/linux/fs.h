/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * File systems, inodes, open files, page caches. Follows include/linux/fs.h of Linux 4.14 to 6.1: what sealing, splicing
 * and making device nodes touch. The code behind it is targets/fs and targets/mm.
 *
 * Locks, outermost first: sb_writers (a writer's section, which freezing waits for), a directory's i_rwsem, a file's
 * i_rwsem, the lock of a page, i_pages (interrupts off). Classes are those of the file system type; a directory has one of
 * its own from 4.19 (b45d71fb89ab, file systems like shmem), below that the subclass I_MUTEX_PARENT.
 * Model: a directory entry is in its inode; no dentries, no mounts beside the super block, no permissions; a page cache has
 * four pages; files hold whole pages without contents.
 */
#ifndef HOTWEAVE_LINUX_FS_H
#define HOTWEAVE_LINUX_FS_H

#include <linux/kdev_t.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/* Kinds of files. The same as user space has them. */
#ifndef S_IFMT
#define S_IFMT 00170000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#endif
#ifndef S_ISREG
#define S_ISREG(m) (((m) & S_IFMT) == S_IFREG)
#define S_ISDIR(m) (((m) & S_IFMT) == S_IFDIR)
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct file;
struct inode;
struct pipe_inode_info;
struct super_block;

/* ---- Freezing ------------------------------------------------------------------------------------- */

enum {
	SB_UNFROZEN = 0,
	SB_FREEZE_WRITE = 1,     /* writes, directory operations */
	SB_FREEZE_PAGEFAULT = 2, /* page faults as well */
	SB_FREEZE_FS = 3,        /* the file system's own threads as well */
	SB_FREEZE_COMPLETE = 4,
};
#define SB_FREEZE_LEVELS (SB_FREEZE_COMPLETE - 1)

/* Model: percpu rwsems in all versions (kernels from 4.4; before, counters and a wait queue). */
struct sb_writers {
	int frozen; /* under s_umount */
	wait_queue_head_t wait_unfrozen;
	struct percpu_rw_semaphore rw_sem[SB_FREEZE_LEVELS];
};

struct file_system_type {
	const char *name;
	struct lock_class_key s_umount_key;
	struct lock_class_key s_writers_key[SB_FREEZE_LEVELS];
	struct lock_class_key i_mutex_key;
	struct lock_class_key i_mutex_dir_key;
};

struct super_block {
	struct file_system_type *s_type;
	struct rw_semaphore s_umount;
	struct sb_writers s_writers;
	struct inode *s_root;
};

/* A mounted file system with an empty root directory; NULL if there is no memory. Context: may sleep. */
struct super_block *sget(struct file_system_type *type);
/* 0; -EBUSY (-EINVAL) if it is (not) frozen. freeze_super() waits for all writers and keeps new ones out. Context: may
 * sleep. */
int freeze_super(struct super_block *sb);
int thaw_super(struct super_block *sb);

/* A writer's section: waits while the file system is frozen. mnt_want_write(): the same, of a directory operation.
 * Context: may sleep. */
void sb_start_write(struct super_block *sb);
void sb_end_write(struct super_block *sb);

/* ---- Page caches ---------------------------------------------------------------------------------- */

#define PAGECACHE_TAG_DIRTY 0
#define PAGECACHE_TAG_WRITEBACK 1
#define PAGECACHE_TAG_TOWRITE 2
#define PAGECACHE_NR_TAGS 3
#define PAGECACHE_SLOTS 4

/*
 * The pages of a file by index, and marks of them. Changed under xa_lock (kernels up to 4.16: the address_space's
 * tree_lock, the same), interrupts off; looked up under RCU.
 * Model: an array stands for the tree.
 */
struct xarray {
	spinlock_t xa_lock;
	struct page *slots[PAGECACHE_SLOTS];
	unsigned long tags[PAGECACHE_NR_TAGS]; /* a bit for each slot */
};

struct address_space {
	struct inode *host;
	struct xarray i_pages;
	atomic_t i_mmap_writable; /* shared writable mappings; negative: they are denied */
	unsigned long nrpages;    /* under xa_lock */
};

/* -EBUSY if there are writable mappings; mapping_map_writable(): -EPERM if they are denied. Any context. */
int mapping_deny_writable(struct address_space *mapping);
void mapping_allow_writable(struct address_space *mapping);
int mapping_map_writable(struct address_space *mapping);
void mapping_unmap_writable(struct address_space *mapping);

/* ---- Inodes --------------------------------------------------------------------------------------- */

enum inode_i_mutex_lock_class {
	I_MUTEX_NORMAL,
	I_MUTEX_PARENT,
	I_MUTEX_CHILD,
};

struct inode {
	umode_t i_mode;
	u32 i_rdev;
	struct super_block *i_sb;
	struct rw_semaphore i_rwsem; /* from 4.7; before: */
	struct mutex i_mutex;
	struct address_space *i_mapping;
	struct address_space i_data;
	atomic_t i_count;
	unsigned long i_size; /* in pages; under i_rwsem */
	void *i_private;
	/* Its name in a directory, under that one's i_rwsem; a directory's entries, under its own. */
	char i_name[16];
	struct list_head i_child;
	struct list_head i_entries;
};

/* One reference; NULL if there is no memory. Context: may sleep. */
struct inode *new_inode(struct super_block *sb, umode_t mode);
struct inode *igrab(struct inode *inode);
/* The last reference frees it and its pages. Context: may sleep. */
void iput(struct inode *inode);

void inode_lock(struct inode *inode);
void inode_lock_nested(struct inode *inode, unsigned int subclass);
void inode_unlock(struct inode *inode);
int inode_is_locked(struct inode *inode);

/* ---- Names: context: may sleep -------------------------------------------------------------------- */

/*
 * Begins to make an entry in the root directory: that of the new inode, which is not there yet, or -EEXIST as a pointer.
 * A writer's section, and the directory's lock, last until done_path_create(). Source: filename_create(), fs/namei.c, 4.14.
 */
struct inode *kern_path_create(struct super_block *sb, const char *name);
void done_path_create(struct super_block *sb);
/* Between the two: the inode becomes the entry `name`. 0 or -ENOMEM. */
int vfs_mknod(struct super_block *sb, const char *name, umode_t mode, u32 dev, struct inode **inode);
/* The entry with the directory's lock, or NULL, with the lock too. Source: kern_path_locked(). */
struct inode *kern_path_locked(struct super_block *sb, const char *name);
/* Under the directory's lock: the entry goes, and with it its reference. Takes its i_rwsem. */
void vfs_unlink(struct inode *inode);
/* Changes attributes. Context: the inode's i_rwsem (asserted). */
void notify_change(struct inode *inode, umode_t mode);

/* ---- Open files ----------------------------------------------------------------------------------- */

#define FMODE_READ 0x1u
#define FMODE_WRITE 0x2u

struct file_operations {
	/* Whole pages from `index` on: how many were written, or a negative errno. Model: without iov_iter. */
	ssize_t (*write_iter)(struct file *file, pgoff_t index, unsigned int nr_pages);
	ssize_t (*splice_read)(struct file *in, pgoff_t index, struct pipe_inode_info *pipe);
	ssize_t (*splice_write)(struct pipe_inode_info *pipe, struct file *out, pgoff_t index);
};

struct file {
	struct inode *f_inode;
	const struct file_operations *f_op;
	unsigned int f_mode;
};

static inline struct inode *file_inode(const struct file *f)
{
	return f->f_inode;
}

/* An open file with a reference to its inode, which it takes over; NULL: no memory. fput(): closes it. Context: may sleep. */
struct file *alloc_file(struct inode *inode, unsigned int mode, const struct file_operations *fop);
void fput(struct file *file);
/* A writer's section of the file's file system; for regular files. */
void file_start_write(struct file *file);
void file_end_write(struct file *file);
/* The system call: pages written, or a negative errno. Context: may sleep. */
ssize_t vfs_write(struct file *file, pgoff_t index, unsigned int nr_pages);

#ifdef __cplusplus
}
#endif
#endif
