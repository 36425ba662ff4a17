// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machine, tasks and invariants of the memory hotplug scenarios: see memory.h. The numbers I1 to I5 are
 * those of the invariants' catalogue.
 */
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include <hotweave/target.h>

#include "../drivers/acpi/internal.h"
#include "../drivers/base/base.h"
#include "../history/history.h"
#include "../mm/internal.h"
#include "../unrelated_edit.h"
#include "memory.h"

/* ---- Machine ---------------------------------------------------------------------------------------- */

static bool refused;
static bool setting_up;

void set_up_memory(bool on)
{
	setting_up = on;
}

/* Somebody who is asked and may say no, as a memory cgroup or a driver might. */
static int may_refuse(struct notifier_block *nb, unsigned long action, void *data)
{
	(void)nb;
	(void)data;
	if (setting_up || (action != MEM_GOING_ONLINE && action != MEM_GOING_OFFLINE) || !hotweave_one_in(16))
		return NOTIFY_OK;
	WRITE_ONCE(refused, true);
	return notifier_from_errno(-EBUSY);
}

bool somebody_refused(void)
{
	return refused;
}

static struct notifier_block refusing_nb = { may_refuse, NULL, 0 };

void add_offline_block(unsigned long nr)
{
	u64 start = PFN_PHYS(section_nr_to_pfn(nr));

	lock_device_hotplug();
	BUG_ON(__add_memory(memory_add_physaddr_to_nid(start), start, MIN_MEMORY_BLOCK_SIZE));
	unlock_device_hotplug();
}

void enable_auto_online(void)
{
	memhp_auto_online = true;
}

/* ---- Tasks ------------------------------------------------------------------------------------------ */

/* "prefix" number "suffix" */
static void format(char *out, const char *prefix, unsigned long number, const char *suffix)
{
	char digits[20];
	unsigned int nr = 0;

	while (*prefix)
		*out++ = *prefix++;
	do
		digits[nr++] = (char)('0' + number % 10);
	while ((number /= 10));
	while (nr)
		*out++ = digits[--nr];
	while (*suffix)
		*out++ = *suffix++;
	*out = '\0';
}

/* What a write may bring: everything written, that somebody refused, or that a signal ended it. */
static void write_and_check(const char *path, const char *text)
{
	ssize_t ret;

	unrelated_spinlock();
	unrelated_cpus_read();
	ret = hotweave_write_sysfs(path, text);
	WARN_ON(ret != (ssize_t)strlen(text) && ret != -EBUSY && ret != -EINTR);
}

int probe_block(void *arg)
{
	char text[32];

	format(text, "", PFN_PHYS(section_nr_to_pfn((uintptr_t)arg)), "");
	write_and_check("devices/system/memory/probe", text);
	return 0;
}

/* To a file of the block of section `arg`. */
static int write_to_block(void *arg, const char *file, const char *text)
{
	char path[64];

	format(path, "devices/system/memory/memory", (uintptr_t)arg, file);
	write_and_check(path, text);
	return 0;
}

int online_block(void *arg)
{
	return write_to_block(arg, "/online", "1");
}

int offline_block(void *arg)
{
	return write_to_block(arg, "/online", "0");
}

int state_online(void *arg)
{
	return write_to_block(arg, "/state", "online");
}

int state_offline(void *arg)
{
	return write_to_block(arg, "/state", "offline");
}

void run_online_and_probe(unsigned long offline, unsigned long added)
{
	struct task_struct *online, *probe;

	add_offline_block(offline);
	enable_auto_online();
	online = kthread_run(online_block, SECTION_ARG(offline), "online");
	probe = kthread_run(probe_block, SECTION_ARG(added), "probe");
	hotweave_join(online);
	hotweave_join(probe);
}

static struct acpi_device firmware_memory;

void boot_firmware_memory(unsigned long nr)
{
	acpi_memory_device_init(&firmware_memory, PFN_PHYS(section_nr_to_pfn(nr)), MIN_MEMORY_BLOCK_SIZE, false);
	enable_auto_online();
}

