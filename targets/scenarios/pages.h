// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the scenarios of the page allocator share: a machine whose memory is used up, pages on the lists of chosen CPUs,
 * and what must hold of them. Nothing here knows which bug a scenario may find.
 */
#pragma once

#include <linux/mmzone.h>

/*
 * As boot_memory() (memory.h), and with it the invariants of pages and of the per-CPU allocator; what a CPU
 * needs to come up is allocated. First call of a scenario.
 */
void boot_pages(unsigned long sections);
/* The same without booting memory, which has been done. */
void add_pages(void);

/* Takes pages until there are none for the asking (those on lists of other CPUs stay); give_pages_back(): frees them all.
 * Before the tasks start, or by one task. */
void take_all_pages(void);
void give_pages_back(void);

/* Runs fn() on `cpu` in a thread of its own that stays there, and waits for it. Before the tasks start. */
void on_cpu(unsigned int cpu, void (*fn)(void));
/* Leaves a free page on the list of `cpu`: of node `nid`; of section `nr`; one that take_all_pages() took. */
void leave_page_on(unsigned int cpu, int nid);
void leave_page_of_section_on(unsigned int cpu, unsigned long nr);
void leave_own_page_on(unsigned int cpu);

/* Pages on the list of `cpu` for `zone`. Reads plainly: the caller knows that nobody uses it. */
int pages_on(unsigned int cpu, struct zone *zone);
