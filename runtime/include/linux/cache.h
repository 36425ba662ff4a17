/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Cache lines. Follows include/linux/cache.h of Linux 6.1 on x86-64: layout only, no cache is modelled.
 * Depends on nothing.
 */
#ifndef HOTWEAVE_LINUX_CACHE_H
#define HOTWEAVE_LINUX_CACHE_H

#include <linux/align.h>
#include <linux/compiler_types.h>

#define L1_CACHE_SHIFT 6
#define L1_CACHE_BYTES (1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#define L1_CACHE_ALIGN(x) ALIGN((x), L1_CACHE_BYTES)

#define ____cacheline_aligned __attribute__((__aligned__(SMP_CACHE_BYTES)))
#define ____cacheline_aligned_in_smp ____cacheline_aligned
/* The kernel also moves these into a section of their own; target globals stay in the target's. */
#define __cacheline_aligned ____cacheline_aligned
#define __cacheline_aligned_in_smp ____cacheline_aligned
#define ____cacheline_internodealigned_in_smp ____cacheline_aligned
#define __ro_after_init

#endif
