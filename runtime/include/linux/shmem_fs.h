/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files in memory, and sealing them. Follows include/linux/shmem_fs.h, include/linux/memfd.h and
 * include/uapi/linux/fcntl.h of Linux 4.14 to 6.1; the code behind it is targets/mm/shmem.cc and memfd.cc.
 *
 * A page of such a file has one reference from the page cache, one from each page table that maps it, one from each slot of
 * a CPU's pagevec that it is in, and those of whoever uses it. Who wants to seal a file against writing waits until the last
 * kind is gone (memfd_wait_for_pins()), and has to drain the pagevecs for that.
 * Context: may sleep, for everything that is not said otherwise.
 */
#ifndef HOTWEAVE_LINUX_SHMEM_FS_H
#define HOTWEAVE_LINUX_SHMEM_FS_H

#include <linux/container_of.h>
#include <linux/fs.h>
#include <linux/pipe_fs_i.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef F_SEAL_SEAL
#define F_SEAL_SEAL 0x0001   /* no further seals */
#define F_SEAL_SHRINK 0x0002 /* not smaller */
#define F_SEAL_GROW 0x0004   /* not larger */
#define F_SEAL_WRITE 0x0008  /* no writes */
#endif
#define F_ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct shmem_inode_info {
	spinlock_t lock;
	unsigned int seals;    /* under the inode's i_rwsem */
	unsigned long alloced; /* pages; under `lock` */
	struct inode vfs_inode;
};

static inline struct shmem_inode_info *SHMEM_I(struct inode *inode)
{
	return container_of(inode, struct shmem_inode_info, vfs_inode);
}

extern const struct file_operations shmem_file_operations;

/* An inode that nobody can seal; NULL: no memory. */
struct inode *shmem_get_inode(struct super_block *sb, umode_t mode);
/* Boot: the mount that memfds are on. */
int shmem_init(void);
/* memfd_create(MFD_ALLOW_SEALING): an empty file, open for reading and writing; NULL: no memory. */
struct file *memfd_create_sealable(void);

/* The page at an index, locked, with a reference, made if it is not there. 0, -ENOMEM, -EINVAL (beyond the largest file). */
int shmem_getpage(struct inode *inode, pgoff_t index, struct page **pagep);
/* fallocate(2): makes the pages, or with FALLOC_FL_PUNCH_HOLE takes them away. 0, -EPERM (sealed), -ENOMEM, -EINVAL. */
#define FALLOC_FL_PUNCH_HOLE 0x02
long shmem_fallocate(struct file *file, int mode, pgoff_t index, unsigned long nr_pages);
/* Takes pages out of the page cache. Context: i_rwsem, or nobody else has the inode. */
void shmem_truncate_range(struct inode *inode, pgoff_t index, unsigned long nr_pages);

/* fcntl(F_ADD_SEALS): 0; -EPERM (sealed against that), -EBUSY (a writable mapping, or somebody else has a page),
 * -EINVAL. fcntl(F_GET_SEALS). */
int memfd_add_seals(struct file *file, unsigned int seals);
int memfd_get_seals(struct file *file);

#ifdef __cplusplus
}
#endif
#endif
