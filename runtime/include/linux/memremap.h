/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Struct pages for the memory of a device. Follows include/linux/memremap.h of Linux 4.9 to 5.1; the code behind it is
 * targets/kernel/memremap.cc.
 * Model: a range in the place of a device and its dev_pagemap; devm_memunmap_pages() is also what unbinding a driver does.
 */
#ifndef HOTWEAVE_LINUX_MEMREMAP_H
#define HOTWEAVE_LINUX_MEMREMAP_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Gives [start, start + size), whole sections that are not there, struct pages; no memory block. 0 or what adding said.
 * Context: may sleep; from 4.10 (f931ab479dd2) a writer of mem_hotplug_lock. */
int devm_memremap_pages(u64 start, u64 size);
/* Takes them away again. Context: the same. */
void devm_memunmap_pages(u64 start, u64 size);

#ifdef __cplusplus
}
#endif
#endif
