// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zonelists: in which order an allocation tries the zones (mm/page_alloc.c of Linux 3.8 to 6.1), and
 * /proc/sys/vm/numa_zonelist_order. Watermarks, which are computed anew at the same places.
 *
 * Up to 4.13 lists are rebuilt while the machine is stopped; from 11cd8638c37f under a lock of the writers
 * alone, and a walker who comes meanwhile may miss a zone or see one twice.
 * Model: one list for each node; two orders: by node, and (up to 4.13) by zone. vm_total_pages,
 * movable_zone and the per-CPU node numbers are left out; the watermark is one number, an eighth of what is managed.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/stop_machine.h>
#include <linux/string.h>

#include "../history/history.h"
#include "internal.h"

struct mutex zonelists_mutex = __MUTEX_INITIALIZER(zonelists_mutex);

enum zonelist_order { ZONELIST_ORDER_DEFAULT, ZONELIST_ORDER_NODE, ZONELIST_ORDER_ZONE };

/* Up to 4.13: what the administrator wants, and what was built. The first is under zl_order_mutex. */
static enum zonelist_order user_zonelist_order;
static enum zonelist_order current_zonelist_order = ZONELIST_ORDER_NODE;

/* ---- Building: build_zonelists() and its helpers ---------------------------------------------------------- */

static struct zoneref *add_zone(struct zoneref *ref, struct zone *zone)
{
	if (!populated_zone(zone))
		return ref;
	ref->zone = zone;
	ref->zone_idx = zone_idx(zone);
	return ref + 1;
}

/* The n-th node to try from node `nid`: itself first. */
static pg_data_t *nth_node(int nid, int n)
{
	return NODE_DATA((nid + n) % MAX_NUMNODES);
}

static struct zoneref *add_by_node(struct zoneref *ref, int nid)
{
	for (int n = 0; n < MAX_NUMNODES; n++)
		for (int idx = MAX_NR_ZONES - 1; idx >= 0; idx--)
			ref = add_zone(ref, &nth_node(nid, n)->node_zones[idx]);
	return ref;
}

static struct zoneref *add_by_zone(struct zoneref *ref, int nid)
{
	for (int idx = MAX_NR_ZONES - 1; idx >= 0; idx--)
		for (int n = 0; n < MAX_NUMNODES; n++)
			ref = add_zone(ref, &nth_node(nid, n)->node_zones[idx]);
	return ref;
}

static void build_zonelists(pg_data_t *pgdat)
{
	struct zoneref *ref = pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs;

	ref = current_zonelist_order == ZONELIST_ORDER_ZONE ? add_by_zone(ref, pgdat->node_id)
							    : add_by_node(ref, pgdat->node_id);
	ref->zone = NULL;
	ref->zone_idx = 0;
}

static int __build_all_zonelists(void *data)
{
	pg_data_t *self = (pg_data_t *)data;
	int nid;

	if (self && !node_online(self->node_id)) {
		build_zonelists(self);
		return 0;
	}
	for_each_online_node(nid)
		build_zonelists(NODE_DATA(nid));
	return 0;
}

void build_zonelists_at_boot(void)
{
	__build_all_zonelists(NULL);
}

/* ---- Rebuilding ------------------------------------------------------------------------------------------ */

/* From 4.14. */
static DEFINE_SPINLOCK(zonelist_update_lock);

static void rebuild_while_stopped(pg_data_t *pgdat)
{
	bool cpuslocked = fixed(FIX_3f906ba23689) && !altered(ALT_mem_hotplug_begin_without_cpus_read_lock);

	if (cpuslocked)
		stop_machine_cpuslocked(__build_all_zonelists, pgdat, NULL);
	else
		stop_machine(__build_all_zonelists, pgdat, NULL);
}

/* set_zonelist_order(), up to 4.13; "default" is by node on 64 bits. */
static void set_zonelist_order(void)
{
	enum zonelist_order user = hotweave_missing_annotation(user_zonelist_order, "who writes it rebuilds the lists afterwards");

	if (!fixed(FIX_c9bff3eebc09))
		current_zonelist_order = user == ZONELIST_ORDER_ZONE ? ZONELIST_ORDER_ZONE : ZONELIST_ORDER_NODE;
}

/* Signature and place of setup_zone_pageset() as up to 4.13; later callers set up the pagesets themselves. */
void build_all_zonelists(pg_data_t *pgdat, struct zone *zone)
{
	set_zonelist_order();
	if (zone)
		setup_zone_pageset(zone);
	if (!fixed(FIX_11cd8638c37f)) {
		rebuild_while_stopped(pgdat);
		return;
	}
	spin_lock(&zonelist_update_lock);
	__build_all_zonelists(pgdat);
	spin_unlock(&zonelist_update_lock);
}

/* ---- The sysctl: numa_zonelist_order_handler(), 4.12, 4.13 and 4.14 --------------------------------------- */

static int parse_zonelist_order(const char *s)
{
	if (sysfs_streq(s, "default"))
		return ZONELIST_ORDER_DEFAULT;
	if (sysfs_streq(s, "node"))
		return ZONELIST_ORDER_NODE;
	if (sysfs_streq(s, "zone"))
		return ZONELIST_ORDER_ZONE;
	return -EINVAL;
}

static void rebuild_for_new_order(void)
{
	bool locked = fixed(FIX_167d0f258f3b);

	if (locked)
		mem_hotplug_begin();
	mutex_lock(&zonelists_mutex);
	build_all_zonelists(NULL, NULL);
	mutex_unlock(&zonelists_mutex);
	if (locked)
		mem_hotplug_done();
}

int numa_zonelist_order_handler(const char *buffer)
{
	static DEFINE_MUTEX(zl_order_mutex);
	enum zonelist_order old;
	int order = parse_zonelist_order(buffer);

	if (order < 0)
		return order;
	/* From 4.14 there is one order, and the file stays for those who write to it. */
	if (fixed(FIX_c9bff3eebc09))
		return order == ZONELIST_ORDER_ZONE ? -EINVAL : 0;
	mutex_lock(&zl_order_mutex);
	old = user_zonelist_order;
	user_zonelist_order = (enum zonelist_order)order;
	if (order != old)
		rebuild_for_new_order();
	mutex_unlock(&zl_order_mutex);
	return 0;
}

/* ---- Watermarks: init_per_zone_wmark_min(), __setup_per_zone_wmarks() --------------------------------------- */

void init_per_zone_wmark_min(void)
{
	static DEFINE_SPINLOCK(wmark_lock);
	struct zone *zone;
	unsigned long flags;

	spin_lock(&wmark_lock);
	for (zone = first_zone(); zone; zone = zone_after(zone)) {
		spin_lock_irqsave(&zone->lock, flags);
		zone->watermark = zone_managed_pages(zone) / 8;
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	spin_unlock(&wmark_lock);
}
