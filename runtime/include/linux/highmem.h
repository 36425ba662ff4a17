/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is in a page. Follows include/linux/highmem.h of Linux 5.1; the code behind it is targets/mm/memory.cc.
 *
 * Model: a page holds one word, the same all over it, and only pages of processes do. Users and the kernel read and
 * write it as the hardware does: marked accesses, so contents do not race; pages are compared and copied in one step.
 * The words are no part of the struct pages: they are there whether or not their section is online.
 */
#ifndef HOTWEAVE_LINUX_HIGHMEM_H
#define HOTWEAVE_LINUX_HIGHMEM_H

#include <linux/mm.h>

#ifdef __cplusplus
extern "C" {
#endif

extern unsigned long page_contents[MAX_PFN];

static inline unsigned long hotweave_read_page(struct page *page)
{
	return READ_ONCE(page_contents[page_to_pfn(page)]);
}

static inline void hotweave_write_page(struct page *page, unsigned long word)
{
	WRITE_ONCE(page_contents[page_to_pfn(page)], word);
}

static inline void clear_highpage(struct page *page)
{
	hotweave_write_page(page, 0);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	hotweave_write_page(to, hotweave_read_page(from));
}

/* As memcmp() over the contents. */
static inline int memcmp_pages(struct page *page1, struct page *page2)
{
	unsigned long a = hotweave_read_page(page1), b = hotweave_read_page(page2);

	return a < b ? -1 : a > b;
}

static inline int pages_identical(struct page *page1, struct page *page2)
{
	return !memcmp_pages(page1, page2);
}

#ifdef __cplusplus
}
#endif
#endif
