/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory blocks: memory as a device, the unit of onlining. Follows include/linux/memory.h of Linux 5.1;
 * the code behind it is targets/drivers/base/memory.cc.
 *
 * What protects a block: `state` and `online_type` its device_lock (by the rules of 4.20 also
 * device_hotplug_lock), `section_count` mem_sysfs_mutex, the rest does not change once it is registered.
 */
#ifndef HOTWEAVE_LINUX_MEMORY_H
#define HOTWEAVE_LINUX_MEMORY_H

#include <linux/device.h>
#include <linux/mmzone.h>
#include <linux/notifier.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MIN_MEMORY_BLOCK_SIZE (1UL << SECTION_SIZE_BITS)

struct memory_block {
	unsigned long start_section_nr;
	unsigned long end_section_nr;
	unsigned long state; /* MEM_ONLINE, MEM_OFFLINE, MEM_GOING_OFFLINE */
	int section_count;
	int online_type; /* MMOP_*; -1 while nobody onlines it */
	int nid;
	struct mutex state_mutex;       /* up to 3.10: in the place of device_lock */
	struct zone *zone;              /* from 5.13 here (kernel: 5.18): NULL while it is offline */
	unsigned long nr_vmemmap_pages; /* from 5.13: of its own pages, at its beginning, that hold its memmap */
	struct device dev;
};

#define to_memory_block(device) container_of(device, struct memory_block, dev)

/* States of a block, and events of memory_notify(). */
#define MEM_ONLINE (1 << 0)
#define MEM_GOING_OFFLINE (1 << 1)
#define MEM_OFFLINE (1 << 2)
#define MEM_GOING_ONLINE (1 << 3)
#define MEM_CANCEL_ONLINE (1 << 4)
#define MEM_CANCEL_OFFLINE (1 << 5)

struct memory_notify {
	unsigned long start_pfn;
	unsigned long nr_pages;
	int status_change_nid_normal; /* the node if it enters or leaves N_NORMAL_MEMORY, else -1 */
	int status_change_nid;        /* the same for N_MEMORY */
};

extern struct bus_type memory_subsys;

/* Context: may sleep (the chain's rwsem). A failed MEM_GOING_* is followed by MEM_CANCEL_* to the whole
 * chain, also to callbacks that were never asked. */
int register_memory_notifier(struct notifier_block *nb);
void unregister_memory_notifier(struct notifier_block *nb);
int memory_notify(unsigned long val, void *v);

/*
 * Who can say how many pages of a pageblock he would free, asked under zone->lock: must not sleep. Up to 5.5.
 * Context of registering: may sleep (a grace period when it ends).
 */
#define MEM_ISOLATE_COUNT (1 << 0)

struct memory_isolate_notify {
	unsigned long start_pfn;
	unsigned int nr_pages;
	unsigned int pages_found; /* each adds what he has */
};

int register_memory_isolate_notifier(struct notifier_block *nb);
void unregister_memory_isolate_notifier(struct notifier_block *nb);
int memory_isolate_notify(unsigned long val, void *v);

/* Boot: the memory subsystem, its root files, and a block, online, for every present section. */
int memory_dev_init(void);
/* Called for each section that was added; registers the block's device, a reference to which may be had as soon as
 * the uevent is out, before device_lock is taken. Context: may sleep; takes mem_sysfs_mutex (up to 5.3). */
int register_new_memory(int nid, struct mem_section *section);
/* Undoes it. Waits until nobody is in a file of the block. Returns 0, or -EINVAL if there is no block. */
int unregister_memory_section(struct mem_section *section);
/* The same for all blocks of [start, start + size). The first `vmemmap_pages` pages of each block are its memmap.
 * Context: device_hotplug_lock held. Source: create_memory_block_devices(), remove_memory_block_devices(), 5.13. */
int create_memory_block_devices(unsigned long start, unsigned long size, unsigned long vmemmap_pages);
void remove_memory_block_devices(unsigned long start, unsigned long size);
/*
 * Changes the state of a block without its device: neither device_lock nor dev->offline. For the auto-onlining of 4.6 to
 * 4.10. -EINVAL unless it is in `from_state_req`, else what onlining or offlining returned.
 */
int memory_block_change_state(struct memory_block *mem, unsigned long to_state, unsigned long from_state_req);
/* Up to 3.10: takes it offline under its state_mutex; 0 if it is. */
int offline_memory_block(struct memory_block *mem);
/* True if it is offline: what a remover asks of each block. Context: device_hotplug_lock held. */
bool is_memblock_offlined(struct memory_block *mem);

/* The block of a section with a reference on its device (put_device()), or NULL. Any context. */
struct memory_block *find_memory_block(struct mem_section *section);

#ifdef __cplusplus
}
#endif
#endif
