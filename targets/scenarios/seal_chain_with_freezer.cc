// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chain of seals_vs_splice_vs_msr as tasks that block: readers block only behind a writer that waits, so there is one for
 * each of the two locks that are held for read, a freezer of /dev and a CPU that goes down; and the file that is spliced to
 * and sealed is one file in /dev. No kernel has such a file: a regular file in devtmpfs cannot be sealed, so this is the
 * chain's classes made into instances (alteration devtmpfs_files_sealable), seven tasks and nine segments long.
 */
#include <linux/bug.h>
#include <linux/devtmpfs.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/pipe_fs_i.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "files.h"

static int splice(void *arg)
{
	ssize_t ret = splice_to_file(pipe_of_user, dev_file, 1);

	(void)arg;
	WARN_ON(ret != 1 && ret != -EPERM);
	return 0;
}

static int seal(void *arg)
{
	int ret = memfd_add_seals(dev_file, F_SEAL_WRITE);

	(void)arg;
	WARN_ON(ret && ret != -EPERM && ret != -EBUSY);
	return 0;
}

static int freeze(void *arg)
{
	(void)arg;
	WARN_ON(freeze_super(devtmpfs_super()));
	WARN_ON(thaw_super(devtmpfs_super()));
	return 0;
}

static int write_dev_file(void *arg)
{
	(void)arg;
	WARN_ON(vfs_write(dev_file, 0, 1) != 1);
	return 0;
}

HOTWEAVE_TARGET(seal_chain_with_freezer, "msr, splice and seal in one file of /dev, a freezer of /dev, a CPU that goes down")
{
	struct task_struct *writer, *modprobe, *splicer, *sealer, *hotplug, *freezer;

	boot_files();
	boot_dev_file(1);
	writer = kthread_create(write_dev_file, NULL, "writer");
	kthread_bind(writer, 1);
	wake_up_process(writer);
	hotweave_join(writer);

	modprobe = kthread_run(modprobe_msr, NULL, "modprobe");
	splicer = kthread_run(splice, NULL, "splice");
	sealer = kthread_run(seal, NULL, "sealer");
	hotplug = kthread_run(take_cpu_down, CPU_ARG(2), "hotplug");
	freezer = kthread_run(freeze, NULL, "freezer");
	hotweave_join(modprobe);
	hotweave_join(splicer);
	hotweave_join(sealer);
	hotweave_join(hotplug);
	hotweave_join(freezer);
}

HOTWEAVE_EXPECT(seal_chain_with_freezer, "S2-B", "", "S2-B: a file of devtmpfs cannot be sealed");
HOTWEAVE_EXPECT(seal_chain_with_freezer, "S2-D", "", "S2-D");
HOTWEAVE_EXPECT(seal_chain_with_freezer, "v6.7", "", "S2-D");
