/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Nodes as devices. Follows include/linux/node.h of Linux 4.19 to 6.1; the code behind it is targets/drivers/base/node.cc.
 * Context of all: may sleep; registering and unregistering are serialised by device_hotplug_lock or by mem_hotplug_lock.
 */
#ifndef HOTWEAVE_LINUX_NODE_H
#define HOTWEAVE_LINUX_NODE_H

#include <linux/device.h>
#include <linux/memory.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Boot: /sys/devices/system/node with the files online, has_normal_memory, has_memory, and every online node. */
int node_dev_init(void);
/* Makes an online node a device, and its memory blocks part of it. 0 or what registering said; 0 also before node_dev_init(). */
int register_one_node(int nid);
void unregister_one_node(int nid);

/* A block becomes part of a node (kernel: a link in either direction); leaves its node. Source: register_mem_block_under_node(),
 * unregister_memory_block_under_nodes(). */
int register_mem_sect_under_node(struct memory_block *mem_blk, int nid);
void unregister_memory_block_under_nodes(struct memory_block *mem_blk);
/* The blocks of a node, a bit for each section. Any context; the answer may be old. */
unsigned long node_memory_blocks(int nid);

#ifdef __cplusplus
}
#endif
#endif
