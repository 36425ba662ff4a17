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

/* Boot: the memory subsystem, its root files, and a block, online, for every present section. */
int memory_dev_init(void);
/* Called for each section that was added; registers the block's device. Context: may sleep; takes
 * mem_sysfs_mutex. */
int register_new_memory(int nid, struct mem_section *section);
/* Undoes it. Waits until nobody is in a file of the block. Returns 0, or -EINVAL if there is no block. */
int unregister_memory_section(struct mem_section *section);

/* The block of a section with a reference on its device (put_device()), or NULL. Any context. */
struct memory_block *find_memory_block(struct mem_section *section);

#ifdef __cplusplus
}
#endif
#endif
