// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files of targets/mm share with each other and with scenarios, beyond the kernel's headers.
 */
#pragma once

#include <linux/mm.h>

/*
 * Boots the memory of the machine, before there is a second task: nodes and zones, the sections of
 * `sections` (a bit each) present and online in ZONE_NORMAL of their node, the struct pages of all
 * others vanished; then the memory subsystem with a block for each present section. Once per execution.
 */
void mm_init(unsigned long sections);

/* Makes a section usable: its bits, its pageblock flags, struct pages behind its pfns. */
void sparse_init_one_section(struct mem_section *ms, unsigned long *usemap);

/* Puts a free page on the list of its pageblock's migratetype. Context: zone->lock held. */
void __free_one_page(struct zone *zone, struct page *page);

/* One pass over the struct pages of all nodes. Context: may sleep; takes the read side of
 * mem_hotplug_lock. */
void kmemleak_scan(void);

/* Undoes sparse_init_one_section(); the struct pages of the section have vanished on return. */
void sparse_remove_one_section(struct mem_section *ms);
