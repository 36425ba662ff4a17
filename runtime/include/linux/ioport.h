/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Ranges of physical addresses. Follows include/linux/ioport.h of Linux 5.1: the data type only.
 * Model: there is no resource tree; a range that is already there is refused by its section.
 */
#ifndef HOTWEAVE_LINUX_IOPORT_H
#define HOTWEAVE_LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
	u64 start;
	u64 end; /* the last byte, inclusive */
	const char *name;
};

static inline u64 resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}

#endif
