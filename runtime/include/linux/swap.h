/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pages on LRU lists, and on their way there. Follows include/linux/swap.h of Linux 4.14 to 6.1; the code behind it is
 * targets/mm/swap.cc.
 *
 * A page that is to be on a list first goes to an array of the current CPU (a pagevec), which holds a reference to
 * it. When the array is full, or drained, its pages move to the list of their node under lru_lock and the reference
 * is dropped. So a page may have one reference more than its users know of, until lru_add_drain_all().
 *
 * The arrays of a CPU belong to whoever runs there with preemption off (from 5.8: under a local lock), that of
 * rotated pages with interrupts off; those of a dead CPU to the task that takes it down.
 */
#ifndef HOTWEAVE_LINUX_SWAP_H
#define HOTWEAVE_LINUX_SWAP_H

#include <linux/mm_types.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Will put the page on an LRU list. Takes a reference of its own. Context: any that may disable preemption; no
 * interrupt. Source: lru_cache_add(), 4.14, 6.1. */
void lru_cache_add(struct page *page);
/* From an active list to the inactive one, and back; to the tail of the inactive list (after writeback). For pages on
 * a list; others are left alone. rotate_reclaimable_page(): any context. Source: mm/swap.c, 4.14. */
void deactivate_file_page(struct page *page);
void activate_page(struct page *page);
void rotate_reclaimable_page(struct page *page);
/* A user touched it: the second time it becomes active. */
void mark_page_accessed(struct page *page);

/* Empties the arrays of the current CPU. Context: any but interrupts. */
void lru_add_drain(void);
/* Empties those of `cpu`: of this CPU with preemption off, or of a dead one. */
void lru_add_drain_cpu(int cpu);
/*
 * Empties those of all online CPUs, by a work on each, and waits for the works. On return every page that was added
 * before the call is on its list or gone. Context: may sleep; takes a mutex of its own and, by kernel version:
 *   3.12 to 4.12: inside it get_online_cpus();
 *   4.13 to 4.15: outside it get_online_cpus(). _cpuslocked: the caller holds that (asserted); from 4.16 the same as
 *                 without;
 *   from 4.16: no more (9852a7212324). From 5.5 a caller that waited while another began and ended does nothing.
 */
void lru_add_drain_all(void);
void lru_add_drain_all_cpuslocked(void);

/* From 5.13: no page stays in an array until lru_cache_enable(). Nests. Context: may sleep; under the same mutex for a
 * while. Source: mm/swap.c, 6.1. */
void lru_cache_disable(void);
void lru_cache_enable(void);

/* ---- kswapd: targets/mm/vmscan_kswapd.cc ---------------------------------------------------------------- */

/* Starts the thread of a node that has none; stops it and waits until it is gone. Context: may sleep; mem_hotplug_lock
 * for write, or boot. Source: mm/vmscan.c, 4.9, 6.1. */
int kswapd_run(int nid);
void kswapd_stop(int nid);
/* Wakes that of the zone's node. Any context. */
struct zone;
void wakeup_kswapd(struct zone *zone);

/* Boot: what 4.7 to 4.10 drain with. Context: may sleep; once. */
void lru_init(void);

#ifdef __cplusplus
}
#endif
#endif
