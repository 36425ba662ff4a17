// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collaborative memory: pages that a guest lends to its hypervisor. What cmm.cc offers to a scenario.
 */
#pragma once

/* Asked from now on before memory goes offline. Before the tasks start; may sleep. */
void cmm_init(void);
/* Lends the free pages of [start_pfn, end_pfn), at most `nr`, and returns how many. Before the tasks start. */
int cmm_lend_pages(unsigned long start_pfn, unsigned long end_pfn, int nr);
/* Takes one page back. Context: may sleep. */
void cmm_free_page(void);
