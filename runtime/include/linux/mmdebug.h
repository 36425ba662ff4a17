/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Assertions of the memory manager. Follows include/linux/mmdebug.h of Linux 6.1 with CONFIG_DEBUG_VM=y.
 * The second argument (a page, a folio, a vma) is what the kernel dumps; here the trace tells it.
 */
#ifndef HOTWEAVE_LINUX_MMDEBUG_H
#define HOTWEAVE_LINUX_MMDEBUG_H

#include <linux/bug.h>

#define VM_BUG_ON(cond) BUG_ON(cond)
#define VM_BUG_ON_PAGE(cond, page) BUG_ON(cond)
#define VM_BUG_ON_FOLIO(cond, folio) BUG_ON(cond)
#define VM_BUG_ON_VMA(cond, vma) BUG_ON(cond)
#define VM_BUG_ON_MM(cond, mm) BUG_ON(cond)
#define VM_BUG_ON_PGFLAGS(cond, page) BUG_ON(cond)

#define VM_WARN_ON(cond) (void)WARN_ON(cond)
#define VM_WARN_ON_ONCE(cond) (void)WARN_ON(cond)
#define VM_WARN_ON_ONCE_PAGE(cond, page) WARN_ON(cond)
#define VM_WARN_ON_ONCE_FOLIO(cond, folio) WARN_ON(cond)
#define VM_WARN_ON_ONCE_MM(cond, mm) WARN_ON(cond)
#define VM_WARN_ONCE(cond, ...) (void)WARN(cond, __VA_ARGS__)
#define VIRTUAL_BUG_ON(cond) BUG_ON(cond)

#endif
