/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Limits of integer types. Follows include/linux/limits.h and include/vdso/limits.h of Linux 6.1. libc's
 * <limits.h> pulls this name from the system's headers, which come first, and defines INT_MAX and the
 * like itself: it does not become a dependency of this file, or the two would include each other.
 */
#ifndef HOTWEAVE_LINUX_LIMITS_H
#define HOTWEAVE_LINUX_LIMITS_H

#include_next <linux/limits.h>

#define U8_MAX ((unsigned char)~0U)
#define S8_MAX ((signed char)(U8_MAX >> 1))
#define S8_MIN ((signed char)(-S8_MAX - 1))
#define U16_MAX ((unsigned short)~0U)
#define S16_MAX ((short)(U16_MAX >> 1))
#define S16_MIN ((short)(-S16_MAX - 1))
#define U32_MAX (~0U)
#define S32_MAX ((int)(U32_MAX >> 1))
#define S32_MIN ((int)(-S32_MAX - 1))
#define U64_MAX (~0ULL)
#define S64_MAX ((long long)(U64_MAX >> 1))
#define S64_MIN ((long long)(-S64_MAX - 1))
#define PHYS_ADDR_MAX (~(unsigned long long)0)
#define RESOURCE_SIZE_MAX (~(unsigned long long)0)

#ifndef SIZE_MAX
#define SIZE_MAX (~0UL)
#endif

#endif
