// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory with a page of KSM goes offline, while a user has all pages unmerged: both go through the stable tree.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

static int unmerge_all(void *arg)
{
	(void)arg;
	ksm_run_write((void *)"2");
	ksm_run_write((void *)"0");
	return 0;
}

HOTWEAVE_TARGET(ksm_offline_vs_run_store, "a memory block with a page of KSM goes offline while 'run' is written")
{
	struct task_struct *writer, *offliner, *user;

	boot_ksm(2, 1);
	writer = kthread_run(write_to_pages, NULL, "writer");
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	user = kthread_run(unmerge_all, NULL, "run");
	hotweave_join(writer);
	hotweave_join(offliner);
	hotweave_join(user);
}

HOTWEAVE_EXPECT(ksm_offline_vs_run_store, "S3-C", "data-race vanished-page", "S3-C");
HOTWEAVE_EXPECT(ksm_offline_vs_run_store, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline_vs_run_store, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_offline_vs_run_store, "v6.7", "", "S3-D");
