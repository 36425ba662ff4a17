// SPDX-License-Identifier: GPL-2.0-only
/*
 * One memory block goes offline after the other while ksmd scans: who waits for the first to be over may wake up when the
 * second has begun.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

HOTWEAVE_TARGET(ksm_two_offlines, "two memory blocks go offline, one after the other, while ksmd scans")
{
	struct task_struct *writer, *offliner;

	boot_ksm(3, 1);
	watch_ksm();
	start_ksmd();
	writer = kthread_run(write_to_pages, NULL, "writer");
	offliner = kthread_run(offline_two_blocks, SECTION_ARG(ksm_section(0)), "offline");
	hotweave_join(writer);
	hotweave_join(offliner);
}

HOTWEAVE_EXPECT(ksm_two_offlines, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(ksm_two_offlines, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_two_offlines, "v6.7", "", "S3-D");
