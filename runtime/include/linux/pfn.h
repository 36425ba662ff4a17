/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Page frame numbers. Follows include/linux/pfn.h and asm/page.h of Linux 5.1: the arithmetic only.
 * A page has 4096 bytes of address space; nothing stands behind it (see mm.h).
 */
#ifndef HOTWEAVE_LINUX_PFN_H
#define HOTWEAVE_LINUX_PFN_H

#include <linux/types.h>

#define PAGE_SHIFT 12
#ifndef PAGE_SIZE
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#endif

#ifndef PAGE_MASK
#define PAGE_MASK (~(PAGE_SIZE - 1))
#endif

#define PFN_UP(x) (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x) ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x) ((phys_addr_t)(x) << PAGE_SHIFT)

#endif
