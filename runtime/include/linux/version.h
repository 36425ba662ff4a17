/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Kernel versions as numbers. Follows include/generated/uapi/linux/version.h of Linux 6.1: the version whose
 * interface these headers have. Which version an execution plays is hotweave_kernel_version().
 */
#ifndef HOTWEAVE_LINUX_VERSION_H
#define HOTWEAVE_LINUX_VERSION_H

#if __has_include_next(<linux/version.h>)
#include_next <linux/version.h>
#endif

#undef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#undef LINUX_VERSION_CODE
#define LINUX_VERSION_CODE KERNEL_VERSION(6, 1, 0)
#undef LINUX_VERSION_MAJOR
#define LINUX_VERSION_MAJOR 6
#undef LINUX_VERSION_PATCHLEVEL
#define LINUX_VERSION_PATCHLEVEL 1
#undef LINUX_VERSION_SUBLEVEL
#define LINUX_VERSION_SUBLEVEL 0

#endif
