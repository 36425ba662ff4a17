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

	boot_ksm(1, 1);
	start_ksmd();
	writer = kthread_run(write_to_pages, NULL, "writer");
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	hotweave_join(writer);
	hotweave_join(offliner);
}