int firmware_adds_memory(void *arg)
{
	(void)arg;
	acpi_device_hotplug(&firmware_memory, ACPI_NOTIFY_DEVICE_CHECK);
	return 0;
}

int scan_memory(void *arg)
{
	(void)arg;
	kmemleak_scan();
	get_online_mems();
	BUG_ON(!node_present_pages_agree());
	put_online_mems();
	return 0;
}

/* ---- Invariants ------------------------------------------------------------------------------------- */

/* The block of a section, without its lock and without a reference: nobody else may be changing blocks. */
static struct memory_block *block_of(unsigned long nr)
{
	struct device *dev;

	list_for_each_entry(dev, &memory_subsys.p->klist_devices, knode_bus)
		if (to_memory_block(dev)->start_section_nr == nr)
			return to_memory_block(dev);
	return NULL;
}

static bool section_is_online_in(unsigned long nr, const struct zone *zone)
{
	struct memory_block *mem = block_of(nr);

	return mem && mem->state == MEM_ONLINE && page_zone(pfn_to_page(section_nr_to_pfn(nr))) == zone;
}

static unsigned long online_pages_of(const struct zone *zone)
{
	unsigned long pages = 0;

	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++)
		if (section_is_online_in(nr, zone))
			pages += PAGES_PER_SECTION;
	return pages;
}

/* Calls holds(zone) for each zone until one says no. */
static bool all_zones(bool (*holds)(struct zone *zone))
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		for (int idx = 0; idx < MAX_NR_ZONES; idx++)
			if (!holds(&NODE_DATA(nid)->node_zones[idx]))
				return false;
	return true;
}

/* I1 */
static bool present_is_online_pages(struct zone *zone)
{
	return zone->present_pages == online_pages_of(zone);
}

bool zone_present_pages_agree(void)
{
	return all_zones(present_is_online_pages);
}

/* I2 */
bool node_present_pages_agree(void)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		struct pglist_data *pgdat = NODE_DATA(nid);
		unsigned long sum = 0;

		for (int idx = 0; idx < MAX_NR_ZONES; idx++)
			sum += pgdat->node_zones[idx].present_pages;
		if (sum != pgdat->node_present_pages)
			return false;
	}
	return true;
}

/* I3 */
static bool counters_are_nested(struct zone *zone)
{
	return zone->managed_pages <= zone->present_pages && zone->present_pages <= zone->spanned_pages;
}

static bool span_covers_online_sections(struct zone *zone)
{
	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++)
		if (section_is_online_in(nr, zone) &&
		    !(zone_spans_pfn(zone, section_nr_to_pfn(nr)) &&
		      zone_spans_pfn(zone, section_nr_to_pfn(nr) + PAGES_PER_SECTION - 1)))
			return false;
	return true;
}

static bool zone_counters_are_nested(void)
{
	return all_zones(counters_are_nested);
}

static bool zone_spans_cover_online_sections(void)
{
	return all_zones(span_covers_online_sections);
}

/* I4: what is managed is free in the zone, free on the list of a CPU, or has a reference. */
static unsigned long free_pages_of(struct zone *zone)
{
	unsigned long pages = 0;
	int cpu;

	for (unsigned int order = 0; order < MAX_ORDER; order++)
		pages += zone->free_area[order].nr_free << order;
	for_each_possible_cpu(cpu)
		pages += (unsigned long)per_cpu_ptr(zone->pageset, cpu)->pcp.count;
	return pages;
}

static unsigned long used_pages_of(struct zone *zone)
{
	unsigned long pages = 0;

	for (unsigned long nr = 0; nr < NR_MEM_SECTIONS; nr++)
		for (unsigned long i = 0; i < PAGES_PER_SECTION && section_is_online_in(nr, zone); i++) {
			struct page *page = pfn_to_page(section_nr_to_pfn(nr) + i);

			pages += page_count(page) > 0 && !PageReserved(page);
		}
	return pages;
}

