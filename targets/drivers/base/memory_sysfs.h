/* SPDX-License-Identifier: GPL-2.0-only */
/* What memory.cc and memory_sysfs.cc share: blocks on one side, their files on the other. Depends on <linux/memory.h>. */
#pragma once

#include <linux/memory.h>
#include <linux/sysfs.h>

/* Files of each block, and of /sys/devices/system/memory itself. */
extern const struct attribute_group *memory_memblk_attr_groups[];
extern const struct attribute_group *memory_root_attr_groups[];

/* Up to 3.10: changes the state under the block's state_mutex. Context: may sleep. */
int memory_block_change_state_locked(struct memory_block *mem, unsigned long to_state, unsigned long from_state_req,
				     int online_type);
