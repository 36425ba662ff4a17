/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Device numbers. Follows include/linux/kdev_t.h of Linux 6.1; the kernel's dev_t is a u32. Macros alone; any context. */
#ifndef HOTWEAVE_LINUX_KDEV_T_H
#define HOTWEAVE_LINUX_KDEV_T_H

#define MINORBITS 20
#define MINORMASK ((1U << MINORBITS) - 1)
#define MAJOR(dev) ((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev) ((unsigned int)((dev) & MINORMASK))
#define MKDEV(ma, mi) (((ma) << MINORBITS) | (mi))

#endif
