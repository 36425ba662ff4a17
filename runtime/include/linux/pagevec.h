/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Small arrays of pages that are worked on together. Follows include/linux/pagevec.h of Linux 4.14.
 *
 * Each page of a pagevec of mm/swap.cc has a reference from it. Plain memory: whoever owns the pagevec keeps others
 * out. Any context; no scheduling points but the accesses.
 * Model: PAGEVEC_SIZE is 2, 14 or 15 in kernels.
 */
#ifndef HOTWEAVE_LINUX_PAGEVEC_H
#define HOTWEAVE_LINUX_PAGEVEC_H

#include <linux/mm_types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PAGEVEC_SIZE 2

struct pagevec {
	unsigned int nr;
	struct page *pages[PAGEVEC_SIZE];
};

static inline void pagevec_init(struct pagevec *pvec)
{
	pvec->nr = 0;
}

static inline void pagevec_reinit(struct pagevec *pvec)
{
	pvec->nr = 0;
}

static inline unsigned int pagevec_count(struct pagevec *pvec)
{
	return pvec->nr;
}

static inline unsigned int pagevec_space(struct pagevec *pvec)
{
	return PAGEVEC_SIZE - pvec->nr;
}

/* Adds a page; returns how many more fit. There must be room. */
static inline unsigned int pagevec_add(struct pagevec *pvec, struct page *page)
{
	pvec->pages[pvec->nr++] = page;
	return pagevec_space(pvec);
}

#ifdef __cplusplus
}
#endif
#endif
