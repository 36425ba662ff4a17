// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of memory blocks (drivers/base/memory.c of Linux 3.8 to 6.7): memoryN/state, removable, valid_zones, and probe
 * and auto_online_blocks of /sys/devices/system/memory. memoryN/online is the device core's.
 *
 * The lock around `state`: up to 3.10 the block's state_mutex alone; then device_hotplug_lock; from 4.1 to 4.19 also
 * mem_hotplug_lock, outside device_lock (30467e0b3be8). A read takes no lock in any of them.
 * Model: phys_index, phys_device, block_size_bytes and the page-offlining files are left out. valid_zones names the zones
 * of an offline block always as `Normal Movable`.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../../history/history.h"
#include "memory_sysfs.h"

/* ---- memoryN/state ---------------------------------------------------------------------------------- */

static int parse_online_type(const char *buf, int *online_type)
{
	if (sysfs_streq(buf, "online_kernel"))
		*online_type = MMOP_ONLINE_KERNEL;
	else if (sysfs_streq(buf, "online_movable"))
		*online_type = MMOP_ONLINE_MOVABLE;
	else if (sysfs_streq(buf, "online"))
		*online_type = MMOP_ONLINE_KEEP;
	else if (sysfs_streq(buf, "offline"))
		*online_type = MMOP_OFFLINE;
	else
		return -EINVAL;
	return 0;
}

static int change_online_type(struct memory_block *mem, int online_type)
{
	if (online_type == MMOP_OFFLINE)
		return device_offline(&mem->dev);
	mem->online_type = online_type;
	return device_online(&mem->dev);
}

/* store_mem_state(), 3.19, 4.9 to 4.19; state_store(), 5.1 to 6.7. */
static int change_through_device(struct memory_block *mem, int online_type)
{
	/* From 4.1 to 4.19 mem_hotplug_lock is taken here, outside device_lock, and for this file alone. */
	bool outer_lock = fixed(FIX_30467e0b3be8) && !fixed(FIX_381eab4a6ee8);
	int ret = lock_device_hotplug_sysfs();

	if (ret)
		return ret;
	if (outer_lock)
		mem_hotplug_begin();
	ret = change_online_type(mem, online_type);
	if (outer_lock)
		mem_hotplug_done();
	unlock_device_hotplug();
	return ret > 0 ? -EINVAL : ret;
}

static ssize_t state_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	struct memory_block *mem = to_memory_block(dev);
	int ret, online_type;

	(void)attr;
	ret = parse_online_type(buf, &online_type);
	if (ret)
		return ret;
	if (fixed(FIX_4f3549d72d1b))
		ret = change_through_device(mem, online_type);
	else if (online_type == MMOP_OFFLINE)
		ret = memory_block_change_state_locked(mem, MEM_OFFLINE, MEM_ONLINE, online_type);
	else
		ret = memory_block_change_state_locked(mem, MEM_ONLINE, MEM_OFFLINE, online_type);
	return ret ? ret : (ssize_t)count;
}

/* What a reader finds may be old when it arrives: it has no lock in any kernel. */
static unsigned long peek_state(struct memory_block *mem)
{
	return hotweave_missing_annotation(mem->state, "tells user space; it has no lock");
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	(void)attr;
	switch (peek_state(to_memory_block(dev))) {
	case MEM_ONLINE:
		return sysfs_emit(buf, "online\n");
	case MEM_OFFLINE:
		return sysfs_emit(buf, "offline\n");
	case MEM_GOING_OFFLINE:
		return sysfs_emit(buf, "going-offline\n");
	}
	return sysfs_emit(buf, "ERROR-UNKNOWN\n");
}

static DEVICE_ATTR_RW(state);

/* ---- memoryN/removable, memoryN/valid_zones ----------------------------------------------------------- */

/* removable_show(), 6.1: every block is, as far as anybody can tell without trying (53cdc1cb29e8, 5.7). */
static ssize_t removable_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	(void)dev;
	(void)attr;
	return sysfs_emit(buf, "%d\n", 1);
}

static DEVICE_ATTR_RO(removable);

/* valid_zones_show(), 4.19: the zone of an online block, else those it could go to. */
static ssize_t valid_zones_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct memory_block *mem = to_memory_block(dev);
	struct zone *zones = NODE_DATA(mem->nid)->node_zones;
	struct page *page = pfn_to_page(section_nr_to_pfn(mem->start_section_nr));

	(void)attr;
	if (peek_state(mem) != MEM_ONLINE)
		return sysfs_emit(buf, "%s %s\n", zones[ZONE_NORMAL].name, zones[ZONE_MOVABLE].name);
	return sysfs_emit(buf, "%s\n", zones[page_zonenum(page)].name);
}

static DEVICE_ATTR_RO(valid_zones);

static struct attribute *memory_memblk_attrs[] = {
	&dev_attr_state.attr, &dev_attr_removable.attr, &dev_attr_valid_zones.attr, NULL,
};
static const struct attribute_group memory_memblk_attr_group = { NULL, NULL, memory_memblk_attrs };
const struct attribute_group *memory_memblk_attr_groups[] = { &memory_memblk_attr_group, NULL };

/* ---- probe ------------------------------------------------------------------------------------------ */

static int probe_address(u64 phys_addr)
{
	int ret;

	if (!fixed(FIX_8df1d0e4a265))
		return add_memory(memory_add_physaddr_to_nid(phys_addr), phys_addr, MIN_MEMORY_BLOCK_SIZE);
	ret = lock_device_hotplug_sysfs();
	if (ret && fixed(FIX_d2ab99403ee0))
		return ret;
	if (!ret)
		ret = __add_memory(memory_add_physaddr_to_nid(phys_addr), phys_addr, MIN_MEMORY_BLOCK_SIZE);
	unlock_device_hotplug();
	return ret;
}

/* memory_probe_store(), 4.12 to 5.0; probe_store(), 5.1 to 6.7. */
static ssize_t probe_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	u64 phys_addr;
	int ret;

	(void)dev;
	(void)attr;
	ret = kstrtoull(buf, 0, &phys_addr);
	if (ret)
		return ret;
	if (phys_addr & (MIN_MEMORY_BLOCK_SIZE - 1))
		return -EINVAL;
	ret = probe_address(phys_addr);
	return ret ? ret : (ssize_t)count;
}

static DEVICE_ATTR_WO(probe);

/* ---- auto_online_blocks ------------------------------------------------------------------------------- */

static ssize_t auto_online_blocks_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	(void)dev;
	(void)attr;
	return sysfs_emit(buf, "%s\n", hotweave_missing_annotation(memhp_auto_online, "one word, and no lock") ? "online" : "offline");
}

/* store_auto_online_blocks(), 4.9: the flag has no lock in any kernel. */
static ssize_t auto_online_blocks_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	(void)dev;
	(void)attr;
	if (sysfs_streq(buf, "online"))
		memhp_auto_online = true;
	else if (sysfs_streq(buf, "offline"))
		memhp_auto_online = false;
	else
		return -EINVAL;
	return (ssize_t)count;
}

static DEVICE_ATTR_RW(auto_online_blocks);

static struct attribute *memory_root_attrs[] = { &dev_attr_probe.attr, &dev_attr_auto_online_blocks.attr, NULL };
static const struct attribute_group memory_root_attr_group = { NULL, NULL, memory_root_attrs };
const struct attribute_group *memory_root_attr_groups[] = { &memory_root_attr_group, NULL };
