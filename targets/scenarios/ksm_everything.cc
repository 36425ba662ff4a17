// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that may meet in KSM: memory goes offline, ksmd scans, `run` and `merge_across_nodes` are written, a page of KSM is moved by
 * somebody else, a process writes to it or leaves, a memory notifier comes and goes. Four tasks at a time; which of them
 * take part is a choice.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "ksm.h"
#include "memory.h"

struct actor {
	const char *name;
	int (*run)(void *arg);
	void *arg;
};

static const struct actor actors[] = {
	{ "writer", write_to_pages, NULL },
	{ "migrate", ksm_move_page, NULL },
	{ "unmerge", ksm_run_write, (void *)"2" },
	{ "merge", ksm_merge_write, (void *)"0" },
	{ "module", come_and_go, NULL },
	{ "madvise", ksm_unmerge, (void *)1 },
	{ "exit", ksm_process_exit, (void *)1 },
};
#define NR_ACTORS (sizeof(actors) / sizeof(actors[0]))

/* Processes that leave, and those that act for them, do not go together. */
static unsigned int choose_actor(unsigned int others)
{
	unsigned int n = hotweave_choose(NR_ACTORS);

	return n < others ? n : others;
}

HOTWEAVE_TARGET(ksm_everything, "all that may meet in KSM, while a memory block with one of its pages goes offline")
{
	struct task_struct *task[3];
	unsigned int first, second;

	boot_ksm(2, 1);
	watch_ksm();
	start_ksmd();
	first = choose_actor(NR_ACTORS - 1);
	second = choose_actor(NR_ACTORS - 2);
	/* Nobody may use a process that another one ends. */
	if (first == NR_ACTORS - 1 && second != 2 && second != 3)
		second = 4;
	if (second == first)
		second = first == 4 ? 1 : 4;
	task[0] = kthread_run(offline_ksm_block, SECTION_ARG(ksm_section(0)), "offline");
	task[1] = kthread_run(actors[first].run, actors[first].arg, "%s", actors[first].name);
	task[2] = kthread_run(actors[second].run, actors[second].arg, "%s", actors[second].name);
	for (int i = 0; i < 3; i++)
		hotweave_join(task[i]);
}

HOTWEAVE_EXPECT(ksm_everything, "S3-B", "lock-order", "S3-B");
HOTWEAVE_EXPECT(ksm_everything, "S3-C", "data-race vanished-page", "S3-C");
HOTWEAVE_EXPECT(ksm_everything, "S3-D", "", "S3-D R3.4");
HOTWEAVE_EXPECT(ksm_everything, "v3.9", "", "S3-D");
HOTWEAVE_EXPECT(ksm_everything, "v6.7", "", "S3-D");
