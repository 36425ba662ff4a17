// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the KSM scenarios share: a machine with processes whose pages KSM has merged, the tasks' ways into the kernel,
 * and what must hold. Nothing here knows which bug a scenario may find.
 */
#pragma once

#include <linux/types.h>

struct mm_struct;
struct task_struct;

/*
 * Boots section 0, brings the blocks of sections 1 to `blocks` online in ZONE_MOVABLE, and starts two processes, each with `pages` anonymous pages that KSM may merge;
 * page n has the same contents in both. Then KSM makes full passes until they are merged. No ksmd yet; `run` is 0.
 * First call of a scenario.
 */
void boot_ksm(unsigned int blocks, unsigned int pages);
/* The same without booting memory, which has been done, but for the blocks. */
void add_ksm(unsigned int blocks, unsigned int pages);

/* K2, K3 and K5 of the catalogue are to hold: what else comes of breaking them is seen later, or not at all. */
void watch_ksm(void);

/* The processes, and the address of their page n. */
extern struct mm_struct *ksm_process[2];
#define KSM_PAGE(n) ((unsigned long)(n) << 12)

/* Process 0 gets a page that no other is like, in ZONE_NORMAL: each pass looks for it in the stable tree. */
void add_single_page(void);

/* The section that page n of process 0 is in. */
unsigned long ksm_section(unsigned int n);

/* ksmd starts as if it had been there all the time; `run` becomes 1. */
struct task_struct *start_ksmd(void);

/*
 * Thread functions. offline_ksm_block: "offline" to the file `state` of the block of section `arg`, until it is done or a
 * second is over; offline_two_blocks:
 * of that one, then of the other one of 1 and 2. write_to_pages: both processes write to their page 0, so that it is shared no more.
 * ksm_run_write: `arg`, a string, to /sys/kernel/mm/ksm/run; ksm_merge_write: to merge_across_nodes.
 * ksm_process_exit: process `arg` exits. ksm_unmerge: it advises that nothing of it be merged, and then that it may.
 * ksm_move_page: somebody moves page 0 of process 0 to another page, as compaction does.
 * come_and_go: somebody registers for memory notifications and leaves again, as a module does.
 */
int offline_ksm_block(void *arg);
int offline_two_blocks(void *arg);
int write_to_pages(void *arg);
int ksm_run_write(void *arg);
int ksm_merge_write(void *arg);
int ksm_process_exit(void *arg);
int ksm_unmerge(void *arg);
int ksm_move_page(void *arg);
int come_and_go(void *arg);
