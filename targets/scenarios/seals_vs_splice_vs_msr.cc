// SPDX-License-Identifier: GPL-2.0-only
/*
 * Three users who have nothing to do with each other: one loads the msr module, whose devices are made by callbacks of CPU
 * hotplug with the help of kdevtmpfs; one splices a pipe to a file in /dev, and to a file in memory; one seals that file.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/pipe_fs_i.h>

#include <hotweave/target.h>

#include "files.h"

/* The file in memory may be sealed by then. */
static int splice(void *arg)
{
	ssize_t ret;

	(void)arg;
	WARN_ON(splice_to_file(pipe_of_user, dev_file, 0) != 1);
	ret = splice_to_file(pipe_of_user, memfd, 1);
	WARN_ON(ret != 1 && ret != -EPERM);
	return 0;
}

HOTWEAVE_TARGET(seals_vs_splice_vs_msr, "loading msr, splicing to /dev and to a memfd, sealing the memfd")
{
	struct task_struct *modprobe, *splicer, *sealer;

	boot_files();
	boot_dev_file(2);
	write_memfd_on(2);

	modprobe = kthread_run(modprobe_msr, NULL, "modprobe");
	splicer = kthread_run(splice, NULL, "splice");
	sealer = kthread_run(seal_memfd, NULL, "sealer");
	hotweave_join(modprobe);
	hotweave_join(splicer);
	hotweave_join(sealer);
}

HOTWEAVE_EXPECT(seals_vs_splice_vs_msr, "S2-A", "lock-order", "S2-A R2.1");
HOTWEAVE_EXPECT(seals_vs_splice_vs_msr, "S2-B", "lock-order", "S2-B R2.1");
HOTWEAVE_EXPECT(seals_vs_splice_vs_msr, "S2-C", "assertion", "S2-C");
HOTWEAVE_EXPECT(seals_vs_splice_vs_msr, "S2-D", "", "S2-D");
HOTWEAVE_EXPECT(seals_vs_splice_vs_msr, "v4.14", "", "no release tracks completions");
HOTWEAVE_EXPECT(seals_vs_splice_vs_msr, "v6.7", "", "S2-D");
