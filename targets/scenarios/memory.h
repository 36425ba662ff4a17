// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the memory hotplug scenarios share: the machine they start from, the tasks' ways into the kernel,
 * and what must hold when all is over. Nothing here knows which bug a scenario may find.
 */
#pragma once

#include <linux/types.h>

/*
 * Boots the machine with the sections of `sections` (a bit each) online and registers everything that
 * every memory scenario has to keep: the counters of zones and nodes, blocks and their devices, and a
 * subscriber of memory notifications that may refuse (a choice of the input). First call of a scenario.
 */
void boot_memory(unsigned long sections);

/* True if that subscriber has refused in this execution. Reads plainly: when nobody is asked any more. */
bool somebody_refused(void);

/* Adds the block of section `nr` as firmware would, and leaves it offline. Before the tasks start. */
void add_offline_block(unsigned long nr);

/* Between the two calls, before the tasks start, nobody refuses what a scenario does to set itself up. */
void set_up_memory(bool on);

/* From now on added memory is onlined at once. Before the tasks start. */
void enable_auto_online(void);

/*
 * Thread functions, each one write to sysfs. `arg` is the number of a section, as a pointer.
 * probe_block: its address to `probe`. online_block, offline_block: 1 or 0 to its `online` file (from 3.11).
 * state_online, state_offline: that word to its `state` file.
 */
int probe_block(void *arg);
int online_block(void *arg);
int offline_block(void *arg);
int state_online(void *arg);
int state_offline(void *arg);

#define SECTION_ARG(nr) ((void *)(uintptr_t)(nr))

/* The block of section `offline` is there; a task `online` onlines it while a task `probe` adds that of `added`, which goes
 * online at once. Returns when both are done. */
void run_online_and_probe(unsigned long offline, unsigned long added);

/* Firmware has memory at section `nr`, not added yet; it goes online at once when it is. Before the tasks start. */
void boot_firmware_memory(unsigned long nr);
/* Thread function: firmware's notification for it, as the kworker handles it. */
int firmware_adds_memory(void *arg);

/* Thread function: a reader that trusts mem_hotplug_lock: kmemleak's walk over the struct pages, then the counters. */
int scan_memory(void *arg);

/*
 * True if present_pages of every zone is the number of pages of its online blocks, and node_present_pages
 * the sum of its zones. Reads plainly: at quiescence, or where nothing may change.
 */
bool zone_present_pages_agree(void);
bool node_present_pages_agree(void);
