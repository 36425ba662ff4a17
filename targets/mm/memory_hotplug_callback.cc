// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who gets the pages of memory that goes online (mm/memory_hotplug.c of Linux 3.16 to 6.7): the page allocator, or a
 * balloon driver that asked for them.
 *
 * Registering is a reader of mem_hotplug_lock: it waits until nobody is onlining. A writer of mem_hotplug_lock may do it
 * itself only while that lock counts its readers (up to 4.12).
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>

#include "internal.h"

static DEFINE_MUTEX(online_page_callback_lock);
static online_page_callback_t online_page_callback = generic_online_page;

/* Replaces `from` by `to`. */
static int change_callback(online_page_callback_t from, online_page_callback_t to)
{
	int rc = -EINVAL;

	get_online_mems();
	mutex_lock(&online_page_callback_lock);
	if (online_page_callback == from) {
		online_page_callback = to;
		rc = 0;
	}
	mutex_unlock(&online_page_callback_lock);
	put_online_mems();
	return rc;
}

int set_online_page_callback(online_page_callback_t callback)
{
	return change_callback(generic_online_page, callback);
}

int restore_online_page_callback(online_page_callback_t callback)
{
	return change_callback(callback, generic_online_page);
}

void online_page(struct page *page, unsigned int order)
{
	online_page_callback(page, order);
}
