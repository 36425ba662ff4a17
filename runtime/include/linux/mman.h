/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Advice about memory. Follows include/uapi/asm-generic/mman-common.h of Linux 6.1, as far as targets/mm uses it.
 * The C library has a header of this name for user programs; this one stands for the kernel's.
 */
#ifndef HOTWEAVE_LINUX_MMAN_H
#define HOTWEAVE_LINUX_MMAN_H

#ifndef MADV_MERGEABLE
#define MADV_MERGEABLE 12   /* KSM may merge identical pages */
#define MADV_UNMERGEABLE 13 /* KSM may not merge identical pages, and undoes what it did */
#endif

#endif
