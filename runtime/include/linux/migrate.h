/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Moving pages. Follows include/linux/migrate.h of Linux 5.1; the code behind it is targets/mm/migrate.cc.
 */
#ifndef HOTWEAVE_LINUX_MIGRATE_H
#define HOTWEAVE_LINUX_MIGRATE_H

#include <linux/mm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A new page for an old one, or NULL. `private_` is what the caller of migrate_pages() gave. */
typedef struct page *new_page_t(struct page *page, unsigned long private_);
typedef void free_page_t(struct page *page, unsigned long private_);

enum migrate_mode {
	MIGRATE_ASYNC, /* never blocks: a page whose lock is taken stays where it is at the first tries */
	MIGRATE_SYNC_LIGHT,
	MIGRATE_SYNC,
};

enum migrate_reason {
	MR_COMPACTION,
	MR_MEMORY_FAILURE,
	MR_MEMORY_HOTPLUG,
	MR_SYSCALL,
};

#define MIGRATEPAGE_SUCCESS 0

/*
 * Moves the pages of `from`, each isolated from the LRU lists (isolate_lru_page()) and linked by page->lru, to pages
 * that get_new_page() makes. What was moved, and what nobody wanted any more, is off the list and put; the rest stays
 * on it (putback_movable_pages()). Ten tries for a page that is in use for the moment.
 * Returns the number of pages that were not moved, or -ENOMEM. Context: may sleep.
 * Up to 3.8 pages of KSM move only for MR_MEMORY_HOTPLUG, whose caller has locked KSM out.
 */
int migrate_pages(struct list_head *from, new_page_t *get_new_page, free_page_t *put_new_page, unsigned long private_,
		  enum migrate_mode mode, int reason);
/* Gives the pages of the list back to the LRU lists. */
void putback_movable_pages(struct list_head *l);

#ifdef __cplusplus
}
#endif
#endif
