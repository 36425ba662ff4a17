/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * NULL, offsetof() and layout helpers. Follows include/linux/stddef.h of Linux 6.1. libc pulls this name
 * from the system's headers, which come first. Depends on nothing.
 */
#ifndef HOTWEAVE_LINUX_STDDEF_H
#define HOTWEAVE_LINUX_STDDEF_H

#include_next <linux/stddef.h>
#include <stddef.h>

#define sizeof_field(TYPE, MEMBER) sizeof((((TYPE *)0)->MEMBER))
#define offsetofend(TYPE, MEMBER) (offsetof(TYPE, MEMBER) + sizeof_field(TYPE, MEMBER))

/* struct_group(name, members…): members that can also be reached as one object `name`. */
#define struct_group(NAME, ...)                \
	union {                                \
		struct { __VA_ARGS__ };        \
		struct { __VA_ARGS__ } NAME;   \
	}
#define DECLARE_FLEX_ARRAY(TYPE, NAME) TYPE NAME[0]

#endif
