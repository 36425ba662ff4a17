// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file in memory is written on a CPU and sealed, while that CPU goes down: its pagevec is drained by a work on it, by a
 * work that was queued there and runs elsewhere, or by the task that takes it down.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "files.h"

/*
 * From 4.16 a drain does not wait for a CPU that is on its way down, and a seal waits for a while only: it may find the
 * file busy until the CPU is dead (docs/findings.md). Then it must not be.
 */
static int seal(void *arg)
{
	int ret = memfd_add_seals(memfd, F_SEAL_WRITE);

	(void)arg;
	WARN_ON(ret && ret != -EBUSY);
	return 0;
}

HOTWEAVE_TARGET(seal_vs_cpu_down, "F_ADD_SEALS while the CPU whose pagevec has the page goes down")
{
	struct task_struct *sealer, *hotplug;

	boot_files();
	write_memfd_on(2);

	sealer = kthread_run(seal, NULL, "sealer");
	hotplug = kthread_run(take_cpu_down, CPU_ARG(2), "hotplug");
	hotweave_join(sealer);
	hotweave_join(hotplug);
	seal_memfd(NULL);
}

HOTWEAVE_EXPECT(seal_vs_cpu_down, "S2-B", "", "S2-B");
HOTWEAVE_EXPECT(seal_vs_cpu_down, "S2-D", "", "S2-D R2.5");
HOTWEAVE_EXPECT(seal_vs_cpu_down, "v4.9", "", "as its neighbours");
HOTWEAVE_EXPECT(seal_vs_cpu_down, "v4.14", "", "S2-B");
HOTWEAVE_EXPECT(seal_vs_cpu_down, "v4.16", "", "S2-D");
HOTWEAVE_EXPECT(seal_vs_cpu_down, "v6.7", "", "S2-D");
