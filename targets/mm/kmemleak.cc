// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of kmemleak_scan() that walks struct pages (mm/kmemleak.c of Linux 4.12 to 6.7): a reader that
 * relies on get_online_mems() alone.
 *
 * Up to 4.20 it looks at every present section, from 5.0 (9f1eb38e0e11) at online ones. What it reads of a page it takes for
 * possible pointers, whatever else happens to the page: the kernel keeps this file out of KCSAN.
 * Model: it looks at the struct pages that are in use, word by word less the list, and finds nothing.
 */
#include <linux/compiler.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "../history/history.h"
#include "internal.h"

/* What the compiler must load although nothing comes of it. */
static void look_at(unsigned long value)
{
	barrier_data(value);
}

static void scan_page(const struct page *page)
{
	look_at(hotweave_missing_annotation(page->flags, "a possible pointer, whatever it is"));
	look_at(hotweave_missing_annotation(page->private_, "a possible pointer, whatever it is"));
	look_at(hotweave_missing_annotation(page->page_type, "a possible pointer, whatever it is"));
}

static struct page *page_to_scan(unsigned long pfn)
{
	if (fixed(FIX_9f1eb38e0e11))
		return pfn_to_online_page(pfn);
	return pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}

static void scan_node(int nid)
{
	unsigned long start_pfn = NODE_DATA(nid)->node_start_pfn;
	unsigned long end_pfn = pgdat_end_pfn(NODE_DATA(nid));

	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		struct page *page = page_to_scan(pfn);

		if (page && page_count(page))
			scan_page(page);
	}
}

void kmemleak_scan(void)
{
	/* Up to 4.20 it means to look at any section that is present. */
	bool saw = hotplug_sees_pages(!fixed(FIX_9f1eb38e0e11));
	int nid;

	get_online_mems();
	for_each_online_node(nid)
		scan_node(nid);
	put_online_mems();
	hotplug_sees_pages(saw);
}
