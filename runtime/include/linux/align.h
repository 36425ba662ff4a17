/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Rounding to powers of two. Follows include/linux/align.h of Linux 6.1. Depends on nothing. */
#ifndef HOTWEAVE_LINUX_ALIGN_H
#define HOTWEAVE_LINUX_ALIGN_H

#include <linux/const.h>

#define ALIGN(x, a) (((x) + ((__typeof__(x))(a) - 1)) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define PTR_ALIGN(p, a) ((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define PTR_ALIGN_DOWN(p, a) ((__typeof__(p))ALIGN_DOWN((unsigned long)(p), (a)))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a) - 1)) == 0)

#endif
