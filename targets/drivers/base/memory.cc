// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory blocks as devices (drivers/base/memory.c of Linux 4.12 to 5.1): /sys/devices/system/memory with
 * its files `probe`, memoryN/state and memoryN/online.
 *
 * Which lock each path takes depends on the profile; that is the whole story. See README.md.
 * Model: one section to a block; NUMA links, removable, valid_zones and the auto-online file are left out.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../../history/history.h"

#define SECTIONS_PER_BLOCK 1

/* Held while blocks are looked for and created, so that a section meets one block only. */
static DEFINE_MUTEX(mem_sysfs_mutex);

/* ---- Notification ----------------------------------------------------------------------------------- */

static BLOCKING_NOTIFIER_HEAD(memory_chain);

int register_memory_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&memory_chain, nb);
}

void unregister_memory_notifier(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&memory_chain, nb);
}

int memory_notify(unsigned long val, void *v)
{
	return blocking_notifier_call_chain(&memory_chain, val, v);
}

/* ---- Changing state: the bus's online and offline, called under device_lock ------------------------- */

/* Onlining wants every page of the block present, and reserved: nobody has them. */
static bool pages_correctly_reserved(unsigned long start_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < start_pfn + PAGES_PER_SECTION * SECTIONS_PER_BLOCK; pfn++)
		if (WARN_ON(!pfn_valid(pfn)) || !PageReserved(pfn_to_page(pfn)))
			return false;
	return true;
}

static int memory_block_action(struct memory_block *mem, unsigned long action)
{
	unsigned long start_pfn = section_nr_to_pfn(mem->start_section_nr);
	unsigned long nr_pages = PAGES_PER_SECTION * SECTIONS_PER_BLOCK;

	if (action == MEM_OFFLINE)
		return offline_pages(start_pfn, nr_pages);
	if (!pages_correctly_reserved(start_pfn))
		return -EBUSY;
	return online_pages(start_pfn, nr_pages, mem->online_type);
}

static int memory_block_change_state(struct memory_block *mem, unsigned long to_state,
				     unsigned long from_state_req)
{
	int ret;

	if (mem->state != from_state_req)
		return -EINVAL;
	if (to_state == MEM_OFFLINE)
		mem->state = MEM_GOING_OFFLINE;
	ret = memory_block_action(mem, to_state);
	mem->state = ret ? from_state_req : to_state;
	return ret;
}

static int memory_subsys_online(struct device *dev)
{
	struct memory_block *mem = to_memory_block(dev);
	int ret;

	if (mem->state == MEM_ONLINE)
		return 0;
	/* The `state` file has said how; whoever else comes here has not. */
	if (mem->online_type < 0)
		mem->online_type = MMOP_ONLINE_KEEP;
	ret = memory_block_change_state(mem, MEM_ONLINE, MEM_OFFLINE);
	mem->online_type = -1;
	return ret;
}

static int memory_subsys_offline(struct device *dev)
{
	struct memory_block *mem = to_memory_block(dev);

	if (mem->state == MEM_OFFLINE)
		return 0;
	if (mem->section_count != SECTIONS_PER_BLOCK)
		return -EINVAL;
	return memory_block_change_state(mem, MEM_OFFLINE, MEM_ONLINE);
}

struct bus_type memory_subsys = {
	"memory", "memory", NULL, NULL, memory_subsys_online, memory_subsys_offline, NULL,
};

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

static ssize_t store_mem_state(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t count)
{
	/* From 4.1 to 4.19 mem_hotplug_lock is taken here, outside device_lock, and for this file alone. */
	bool outer_lock = !fixed(FIX_381eab4a6ee8);
	struct memory_block *mem = to_memory_block(dev);
	int ret, online_type;

	(void)attr;
	ret = lock_device_hotplug_sysfs();
	if (ret)
		return ret;
	ret = parse_online_type(buf, &online_type);
	if (!ret) {
		if (outer_lock)
			mem_hotplug_begin();
		ret = change_online_type(mem, online_type);
		if (outer_lock)
			mem_hotplug_done();
	}
	unlock_device_hotplug();
	if (ret < 0)
		return ret;
	return ret ? -EINVAL : (ssize_t)count;
}

static struct device_attribute dev_attr_state = __ATTR(state, 0200, NULL, store_mem_state);
static struct attribute *memory_memblk_attrs[] = { &dev_attr_state.attr, NULL };
static const struct attribute_group memory_memblk_attr_group = { NULL, NULL, memory_memblk_attrs };
static const struct attribute_group *memory_memblk_attr_groups[] = { &memory_memblk_attr_group, NULL };

