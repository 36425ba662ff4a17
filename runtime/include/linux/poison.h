/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Pointers that no object has. Follows include/linux/poison.h of Linux 6.1 with x86-64's
 * CONFIG_ILLEGAL_POINTER_VALUE: an access through one is a finding. Depends on nothing.
 */
#ifndef HOTWEAVE_LINUX_POISON_H
#define HOTWEAVE_LINUX_POISON_H

#define POISON_POINTER_DELTA 0xdead000000000000UL

/* What list_del() and hlist_del() leave in a removed entry. */
#define LIST_POISON1 ((void *)(0x100UL + POISON_POINTER_DELTA))
#define LIST_POISON2 ((void *)(0x122UL + POISON_POINTER_DELTA))
#define TIMER_ENTRY_STATIC ((void *)(0x300UL + POISON_POINTER_DELTA))

#define POISON_FREE 0x6b
#define PAGE_POISON_PATTERN (-1L)

#endif
