// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a user's program does: the system calls through which scenarios reach the kernel.
 */
#pragma once

#include <linux/types.h>

/*
 * `echo text > /sys/<path>`: opens the file, writes once, closes it. A write that the kernel wants
 * restarted (-ERESTARTNOINTR) starts again from the system call, with nothing held. Returns the number
 * of bytes written or a negative errno: -ENOENT (no such file), -ENODEV (the file goes away), or what
 * the attribute said. Context: a task that holds nothing.
 */
ssize_t write_sysfs(const char *path, const char *text);
