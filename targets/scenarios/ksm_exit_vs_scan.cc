// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that KSM has nothing of any more leaves, while ksmd is about to go on to the next one: the list of processes keeps
 * the address space alive only as long as its lock is held.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include <hotweave/target.h>

#include "../mm/internal.h"
#include "../mm/ksm.h"
#include "ksm.h"

/* Nothing of it is to be merged, so that ksmd keeps no item of it, but for an area that was never touched: so the process
 * stays known to KSM. */
static void stop_merging(struct mm_struct *mm)
{
	do_madvise(mm, 0, MADV_UNMERGEABLE);
	mmap_anonymous(mm, KSM_PAGE(1), PAGE_SIZE);
	do_madvise(mm, KSM_PAGE(1), MADV_MERGEABLE);
	ksm_scan_passes(1);
}

HOTWEAVE_TARGET(ksm_exit_vs_scan, "a process leaves while ksmd scans it")
{
	struct task_struct *process;

	boot_ksm(1, 1);
	stop_merging(ksm_process[1]);
	start_ksmd();
	process = kthread_run(ksm_process_exit, (void *)1, "process");
	hotweave_join(process);
}

HOTWEAVE_EXPECT(ksm_exit_vs_scan, "v3.8", "data-race lock-misuse",
		"before 7496fea9a6bf; who exits frees areas that ksmd has read, with MMF_VM_MERGEABLE, which ksmd cleared, alone between them");
HOTWEAVE_EXPECT(ksm_exit_vs_scan, "v3.19", "lock-misuse", "before 7496fea9a6bf: ksmd still holds mmap_sem of what is freed");
HOTWEAVE_EXPECT(ksm_exit_vs_scan, "v4.9", "", "7496fea9a6bf");
HOTWEAVE_EXPECT(ksm_exit_vs_scan, "v6.7", "", "7496fea9a6bf");
