// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files of memory hotplug share with each other alone: mm/memory_hotplug*.cc.
 */
#pragma once

#include <linux/memory.h>
#include <linux/mmzone.h>

/* The node of the block of a page. Context: may sleep. */
int nid_of_pfn(unsigned long pfn);

/* The zone that the range is part of from now on; up to 4.12 NULL if it cannot go there. */
struct zone *associate_with_zone(int online_type, int nid, unsigned long pfn, unsigned long nr_pages);

/* Makes the span of the zone end where its sections end. */
void remove_pfn_range_from_zone(struct zone *zone, unsigned long start_pfn, unsigned long nr_pages);

/* Which node states change with the memory that comes (goes): into `arg`. And change them. */
void node_states_check_changes_online(struct zone *zone, struct memory_notify *arg);
void node_states_set_node(int nid, const struct memory_notify *arg);
void node_states_check_changes_offline(unsigned long nr_pages, struct zone *zone, struct memory_notify *arg);
void node_states_clear_node(int nid, const struct memory_notify *arg);

/* True if online_pages() and offline_pages() take mem_hotplug_lock themselves. */
bool memory_hotplug_locks_inside(void);

/* Brings a node online that memory is added to. Context: mem_hotplug_lock for write. From 4.19 `online`: at once. */
int __try_online_node(int nid, bool online);

/* Model: lets those who use pages of a range get on, after a try to empty it. See memory_hotplug_migrate.cc. */
void wait_for_page_users(void);
