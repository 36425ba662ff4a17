// SPDX-License-Identifier: GPL-2.0-only
/* Writing to /sys/kernel/debug/powerpc/memtrace/enable. */
#pragma once

#include <linux/types.h>

/*
 * Takes the memory block at `start` away from the kernel: offline, then removed. False if it was not
 * online or would not go. Context: may sleep.
 */
bool memtrace_take_block(u64 start);

/*
 * A write of `size` (0, or one block): what was taken before is added again and onlined (from 4.19 on), then, if size is not
 * 0, the block at `start` is taken. False if either failed. One writer at a time. Context: may sleep.
 */
bool memtrace_enable(u64 start, u64 size);
