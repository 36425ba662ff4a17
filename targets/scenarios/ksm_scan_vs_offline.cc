// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksmd is on its way through the stable tree while the memory of a page in it goes offline: between its look at the number
 * of the page and its look at the page, the page may have been moved and its struct page may be gone.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

HOTWEAVE_TARGET(ksm_scan_vs_offline, "ksmd scans while a memory block with a page of KSM goes offline")
{
	struct task_struct *offliner;

	boot_ksm(2, 3);
	add_single_page();
	offliner = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	start_ksmd();
	hotweave_join(offliner);
}

HOTWEAVE_EXPECT(ksm_scan_vs_offline, "S3-D", "", "S3-D");
HOTWEAVE_EXPECT(ksm_scan_vs_offline, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_scan_vs_offline, "v6.7", "", "S3-D");
