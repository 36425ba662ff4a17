/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Text of an expanded macro. Follows include/linux/stringify.h of Linux 6.1. Depends on nothing. */
#ifndef HOTWEAVE_LINUX_STRINGIFY_H
#define HOTWEAVE_LINUX_STRINGIFY_H

#define __stringify_1(...) #__VA_ARGS__
#define __stringify(...) __stringify_1(__VA_ARGS__)

#endif