static bool managed_is_free(struct zone *zone)
{
	return zone->managed_pages == free_pages_of(zone) + used_pages_of(zone);
}

static bool managed_pages_are_free(void)
{
	return all_zones(managed_is_free);
}

/* Before 3.11 devices knew nothing of going offline; auto-onlining of 4.6 to 4.10 leaves dev->offline as it was. */
static bool device_is_told(void)
{
	if (!fixed(FIX_4f3549d72d1b))
		return false;
	return !memhp_auto_online || !fixed(FIX_31bc3858ea3e) || fixed(FIX_dc18d706a436);
}

/* I5 */
static bool blocks_agree_with_devices(void)
{
	struct device *dev;

	list_for_each_entry(dev, &memory_subsys.p->klist_devices, knode_bus) {
		struct memory_block *mem = to_memory_block(dev);
		bool online = mem->state == MEM_ONLINE;

		if (!online && mem->state != MEM_OFFLINE)
			return false;
		if (dev->offline == online && device_is_told())
			return false;
		if (fixed(FIX_f1dd2cd13c4b) && !!online_section_nr(mem->start_section_nr) != online)
			return false;
	}
	return true;
}

/* I9: the list of a node names every populated zone of an online node once, and no other. */
static bool zonelist_names(struct zonelist *zonelist, const struct zone *zone)
{
	int times = 0;

	for (struct zoneref *ref = zonelist->_zonerefs; ref->zone; ref++)
		times += ref->zone == zone;
	return times == (zone->present_pages && node_online(zone_to_nid(zone)) ? 1 : 0);
}

static bool zonelists_are_complete(void)
{
	int nid;

	for_each_online_node(nid)
		for (int other = 0; other < MAX_NUMNODES; other++)
			for (int idx = 0; idx < MAX_NR_ZONES; idx++)
				if (!zonelist_names(node_zonelist(nid), &NODE_DATA(other)->node_zones[idx]))
					return false;
	return true;
}

/* I11 */
static bool node_states_agree(void)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++) {
		struct pglist_data *pgdat = NODE_DATA(nid);
		bool memory = node_state(nid, N_MEMORY);

		if (memory != (pgdat->node_present_pages != 0) || memory != (pgdat->kswapd != NULL))
			return false;
		if (fixed(FIX_698b1b30642f) && memory != (pgdat->kcompactd != NULL))
			return false;
		if (node_state(nid, N_NORMAL_MEMORY) != (pgdat->node_zones[ZONE_NORMAL].present_pages != 0))
			return false;
	}
	return true;
}

/* I13; whatever is held by a task that is gone is a finding of its own. */
static bool hotplug_locks_are_free(void)
{
	return mem_hotplug_is_quiet() && !mutex_is_locked(&zonelists_mutex) && !mutex_is_locked(&device_hotplug_lock);
}

void boot_memory(unsigned long sections)
{
	hotweave_invariant("zone->present_pages is the number of pages of its online sections",
			   zone_present_pages_agree, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("node_present_pages is the sum of present_pages of its zones",
			   node_present_pages_agree, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("managed_pages <= present_pages <= spanned_pages in each zone",
			   zone_counters_are_nested, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("the span of a zone covers its online sections",
			   zone_spans_cover_online_sections, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("managed_pages is the number of pages that are free, on lists of CPUs or in use", managed_pages_are_free,
			   HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("a memory block, its device and its section agree on being online",
			   blocks_agree_with_devices, HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("every populated zone of an online node is in each zonelist once, and no other zone", zonelists_are_complete,
			   HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("a node is in N_MEMORY if it has pages, and then has kswapd and kcompactd", node_states_agree,
			   HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant("the locks of memory hotplug are free, and nobody is counted", hotplug_locks_are_free,
			   HOTWEAVE_AT_QUIESCENCE);
	mm_init(sections);
	BUG_ON(register_memory_notifier(&refusing_nb));
}
