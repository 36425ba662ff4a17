// SPDX-License-Identifier: GPL-2.0-only
/*
 * kcompactd: a thread for each node that has memory (kcompactd(), kcompactd_run(), kcompactd_stop(),
 * mm/compaction.c of Linux 4.6 to 6.1).
 *
 * Model: it has nothing to compact and waits to be stopped.
 * Model: at boot the threads are made and have not yet run.
 */
#include <linux/compaction.h>
#include <linux/kthread.h>
#include <linux/mmzone.h>
#include <linux/wait.h>

#include <hotweave/target.h>

#include "../history/history.h"
#include "internal.h"

static int kcompactd(void *arg)
{
	pg_data_t *pgdat = (pg_data_t *)arg;

	hotweave_idle_wait(true);
	while (!kthread_should_stop())
		wait_event_interruptible(pgdat->kcompactd_wait, kthread_should_stop());
	return 0;
}

static void kcompactd_create(int nid)
{
	NODE_DATA(nid)->kcompactd = kthread_create(kcompactd, NODE_DATA(nid), "kcompactd%d", nid);
}

void kcompactd_init(int nid)
{
	if (fixed(FIX_698b1b30642f))
		kcompactd_create(nid);
}

int kcompactd_run(int nid)
{
	if (!fixed(FIX_698b1b30642f) || NODE_DATA(nid)->kcompactd)
		return 0;
	kcompactd_create(nid);
	wake_up_process(NODE_DATA(nid)->kcompactd);
	return 0;
}

void kcompactd_stop(int nid)
{
	struct task_struct *thread = NODE_DATA(nid)->kcompactd;

	if (!thread)
		return;
	kthread_stop(thread);
	NODE_DATA(nid)->kcompactd = NULL;
}
