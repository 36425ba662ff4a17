// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory with a page of KSM goes offline, while a user wants a stable tree for each node: that looks at all nodes of the
 * tree, and is refused while pages are shared.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

HOTWEAVE_TARGET(ksm_offline_vs_merge_across_nodes,
		"a memory block with a page of KSM goes offline while 'merge_across_nodes' is written")
{
	struct task_struct *writer, *offliner, *user;

	boot_ksm(2, 1);
	writer = kthread_run(write_to_pages, NULL, "writer");
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	user = kthread_run(ksm_merge_write, (void *)"0", "merge");
	hotweave_join(writer);
	hotweave_join(offliner);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(ksm_offline_vs_merge_across_nodes, "S3-C", "data-race",
		"S3-C; a vanished page comes of it in one of some ten thousand executions");
HOTWEAVE_EXPECT(ksm_offline_vs_merge_across_nodes, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline_vs_merge_across_nodes, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline_vs_merge_across_nodes, "v6.7", "", "S3-D");
