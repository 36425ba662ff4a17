/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Device nodes that the kernel makes by itself. Follows drivers/base/devtmpfs.c of Linux 4.14; the code behind it is
 * targets/drivers/base/devtmpfs.cc. device_add() and device_del() call the first two. Context: may sleep.
 */
#ifndef HOTWEAVE_LINUX_DEVTMPFS_H
#define HOTWEAVE_LINUX_DEVTMPFS_H

#include <linux/device.h>
#include <linux/fs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Waits until kdevtmpfs has made, or removed, the node of the device: 0 or a negative errno; 0 if there is no such thread. */
int devtmpfs_create_node(struct device *dev);
int devtmpfs_delete_node(struct device *dev);

/* Boot: the file system and its thread. */
int devtmpfs_init(void);

/* A user's new regular file in /dev, open; NULL: no memory, or there is one. And where it is. */
struct file *devtmpfs_open_file(const char *name);
struct super_block *devtmpfs_super(void);

#ifdef __cplusplus
}
#endif
#endif
