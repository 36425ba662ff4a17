// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the scenarios about files in memory share: the machine, a file that can be sealed, and what must hold of its pages.
 * Nothing here knows which bug a scenario may find.
 */
#pragma once

#include <linux/shmem_fs.h>

/*
 * Boots memory, the file systems and makes one empty memfd, `memfd`. Registers: the pages of the memfd have the references
 * that they should (P1); nobody marks pages when nobody waits for pins; LRU lists agree with their pages. First call of a
 * scenario.
 */
void boot_files(void);
/* The same without booting memory, which has been done. */
void add_files(void);
extern struct file *memfd;

/* Thread function: writes the first page of the memfd. -EPERM from a seal is fine. */
int write_memfd(void *arg);
/* Thread function: seals the memfd against writing. Nobody has its pages for long, so that must succeed. */
int seal_memfd(void *arg);

/* Writes the first page of the memfd on one CPU, whose pagevec then has it. Before the tasks start. */
void write_memfd_on(unsigned int cpu);

/* /dev with a file in it, and a pipe of a user with `pages` pages. After boot_files(), before the tasks start. */
void boot_dev_file(unsigned int pages);
extern struct file *dev_file;
extern struct pipe_inode_info *pipe_of_user;
/* Thread function: loads the msr module, whose devices callbacks of CPU hotplug make with the help of kdevtmpfs. */
int modprobe_msr(void *arg);

/* References of a pipe, or of a user, to the pages of the memfd; a scenario that keeps some at the end says how many. */
extern unsigned int memfd_pins;
