/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Most CPUs a machine may have. Follows include/linux/threads.h of Linux 6.1. Depends on nothing. */
#ifndef HOTWEAVE_LINUX_THREADS_H
#define HOTWEAVE_LINUX_THREADS_H

#define CONFIG_NR_CPUS 8
#define NR_CPUS CONFIG_NR_CPUS

#endif
