// SPDX-License-Identifier: GPL-2.0-only
/* What /sys/kernel/debug/powerpc/memtrace/enable does for one block. */
#pragma once

#include <linux/types.h>

/*
 * Takes the memory block at `start` away from the kernel: offline, then removed. False if it was not
 * online or would not go. Context: may sleep.
 */
bool memtrace_take_block(u64 start);