/* ---- Blocks ----------------------------------------------------------------------------------------- */

static void memory_block_release(struct device *dev)
{
	kfree(to_memory_block(dev));
}

struct memory_block *find_memory_block(struct mem_section *section)
{
	struct device *dev = subsys_find_device_by_id(&memory_subsys,
						      (unsigned int)(__section_nr(section) / SECTIONS_PER_BLOCK),
						      NULL);

	return dev ? to_memory_block(dev) : NULL;
}

static int register_memory(struct memory_block *memory)
{
	memory->dev.bus = &memory_subsys;
	memory->dev.id = (u32)(memory->start_section_nr / SECTIONS_PER_BLOCK);
	memory->dev.release = memory_block_release;
	memory->dev.groups = memory_memblk_attr_groups;
	memory->dev.offline = memory->state == MEM_OFFLINE;
	return device_register(&memory->dev);
}

/* Context: mem_sysfs_mutex held. */
static int init_memory_block(struct memory_block **memory, int nid, struct mem_section *section,
			     unsigned long state)
{
	struct memory_block *mem = (struct memory_block *)kzalloc(sizeof(*mem), GFP_KERNEL);

	if (!mem)
		return -ENOMEM;
	mem->start_section_nr = __section_nr(section);
	mem->end_section_nr = mem->start_section_nr + SECTIONS_PER_BLOCK - 1;
	mem->state = state;
	mem->nid = nid;
	*memory = mem;
	return register_memory(mem);
}

static int add_section_to_block(int nid, struct mem_section *section, unsigned long state)
{
	struct memory_block *mem;
	int ret = 0;

	mutex_lock(&mem_sysfs_mutex);
	mem = find_memory_block(section);
	if (mem) {
		mem->section_count++;
		put_device(&mem->dev);
	} else {
		ret = init_memory_block(&mem, nid, section, state);
		if (!ret)
			mem->section_count++;
	}
	mutex_unlock(&mem_sysfs_mutex);
	return ret;
}

int register_new_memory(int nid, struct mem_section *section)
{
	return add_section_to_block(nid, section, MEM_OFFLINE);
}

int unregister_memory_section(struct mem_section *section)
{
	struct memory_block *mem;
	int ret = 0;

	mutex_lock(&mem_sysfs_mutex);
	mem = find_memory_block(section);
	if (!mem) {
		ret = -EINVAL;
	} else {
		mem->section_count--;
		put_device(&mem->dev);
		if (!mem->section_count)
			device_unregister(&mem->dev);
	}
	mutex_unlock(&mem_sysfs_mutex);
	return ret;
}

/* ---- probe ------------------------------------------------------------------------------------------ */

static ssize_t memory_probe_store(struct device *dev, struct device_attribute *attr, const char *buf,
				  size_t count)
{
	const u64 block_size = MIN_MEMORY_BLOCK_SIZE * SECTIONS_PER_BLOCK;
	u64 phys_addr;
	int ret;

	(void)dev;
	(void)attr;
	ret = kstrtoull(buf, 0, &phys_addr);
	if (ret)
		return ret;
	if (phys_addr & (block_size - 1))
		return -EINVAL;

	if (fixed(FIX_8df1d0e4a265)) {
		ret = lock_device_hotplug_sysfs();
		if (ret && fixed(FIX_d2ab99403ee0))
			return ret;
		if (ret)
			goto out;
	}
	ret = __add_memory(memory_add_physaddr_to_nid(phys_addr), phys_addr, block_size);
out:
	if (fixed(FIX_8df1d0e4a265))
		unlock_device_hotplug();
	return ret ? ret : (ssize_t)count;
}

static struct device_attribute dev_attr_probe = __ATTR(probe, 0200, NULL, memory_probe_store);
static struct attribute *memory_root_attrs[] = { &dev_attr_probe.attr, NULL };
static const struct attribute_group memory_root_attr_group = { NULL, NULL, memory_root_attrs };
static const struct attribute_group *memory_root_attr_groups[] = { &memory_root_attr_group, NULL };

/* ---- Boot ------------------------------------------------------------------------------------------- */

int memory_dev_init(void)
{
	int ret = subsys_system_register(&memory_subsys, memory_root_attr_groups);

	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS && !ret; nr++) {
		struct mem_section *section = __nr_to_section(nr);

		if (present_section(section))
			ret = add_section_to_block(memory_add_physaddr_to_nid(PFN_PHYS(section_nr_to_pfn(nr))),
						   section, MEM_ONLINE);
	}
	return ret;
}
