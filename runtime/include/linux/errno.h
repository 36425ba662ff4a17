/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Error numbers: libc's, and those that only kernel code sees. Follows include/linux/errno.h of Linux
 * 6.1. libc pulls this name from the system's headers, which come first. Depends on nothing.
 */
#ifndef HOTWEAVE_LINUX_ERRNO_H
#define HOTWEAVE_LINUX_ERRNO_H

#include_next <linux/errno.h>

/* A system call was interrupted by a signal; never seen by user space. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513
#define ERESTARTNOHAND 514
#define ENOIOCTLCMD 515
#define ERESTART_RESTARTBLOCK 516
#define EPROBE_DEFER 517
#define EOPENSTALE 518
#define ENOPARAM 519

/* Of the NFSv3 protocol; ENOTSUPP leaks from many drivers. */
#define EBADHANDLE 521
#define ENOTSYNC 522
#define EBADCOOKIE 523
#define ENOTSUPP 524
#define ETOOSMALL 525
#define ESERVERFAULT 526
#define EBADTYPE 527
#define EJUKEBOX 528
#define EIOCBQUEUED 529
#define ERECALLCONFLICT 530
#define ENOGRACE 531

#endif
