// SPDX-License-Identifier: GPL-2.0-only
/*
 * memtrace takes a block offline and removes it, while a user writes to the files of the same block:
 * offline, then online again. Who comes second may find the block gone.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>

#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../arch/powerpc/platforms/powernv/memtrace.h"
#include "memory.h"

#define BLOCK 1UL

static int memtrace(void *arg)
{
	(void)arg;
	memtrace_take_block(PFN_PHYS(section_nr_to_pfn(BLOCK)));
	return 0;
}

static int user(void *arg)
{
	(void)arg;
	hotweave_write_sysfs("devices/system/memory/memory1/state", "offline");
	hotweave_write_sysfs("devices/system/memory/memory1/state", "online");
	return 0;
}

HOTWEAVE_TARGET(memtrace_vs_sysfs, "memtrace removes a memory block while a user writes to its 'state'")
{
	struct task_struct *remover, *writer;

	boot_memory(1UL << 0 | 1UL << BLOCK);

	remover = kthread_run(memtrace, NULL, "memtrace");
	writer = kthread_run(user, NULL, "user");
	hotweave_join(remover);
	hotweave_join(writer);
}

HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v4.14", "data-race missing-lock vanished-page", "S1-D 1H; struct pages of a removed block");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v4.15", "data-race missing-lock vanished-page", "S1-D 1H; struct pages of a removed block");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v4.16", "data-race assertion vanished-page lock-order", "S1-E 1H; struct pages of a removed block");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v4.19", "data-race assertion vanished-page lock-order", "S1-E 1H; struct pages of a removed block");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v4.20", "lock-order", "S1-F; gated, see docs/findings.md");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v5.0", "lock-order", "S1-F; gated, see docs/findings.md");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v5.1", "lock-order", "S1-G; gated, see docs/findings.md");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v5.6", "", "S1-G");
HOTWEAVE_EXPECT(memtrace_vs_sysfs, "v6.7", "", "S1-I");
