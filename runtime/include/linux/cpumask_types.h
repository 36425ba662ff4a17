/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The type of a set of CPUs, for headers that need no more. Follows include/linux/cpumask.h of Linux 6.1; a header of its
 * own from 6.8 on. Depends on types.h and threads.h.
 */
#ifndef HOTWEAVE_LINUX_CPUMASK_TYPES_H
#define HOTWEAVE_LINUX_CPUMASK_TYPES_H

#include <linux/threads.h>
#include <linux/types.h>

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;

#endif
