// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes as devices (drivers/base/node.c of Linux 4.19 to 6.1): /sys/devices/system/node, its files of node states, and which
 * memory blocks belong to which node.
 *
 * Model: the links between a node and its blocks are a word with a bit for each section; CPUs, caches and access classes are
 * left out.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/node.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

struct node {
	struct device dev;
};

static struct node *node_devices[MAX_NUMNODES];
static unsigned long node_blocks[MAX_NUMNODES];

static struct bus_type node_subsys = { "node", "node", NULL, NULL, NULL, NULL, NULL };

/* ---- Node states --------------------------------------------------------------------------------------- */

static ssize_t print_nodes_state(enum node_states state, char *buf)
{
	int len = 0;

	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		if (node_state(nid, state))
			len += sysfs_emit_at(buf, len, len ? ",%d" : "%d", nid);
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t online_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	(void)dev;
	(void)attr;
	return print_nodes_state(N_ONLINE, buf);
}

static ssize_t has_normal_memory_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	(void)dev;
	(void)attr;
	return print_nodes_state(N_NORMAL_MEMORY, buf);
}

static ssize_t has_memory_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	(void)dev;
	(void)attr;
	return print_nodes_state(N_MEMORY, buf);
}

static DEVICE_ATTR_RO(online);
static DEVICE_ATTR_RO(has_normal_memory);
static DEVICE_ATTR_RO(has_memory);

static struct attribute *node_state_attrs[] = {
	&dev_attr_online.attr, &dev_attr_has_normal_memory.attr, &dev_attr_has_memory.attr, NULL,
};
static const struct attribute_group node_state_attr_group = { NULL, NULL, node_state_attrs };
static const struct attribute_group *node_root_attr_groups[] = { &node_state_attr_group, NULL };

/* ---- Blocks of a node ------------------------------------------------------------------------------------ */

int register_mem_sect_under_node(struct memory_block *mem_blk, int nid)
{
	set_bit(mem_blk->start_section_nr, &node_blocks[nid]);
	return 0;
}

void unregister_memory_block_under_nodes(struct memory_block *mem_blk)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		clear_bit(mem_blk->start_section_nr, &node_blocks[nid]);
}

unsigned long node_memory_blocks(int nid)
{
	return READ_ONCE(node_blocks[nid]);
}

static int link_block(struct memory_block *mem, void *arg)
{
	int nid = *(int *)arg;

	return mem->nid == nid ? register_mem_sect_under_node(mem, nid) : 0;
}

static int link_mem_sections(int nid)
{
	return walk_memory_range(0, MAX_PFN, &nid, link_block);
}

/* ---- Nodes ----------------------------------------------------------------------------------------------- */

static void node_device_release(struct device *dev)
{
	kfree(container_of(dev, struct node, dev));
}

static int register_node(struct node *node, int num)
{
	int error;

	node->dev.id = (u32)num;
	node->dev.bus = &node_subsys;
	node->dev.release = node_device_release;
	error = device_register(&node->dev);
	if (error)
		put_device(&node->dev);
	return error;
}

int register_one_node(int nid)
{
	int error;

	if (!node_subsys.p || node_devices[nid])
		return 0;
	node_devices[nid] = (struct node *)kzalloc(sizeof(struct node), GFP_KERNEL);
	if (!node_devices[nid])
		return -ENOMEM;
	error = register_node(node_devices[nid], nid);
	if (error)
		node_devices[nid] = NULL;
	return error ? error : link_mem_sections(nid);
}

void unregister_one_node(int nid)
{
	if (!node_devices[nid])
		return;
	device_unregister(&node_devices[nid]->dev);
	node_devices[nid] = NULL;
}

int node_dev_init(void)
{
	int ret = subsys_system_register(&node_subsys, node_root_attr_groups);

	for (int nid = 0; nid < MAX_NUMNODES && !ret; nid++)
		if (node_state(nid, N_ONLINE))
			ret = register_one_node(nid);
	return ret;
}
