// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history table: rows in the order of enum history_row, profiles oldest first.
 *
 * A profile named by a version is that kernel as it was, leftovers included: v4.20 has 8df1d0e4a265 and
 * the bug in it. Depends on history.h alone.
 */
#include <linux/version.h>

#include "history.h"

static const struct hotweave_history_row rows[] = {
	{ "fc8dffd379ca", "cpu/hotplug: Convert hotplug locking to percpu rwsem", "4.13",
	  "cpu_hotplug_lock is a percpu rwsem: readers queue behind a waiting writer and must not nest" },
	{ "3f906ba23689", "mm/memory-hotplug: switch locking to a percpu rwsem", "4.13",
	  "mem_hotplug_lock is a percpu rwsem, and its writer holds cpu_hotplug_lock for read" },
	{ "f1dd2cd13c4b", "mm, memory_hotplug: do not associate hotadded memory to zones until online", "4.13",
	  "added memory joins a zone when it is onlined, not when it is added" },
	{ "b93e0f329e24", "mm, memory_hotplug: get rid of zonelists_mutex", "4.14",
	  "online_pages() no longer holds zonelists_mutex around the counters of the zone" },
	{ "d15e59260f62", "mm/memory_hotplug: make remove_memory() take the device_hotplug_lock", "4.20",
	  "remove_memory() takes device_hotplug_lock; __remove_memory() expects it" },
	{ "8df1d0e4a265", "mm/memory_hotplug: make add_memory() take the device_hotplug_lock", "4.20",
	  "add_memory() and the probe attribute take device_hotplug_lock; __add_memory() expects it" },
	{ "381eab4a6ee8", "mm/memory_hotplug: fix online/offline_pages called w.o. mem_hotplug_lock", "4.20",
	  "mem_hotplug_lock is taken inside online_pages() and offline_pages(), no longer by the state "
	  "attribute, and added memory is onlined after it was released" },
	{ "5666848774ef", "powerpc/powernv: hold device_hotplug_lock when calling memtrace_offline_pages()",
	  "4.20", "memtrace offlines and removes a memory block under one hold of device_hotplug_lock" },
	{ "dee6da22efac", "memory-hotplug.rst: add some details about locking internals", "4.20",
	  "the locking rules are written down: here they are assertions" },
	{ "d2ab99403ee0", "mm/memory_hotplug: do not unlock when fails to take the device_hotplug_lock", "5.1",
	  "a write to probe that did not get device_hotplug_lock does not unlock it" },
	{ "f1037ec0cc8a", "mm/memory_hotplug: fix remove_memory() lockdep splat", "5.6",
	  "the devices of removed memory blocks go before mem_hotplug_lock is taken, no longer under it" },
};
static_assert(sizeof(rows) / sizeof(rows[0]) == NR_HISTORY_ROWS);

#define ROWS_V4_13 FIX_fc8dffd379ca, FIX_3f906ba23689, FIX_f1dd2cd13c4b
#define ROWS_V4_14 ROWS_V4_13, FIX_b93e0f329e24
#define ROWS_V4_20 \
	ROWS_V4_14, FIX_d15e59260f62, FIX_8df1d0e4a265, FIX_381eab4a6ee8, FIX_5666848774ef, FIX_dee6da22efac
#define ROWS_V5_1 ROWS_V4_20, FIX_d2ab99403ee0
#define ROWS_V5_6 ROWS_V5_1, FIX_f1037ec0cc8a

static const int rows_v4_12[] = { -1 };
static const int rows_v4_13[] = { ROWS_V4_13, -1 };
static const int rows_v4_14[] = { ROWS_V4_14, -1 };
static const int rows_v4_20[] = { ROWS_V4_20, -1 };
static const int rows_v5_1[] = { ROWS_V5_1, -1 };
static const int rows_v5_6[] = { ROWS_V5_6, -1 };

static const struct hotweave_profile profiles[] = {
	{ "v4.12", "refcount locks for CPU and memory hotplug (S0-A, S1-C)", rows_v4_12, KERNEL_VERSION(4, 12, 0) },
	{ "v4.13", "both are percpu rwsems; zonelists_mutex (S0-F, S1-D)", rows_v4_13, KERNEL_VERSION(4, 13, 0) },
	{ "v4.14", "zonelists_mutex is gone (S0-G, S1-D)", rows_v4_14, KERNEL_VERSION(4, 14, 0) },
	{ "v4.15", "as 4.14 in what is ported (S1-D)", rows_v4_14, KERNEL_VERSION(4, 15, 0) },
	{ "v4.16", "as 4.14 in what is ported (S1-E)", rows_v4_14, KERNEL_VERSION(4, 16, 0) },
	{ "v4.19", "as 4.14 in what is ported (S1-E)", rows_v4_14, KERNEL_VERSION(4, 19, 0) },
	{ "v4.20", "online and offline take mem_hotplug_lock; probe unlocks what it does not hold (S1-F)",
	  rows_v4_20, KERNEL_VERSION(4, 20, 0) },
	{ "v5.0", "as 4.20 in what is ported (S1-F)", rows_v4_20, KERNEL_VERSION(5, 0, 0) },
	{ "v5.1", "probe repaired (S1-G)", rows_v5_1, KERNEL_VERSION(5, 1, 0) },
	{ "v5.6", "a block's device is removed outside mem_hotplug_lock", rows_v5_6, KERNEL_VERSION(5, 6, 0) },
};

HOTWEAVE_HISTORY(rows, profiles);
