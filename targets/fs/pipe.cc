// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes (fs/pipe.c of Linux 4.14): pages that wait to be read, under pipe->mutex.
 *
 * Model: whole pages; readers and writers share one wait queue, as up to 5.4; both ends stay open.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched.h>
#include <linux/slab.h>

struct pipe_inode_info *alloc_pipe_info(void)
{
	struct pipe_inode_info *pipe = (struct pipe_inode_info *)kzalloc(sizeof(*pipe), GFP_KERNEL);

	if (!pipe)
		return NULL;
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->wait);
	return pipe;
}

void free_pipe_info(struct pipe_inode_info *pipe)
{
	struct page *page;

	while ((page = pipe_pop(pipe)))
		put_page(page);
	kfree(pipe);
}

void pipe_lock(struct pipe_inode_info *pipe)
{
	mutex_lock_nested(&pipe->mutex, I_MUTEX_PARENT);
}

void pipe_unlock(struct pipe_inode_info *pipe)
{
	mutex_unlock(&pipe->mutex);
}

void pipe_wait(struct pipe_inode_info *pipe)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&pipe->wait, &wait, TASK_INTERRUPTIBLE);
	pipe_unlock(pipe);
	schedule();
	finish_wait(&pipe->wait, &wait);
	pipe_lock(pipe);
}

bool pipe_push(struct pipe_inode_info *pipe, struct page *page)
{
	if (pipe->nrbufs == PIPE_DEF_BUFFERS)
		return false;
	pipe->bufs[(pipe->curbuf + pipe->nrbufs++) % PIPE_DEF_BUFFERS].page = page;
	return true;
}

struct page *pipe_pop(struct pipe_inode_info *pipe)
{
	struct page *page = pipe->bufs[pipe->curbuf].page;

	if (!pipe->nrbufs)
		return NULL;
	pipe->curbuf = (pipe->curbuf + 1) % PIPE_DEF_BUFFERS;
	pipe->nrbufs--;
	return page;
}

int pipe_write(struct pipe_inode_info *pipe)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	pipe_lock(pipe);
	while (!pipe_push(pipe, page))
		pipe_wait(pipe);
	wake_up_interruptible(&pipe->wait);
	pipe_unlock(pipe);
	return 0;
}

int pipe_read(struct pipe_inode_info *pipe)
{
	struct page *page;

	pipe_lock(pipe);
	while (!(page = pipe_pop(pipe)))
		pipe_wait(pipe);
	wake_up_interruptible(&pipe->wait);
	pipe_unlock(pipe);
	put_page(page);
	return 0;
}
