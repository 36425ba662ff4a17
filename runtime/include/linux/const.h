/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Constants that assembly could use too. Follows include/linux/const.h of Linux 6.1. The system's header
 * of this name comes first (it has _AC() and _BITUL()). Depends on nothing.
 */
#ifndef HOTWEAVE_LINUX_CONST_H
#define HOTWEAVE_LINUX_CONST_H

#include_next <linux/const.h>

#define UL(x) _AC(x, UL)
#define ULL(x) _AC(x, ULL)

#endif
