// SPDX-License-Identifier: GPL-2.0-only
/*
 * Splicing pages between pipes and files (fs/splice.c of Linux 4.14).
 *
 * Model: a page at a time; a write copies it, a read passes the page cache's own with a reference.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>

/* The file's i_rwsem is taken inside the pipe's mutex. Source: iter_file_splice_write(). */
ssize_t iter_file_splice_write(struct pipe_inode_info *pipe, struct file *out, pgoff_t index)
{
	struct page *page;
	ssize_t ret;

	pipe_lock(pipe);
	while (!(page = pipe_pop(pipe)))
		pipe_wait(pipe);
	ret = out->f_op->write_iter(out, index, 1);
	wake_up_interruptible(&pipe->wait);
	pipe_unlock(pipe);
	put_page(page);
	return ret;
}

/* Source: do_splice(). */
ssize_t splice_to_file(struct pipe_inode_info *pipe, struct file *out, pgoff_t index)
{
	ssize_t ret;

	if (!(out->f_mode & FMODE_WRITE))
		return -EBADF;
	file_start_write(out);
	ret = out->f_op->splice_write(pipe, out, index);
	file_end_write(out);
	return ret;
}

ssize_t splice_from_file(struct file *in, pgoff_t index, struct pipe_inode_info *pipe)
{
	ssize_t ret;

	if (!(in->f_mode & FMODE_READ))
		return -EBADF;
	pipe_lock(pipe);
	while (pipe->nrbufs == PIPE_DEF_BUFFERS)
		pipe_wait(pipe);
	ret = in->f_op->splice_read(in, index, pipe);
	if (ret > 0)
		wake_up_interruptible(&pipe->wait);
	pipe_unlock(pipe);
	return ret;
}
