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

/*
 * Takes a page, to which the caller has a reference, off its LRU list, with a reference more: 0, or -EBUSY if it is on
 * none. putback_lru_page(): back to its list by way of lru_cache_add(), and drops that reference. Context: as
 * lru_cache_add(). Source: mm/vmscan.c, 4.14, 6.1.
 */
int isolate_lru_page(struct page *page);
void putback_lru_page(struct page *page);

/* The lists that a page belongs to, and a list of it. The lists change under their lru_lock. */
struct lruvec *page_lruvec(struct page *page);
enum lru_list page_lru(struct page *page);
/* Context: lru_lock held. */
void add_page_to_lru_list(struct page *page, struct lruvec *lruvec);
void add_page_to_lru_list_tail(struct page *page, struct lruvec *lruvec);
void del_page_from_lru_list(struct page *page, struct lruvec *lruvec);

/* True if every page of every LRU list says so and has a reference, and the lists are as long as they say. Reads
 * plainly: at quiescence. lru_pagevec_slots(): how many slots of pagevecs, of all CPUs, hold the page. */
bool lru_lists_agree(void);
unsigned int lru_pagevec_slots(const struct page *page);
/* Hands a page that goes online to whoever is registered for it. Context: as online_pages(). */
void online_page(struct page *page, unsigned int order);

/* One pass over the struct pages of all nodes. Context: may sleep; takes the read side of
 * mem_hotplug_lock. */
void kmemleak_scan(void);

/* Undoes sparse_init_one_section(); the struct pages of the section have vanished on return. */
void sparse_remove_one_section(struct mem_section *ms);
