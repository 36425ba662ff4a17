// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory with a page of KSM goes offline while ksmd looks for pages to merge, and while the processes that share the
 * page may write to it: then the page is freed before it can be moved, and only the stable tree remembers it.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

HOTWEAVE_TARGET(ksm_offline, "a memory block with a page of KSM goes offline while ksmd scans")
{
	struct task_struct *writer, *offliner;

	boot_ksm(2, 1);
	start_ksmd();
	writer = kthread_run(write_to_pages, NULL, "writer");
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	hotweave_join(writer);
	hotweave_join(offliner);
}

HOTWEAVE_EXPECT(ksm_offline, "S3-A", "lock-order", "S3-A R3.1; gated by device_hotplug_lock");
HOTWEAVE_EXPECT(ksm_offline, "S3-B", "lock-order", "S3-B R3.1; gated by device_hotplug_lock");
HOTWEAVE_EXPECT(ksm_offline, "S3-C", "data-race vanished-page", "S3-C");
HOTWEAVE_EXPECT(ksm_offline, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline, "v3.8", "lock-order", "S3-B R3.1; gated by mem_hotplug_mutex");
HOTWEAVE_EXPECT(ksm_offline, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline, "v4.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline, "v4.13", "lock-order", "S0-F R0.7, the leftover");
HOTWEAVE_EXPECT(ksm_offline, "v4.16", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline, "v6.1", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline, "v6.7", "", "S3-D");
