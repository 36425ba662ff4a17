// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of kmemleak_scan() that walks struct pages (mm/kmemleak.c of Linux 4.12 to 4.20): a reader that
 * relies on get_online_mems() alone.
 *
 * Model: it looks at the struct pages that are in use, word by word less the list, and finds nothing.
 * From 5.0 it asks for online sections instead of present ones (9f1eb38e0e11); here it never does.
 */
#include <linux/compiler.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "internal.h"

/* What the compiler must load although nothing comes of it. */
static void look_at(unsigned long value)
{
	barrier_data(value);
}

static void scan_page(const struct page *page)
{
	look_at(page->flags);
	look_at(page->private_);
	look_at(page->page_type);
}

static void scan_node(int nid)
{
	unsigned long start_pfn = NODE_DATA(nid)->node_start_pfn;
	unsigned long end_pfn = pgdat_end_pfn(NODE_DATA(nid));

	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		if (!pfn_valid(pfn) || !page_count(pfn_to_page(pfn)))
			continue;
		scan_page(pfn_to_page(pfn));
	}
}

void kmemleak_scan(void)
{
	int nid;

	get_online_mems();
	for_each_online_node(nid)
		scan_node(nid);
	put_online_mems();
}
