// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two memory blocks of different zones go offline at once, while somebody registers for memory notifications, which writes to
 * the chain that both read. KSM's mutex is taken in one walk over the chain and released in another: what keeps that
 * from a deadlock is that only one block goes offline at a time.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

#define OTHER_NODE 4UL

HOTWEAVE_TARGET(two_offlines_vs_notifier_register, "two memory blocks go offline while a memory notifier comes and goes")
{
	struct task_struct *first, *second, *module;

	boot_memory(1UL << 0 | 1UL << OTHER_NODE | 1UL << (OTHER_NODE + 1));
	add_ksm(2, 1);
	first = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "first");
	second = kthread_run(offline_ksm_block, SECTION_ARG(OTHER_NODE), "second");
	module = kthread_run(come_and_go, NULL, "module");
	hotweave_join(first);
	hotweave_join(second);
	hotweave_join(module);
}

HOTWEAVE_EXPECT(two_offlines_vs_notifier_register, "S3-B", "lock-order", "S3-B; the gate holds");
HOTWEAVE_EXPECT(two_offlines_vs_notifier_register, "v3.8", "lock-order", "S3-B; the gate holds");
HOTWEAVE_EXPECT(two_offlines_vs_notifier_register, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(two_offlines_vs_notifier_register, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(two_offlines_vs_notifier_register, "v6.7", "", "S3-D");
