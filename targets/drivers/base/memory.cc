// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory blocks as devices (drivers/base/memory.c of Linux 3.8 to 6.7): changing their state, creating and removing
 * them, and who is told. Their files: memory_sysfs.cc.
 *
 * Which lock each path takes depends on the profile; that is the whole story. See ../../mm/README.md.
 * Model: one section to a block; NUMA links, hardware poison and memory groups are left out. mem->zone, which came in
 * 5.18 (395f6081bad4), is kept from 5.13 on. Blocks are found on the list of their bus also where 5.8 has an xarray.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "../../history/history.h"
#include "../../mm/internal.h"
#include "memory_sysfs.h"

#define SECTIONS_PER_BLOCK 1

/* Up to 5.3: held while blocks are looked for and created, so that a section meets one block only. */
static DEFINE_MUTEX(mem_sysfs_mutex);

static void lock_blocks(void)
{
	if (!fixed(FIX_848e19ad3c33))
		mutex_lock(&mem_sysfs_mutex);
}

static void unlock_blocks(void)
{
	if (!fixed(FIX_848e19ad3c33))
		mutex_unlock(&mem_sysfs_mutex);
}

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
	bool saw = hotplug_sees_pages(false); /* who is told is not memory hotplug itself */
	int ret = blocking_notifier_call_chain(&memory_chain, val, v);

	hotplug_sees_pages(saw);
	return ret;
}

/* ---- From 5.13: onlining and offlining of a block, its memmap included -------------------------------- */

/*
 * memory_block_online(), memory_block_offline(), 6.1 and 6.7. With 001002e73712 mem_hotplug_lock covers the pages that
 * hold the block's own memmap, too; before, online_pages() and offline_pages() took it for the others alone.
 */
static void block_lock(void)
{
	if (fixed(FIX_001002e73712))
		mem_hotplug_begin();
}

static void block_unlock(void)
{
	if (fixed(FIX_001002e73712))
		mem_hotplug_done();
}

static int memory_block_online(struct memory_block *mem)
{
	unsigned long start_pfn = section_nr_to_pfn(mem->start_section_nr);
	unsigned long nr_pages = PAGES_PER_SECTION * SECTIONS_PER_BLOCK;
	unsigned long memmap = mem->nr_vmemmap_pages;
	struct zone *zone = zone_for_pfn_range(mem->online_type, mem->nid, start_pfn, nr_pages);
	int ret = 0;

	block_lock();
	if (memmap)
		ret = mhp_init_memmap_on_memory(start_pfn, memmap, zone);
	if (ret)
		goto out;
	ret = online_pages(start_pfn + memmap, nr_pages - memmap, mem->online_type);
	if (ret && memmap)
		mhp_deinit_memmap_on_memory(start_pfn, memmap);
	if (ret)
		goto out;
	if (memmap)
		adjust_present_page_count(zone, (long)memmap);
	mem->zone = zone;
out:
	block_unlock();
	return ret;
}

static int memory_block_offline(struct memory_block *mem)
{
	unsigned long start_pfn = section_nr_to_pfn(mem->start_section_nr);
	unsigned long nr_pages = PAGES_PER_SECTION * SECTIONS_PER_BLOCK;
	unsigned long memmap = mem->nr_vmemmap_pages;
	int ret;

	if (!mem->zone)
		return -EINVAL;
	block_lock();
	/* Before offline_pages() looks whether the zone has pages left. */
	if (memmap)
		adjust_present_page_count(mem->zone, -(long)memmap);
	ret = offline_pages(start_pfn + memmap, nr_pages - memmap);
	if (ret) {
		if (memmap)
			adjust_present_page_count(mem->zone, (long)memmap);
		goto out;
	}
	if (memmap)
		mhp_deinit_memmap_on_memory(start_pfn, memmap);
	mem->zone = NULL;
out:
	block_unlock();
	return ret;
}

/* ---- Changing state: the bus's online and offline, called under device_lock ------------------------- */

/* Onlining wants every page of the block present, and reserved: nobody has them. Up to 5.3. */
static bool pages_correctly_reserved(unsigned long start_pfn)
{
	bool saw = hotplug_sees_pages(true);
	bool reserved = true;

	for (unsigned long pfn = start_pfn; pfn < start_pfn + PAGES_PER_SECTION * SECTIONS_PER_BLOCK && reserved; pfn++)
		reserved = !WARN_ON(!pfn_valid(pfn)) && PageReserved(pfn_to_page(pfn));
	hotplug_sees_pages(saw);
	return reserved;
}

static int memory_block_action(struct memory_block *mem, unsigned long action)
{
	unsigned long start_pfn = section_nr_to_pfn(mem->start_section_nr);
	unsigned long nr_pages = PAGES_PER_SECTION * SECTIONS_PER_BLOCK;

	if (fixed(FIX_a08a2ae34613))
		return action == MEM_OFFLINE ? memory_block_offline(mem) : memory_block_online(mem);
	if (action == MEM_OFFLINE)
		return offline_pages(start_pfn, nr_pages);
	if (!pages_correctly_reserved(start_pfn))
		return -EBUSY;
	return online_pages(start_pfn, nr_pages, mem->online_type);
}

