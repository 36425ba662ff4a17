// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device nodes that a kernel thread makes (drivers/base/devtmpfs.c of Linux 4.14): who adds a device puts a request on a
 * list, wakes kdevtmpfs and waits until the node is there.
 *
 * Model: all nodes are in one directory. The thread's file system is that of every user.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/devtmpfs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>

#include <hotweave/target.h>

#include "../../history/history.h"

static struct file_system_type dev_fs_type = { "devtmpfs", {}, {}, {}, {} };
static struct super_block *dev_sb;
static struct task_struct *thread;

struct req {
	struct req *next;
	struct completion done;
	int err;
	const char *name;
	umode_t mode; /* 0: the node is to go */
	struct device *dev;
};

static DEFINE_SPINLOCK(req_lock);
static struct req *requests;

static int submit_req(struct req *req)
{
	init_completion(&req->done);
	hotweave_completed_by(&req->done, thread);

	spin_lock(&req_lock);
	req->next = requests;
	requests = req;
	spin_unlock(&req_lock);

	wake_up_process(thread);
	wait_for_completion(&req->done);
	return req->err;
}

int devtmpfs_create_node(struct device *dev)
{
	struct req req = { NULL, {}, 0, dev_name(dev), S_IFCHR | 0600, dev };

	return thread ? submit_req(&req) : 0;
}

int devtmpfs_delete_node(struct device *dev)
{
	struct req req = { NULL, {}, 0, dev_name(dev), 0, dev };

	return thread ? submit_req(&req) : 0;
}

/* ---- What the thread does --------------------------------------------------------------------------- */

static int handle_create(const char *name, umode_t mode, struct device *dev)
{
	struct inode *inode = kern_path_create(dev_sb, name);
	int err;

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	err = vfs_mknod(dev_sb, name, mode, dev->devt, &inode);
	if (!err) {
		inode_lock(inode);
		notify_change(inode, mode);
		inode_unlock(inode);
		inode->i_private = &thread; /* marks as ours */
	}
	done_path_create(dev_sb);
	return err;
}

static int handle_remove(const char *name)
{
	struct inode *inode = kern_path_locked(dev_sb, name);
	int err = -ENOENT;

	if (inode && inode->i_private == &thread) {
		inode_lock(inode);
		notify_change(inode, inode->i_mode & S_IFMT);
		inode_unlock(inode);
		vfs_unlink(inode);
		err = 0;
	}
	inode_unlock(dev_sb->s_root);
	return err;
}

static void handle(struct req *req)
{
	req->err = req->mode ? handle_create(req->name, req->mode, req->dev) : handle_remove(req->name);
	complete(&req->done);
}

static DECLARE_COMPLETION(setup_done);

static void devtmpfs_work_loop(void)
{
	for (;;) {
		spin_lock(&req_lock);
		while (requests) {
			struct req *req = requests;

			requests = NULL;
			spin_unlock(&req_lock);
			while (req) {
				struct req *next = req->next; /* the request is on its owner's stack */

				handle(req);
				req = next;
			}
			spin_lock(&req_lock);
		}
		__set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock(&req_lock);
		hotweave_idle_wait(true);
		schedule();
		hotweave_idle_wait(false);
	}
}

static int devtmpfsd(void *p)
{
	(void)p;
	complete(&setup_done);
	devtmpfs_work_loop();
	return 0;
}

int devtmpfs_init(void)
{
	dev_sb = sget(&dev_fs_type);
	if (!dev_sb || !dev_sb->s_root)
		return -ENOMEM;
	thread = kthread_run(devtmpfsd, NULL, "kdevtmpfs");
	wait_for_completion(&setup_done);
	return 0;
}

/* ---- Users ------------------------------------------------------------------------------------------ */

struct file *devtmpfs_open_file(const char *name)
{
	struct inode *inode = kern_path_create(dev_sb, name);
	int err;

	if (IS_ERR(inode))
		return NULL;
	err = vfs_mknod(dev_sb, name, S_IFREG | 0600, 0, &inode);
	done_path_create(dev_sb);
	if (!err && altered(ALT_devtmpfs_files_sealable))
		SHMEM_I(inode)->seals &= ~(unsigned int)F_SEAL_SEAL;
	return err ? NULL : alloc_file(igrab(inode), FMODE_READ | FMODE_WRITE, &shmem_file_operations);
}

struct super_block *devtmpfs_super(void)
{
	return dev_sb;
}
