/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The kernel keeps xchg() and cmpxchg() in <asm/cmpxchg.h>; this name leads there. */
#ifndef HOTWEAVE_LINUX_CMPXCHG_H
#define HOTWEAVE_LINUX_CMPXCHG_H

#include <asm/cmpxchg.h>

#endif
