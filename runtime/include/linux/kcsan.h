/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The race detector's own interface. Follows include/linux/kcsan.h of Linux 6.1. The state that the kernel keeps
 * in struct kcsan_ctx is the runtime's; there is nothing to initialise.
 */
#ifndef HOTWEAVE_LINUX_KCSAN_H
#define HOTWEAVE_LINUX_KCSAN_H

#include <linux/kcsan-checks.h>
#include <linux/types.h>

static inline void kcsan_init(void)
{
}

#endif
