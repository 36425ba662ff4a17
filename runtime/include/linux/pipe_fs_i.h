/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pipes, and splicing between them and files. Follows include/linux/pipe_fs_i.h and include/linux/splice.h of Linux 4.14;
 * the code behind it is targets/fs/pipe.cc and splice.cc. Context: may sleep.
 * Model: two buffers of a whole page each; a pipe has both ends open.
 */
#ifndef HOTWEAVE_LINUX_PIPE_FS_I_H
#define HOTWEAVE_LINUX_PIPE_FS_I_H

#include <linux/fs.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PIPE_DEF_BUFFERS 2

/* A page in a pipe, with a reference. */
struct pipe_buffer {
	struct page *page;
};

struct pipe_inode_info {
	struct mutex mutex; /* protects all of it */
	wait_queue_head_t wait;
	unsigned int nrbufs, curbuf;
	struct pipe_buffer bufs[PIPE_DEF_BUFFERS];
};

struct pipe_inode_info *alloc_pipe_info(void);
void free_pipe_info(struct pipe_inode_info *pipe);
/* `mutex` in the subclass I_MUTEX_PARENT: a file's lock is taken inside. */
void pipe_lock(struct pipe_inode_info *pipe);
void pipe_unlock(struct pipe_inode_info *pipe);
/* Gives up the lock until somebody else has changed the pipe. */
void pipe_wait(struct pipe_inode_info *pipe);

/* Under the lock: one buffer in, with the page's reference (false: it is full); the first buffer out, NULL: empty. */
bool pipe_push(struct pipe_inode_info *pipe, struct page *page);
struct page *pipe_pop(struct pipe_inode_info *pipe);

/* A user's write of one new page, waiting for room, and read of one, waiting for it. 0, -ENOMEM or -EAGAIN. */
int pipe_write(struct pipe_inode_info *pipe);
int pipe_read(struct pipe_inode_info *pipe);

/* splice(2): one page from the pipe to the file at `index`, and from the file to the pipe. Pages moved, or a negative
 * errno. */
ssize_t splice_to_file(struct pipe_inode_info *pipe, struct file *out, pgoff_t index);
ssize_t splice_from_file(struct file *in, pgoff_t index, struct pipe_inode_info *pipe);
/* For file_operations. */
ssize_t iter_file_splice_write(struct pipe_inode_info *pipe, struct file *out, pgoff_t index);

#ifdef __cplusplus
}
#endif
#endif
