/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of a logical partition: what the hypervisor and the device tree ask for. */
#pragma once

#include <linux/types.h>

enum pseries_hp_elog_action {
	PSERIES_HP_ELOG_ACTION_ADD,
	PSERIES_HP_ELOG_ACTION_REMOVE,
};

/*
 * Adds the block at `base_addr` and onlines it, or offlines and removes it: 0, or a negative errno and the block as before.
 * Context: may sleep; takes device_hotplug_lock.
 */
int dlpar_memory(enum pseries_hp_elog_action action, u64 base_addr);

/*
 * The device tree's notifier: its memory node is gone. The block must be offline (BUG() otherwise), or not there. Context: the
 * same.
 */
int pseries_remove_memblock(u64 base);
