// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sections of physical memory and the struct pages behind them (mm/sparse.c of Linux 4.12 to 5.1).
 *
 * vmemmap is one array for all pages that could be; the part of a section that is not there has vanished.
 * Model: node_size_lock is taken around the section's bits in every profile; 5.0 dropped it
 * (83af658898cb), where mem_hotplug_lock covers them anyway.
 */
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <hotweave/target.h>

#include "../history/history.h"
#include "internal.h"

struct page vmemmap[MAX_PFN];
struct mem_section mem_section[NR_MEM_SECTIONS];

static struct page *section_memmap(const struct mem_section *ms)
{
	return pfn_to_page(section_nr_to_pfn(__section_nr(ms)));
}

void sparse_init_one_section(struct mem_section *ms, unsigned long *usemap)
{
	ms->section_mem_map |= SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP;
	ms->pageblock_flags = usemap;
}

int sparse_add_one_section(int nid, unsigned long start_pfn)
{
	struct mem_section *ms = __pfn_to_section(start_pfn);
	struct pglist_data *pgdat = NODE_DATA(nid);
	unsigned long *usemap;
	unsigned long flags;
	int ret = 0;

	if (!ms)
		return -EINVAL;
	usemap = (unsigned long *)kzalloc(sizeof(*usemap), GFP_KERNEL);
	if (!usemap)
		return -ENOMEM;
	pgdat_resize_lock(pgdat, &flags);
	if (present_section(ms)) {
		ret = -EEXIST;
	} else {
		hotweave_reappear(section_memmap(ms), PAGES_PER_SECTION * sizeof(struct page));
		sparse_init_one_section(ms, usemap);
	}
	pgdat_resize_unlock(pgdat, &flags);
	if (ret)
		kfree(usemap);
	return ret;
}

void sparse_remove_one_section(struct mem_section *ms)
{
	struct pglist_data *pgdat = NODE_DATA(page_to_nid(section_memmap(ms)));
	unsigned long *usemap = NULL;
	unsigned long flags;

	pgdat_resize_lock(pgdat, &flags);
	if (present_section(ms)) {
		usemap = ms->pageblock_flags;
		ms->section_mem_map = 0;
		ms->pageblock_flags = NULL;
	}
	pgdat_resize_unlock(pgdat, &flags);
	if (!usemap)
		return;
	kfree(usemap);
	hotweave_vanish(section_memmap(ms), PAGES_PER_SECTION * sizeof(struct page),
			"struct page of a section that was removed");
}

void online_mem_sections(unsigned long start_pfn, unsigned long end_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION)
		__pfn_to_section(pfn)->section_mem_map |= SECTION_IS_ONLINE;
}

void offline_mem_sections(unsigned long start_pfn, unsigned long end_pfn)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION)
		__pfn_to_section(pfn)->section_mem_map &= ~SECTION_IS_ONLINE;
}

/* ---- struct pages of sections that are offline ------------------------------------------------------------ */

void hide_offline_pages(unsigned long start_pfn, unsigned long end_pfn)
{
	if (!altered(ALT_pages_vanish_when_removed))
		hotweave_hide(pfn_to_page(start_pfn), (end_pfn - start_pfn) * sizeof(struct page),
			      "struct page of a section that is offline");
}

void show_online_pages(unsigned long start_pfn, unsigned long end_pfn)
{
	hotweave_reappear(pfn_to_page(start_pfn), (end_pfn - start_pfn) * sizeof(struct page));
}

bool hotplug_sees_pages(bool on)
{
	return hotweave_see_hidden(on);
}