int memory_block_change_state(struct memory_block *mem, unsigned long to_state, unsigned long from_state_req)
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

bool is_memblock_offlined(struct memory_block *mem)
{
	return mem->state == MEM_OFFLINE;
}

/* ---- Up to 3.10: changing state without the device core ----------------------------------------------- */

/* memory_block_change_state() of 3.8: the state is under its own mutex. */
int memory_block_change_state_locked(struct memory_block *mem, unsigned long to_state, unsigned long from_state_req,
				     int online_type)
{
	int ret;

	mutex_lock(&mem->state_mutex);
	mem->online_type = online_type;
	ret = memory_block_change_state(mem, to_state, from_state_req);
	if (!ret)
		kobject_uevent(&mem->dev.kobj, to_state == MEM_OFFLINE ? KOBJ_OFFLINE : KOBJ_ONLINE);
	mutex_unlock(&mem->state_mutex);
	return ret;
}

int offline_memory_block(struct memory_block *mem)
{
	int ret = 0;

	mutex_lock(&mem->state_mutex);
	if (mem->state != MEM_OFFLINE)
		ret = memory_block_change_state(mem, MEM_OFFLINE, MEM_ONLINE);
	mutex_unlock(&mem->state_mutex);
	return ret;
}

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

static struct zone *zone_of_state(const struct mem_section *section, unsigned long state)
{
	return state == MEM_ONLINE ? page_zone(pfn_to_page(section_nr_to_pfn(__section_nr(section)))) : NULL;
}

/* Context: mem_sysfs_mutex held, up to 5.3. */
static int init_memory_block(struct memory_block **memory, int nid, struct mem_section *section,
			     unsigned long state, unsigned long vmemmap_pages)
{
	struct memory_block *mem = (struct memory_block *)kzalloc(sizeof(*mem), GFP_KERNEL);

	if (!mem)
		return -ENOMEM;
	mem->start_section_nr = __section_nr(section);
	mem->end_section_nr = mem->start_section_nr + SECTIONS_PER_BLOCK - 1;
	mem->state = state;
	mem->nid = nid;
	mem->zone = zone_of_state(section, state);
	mem->nr_vmemmap_pages = vmemmap_pages;
	mem->section_count = fixed(FIX_848e19ad3c33) ? SECTIONS_PER_BLOCK : 0;
	mutex_init(&mem->state_mutex);
	*memory = mem;
	return register_memory(mem);
}

static int add_section_to_block(int nid, struct mem_section *section, unsigned long state,
				unsigned long vmemmap_pages)
{
	struct memory_block *mem;
	int ret = 0;

	lock_blocks();
	mem = find_memory_block(section);
	if (mem) {
		mem->section_count++;
		put_device(&mem->dev);
	} else {
		ret = init_memory_block(&mem, nid, section, state, vmemmap_pages);
		if (!ret && !fixed(FIX_848e19ad3c33))
			mem->section_count++;
	}
	unlock_blocks();
	return ret;
}

int register_new_memory(int nid, struct mem_section *section)
{
	return add_section_to_block(nid, section, MEM_OFFLINE, 0);
}

int unregister_memory_section(struct mem_section *section)
{
	struct memory_block *mem;
	int ret = 0;

	lock_blocks();
	mem = find_memory_block(section);
	if (!mem) {
		ret = -EINVAL;
	} else {
		mem->section_count--;
		put_device(&mem->dev);
		if (!mem->section_count)
			device_unregister(&mem->dev);
	}
	unlock_blocks();
	return ret;
}

int create_memory_block_devices(unsigned long start, unsigned long size, unsigned long vmemmap_pages)
{
	int ret = 0;

	for (unsigned long pfn = PFN_DOWN(start); pfn < PFN_DOWN(start + size) && !ret; pfn += PAGES_PER_SECTION)
		ret = add_section_to_block(memory_add_physaddr_to_nid(PFN_PHYS(pfn)), __pfn_to_section(pfn),
					   MEM_OFFLINE, vmemmap_pages);
	return ret;
}

void remove_memory_block_devices(unsigned long start, unsigned long size)
{
	for (unsigned long pfn = PFN_DOWN(start); pfn < PFN_DOWN(start + size); pfn += PAGES_PER_SECTION)
		unregister_memory_section(__pfn_to_section(pfn));
}

/* ---- Boot ------------------------------------------------------------------------------------------- */

int memory_dev_init(void)
{
	int ret;

	/* Before the device core could take devices offline, blocks had no file `online`. */
	if (!fixed(FIX_4f3549d72d1b)) {
		memory_subsys.online = NULL;
		memory_subsys.offline = NULL;
	}
	ret = subsys_system_register(&memory_subsys, memory_root_attr_groups);
	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS && !ret; nr++) {
		struct mem_section *section = __nr_to_section(nr);

		if (present_section(section))
			ret = add_section_to_block(memory_add_physaddr_to_nid(PFN_PHYS(section_nr_to_pfn(nr))),
						   section, MEM_ONLINE, 0);
	}
	return ret;
}
