// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU comes up and goes down again, by one task. Both ways wait for the CPU's own thread; who takes it down does so with
 * sparse_irq_lock held, which a callback on the way up takes. They never meet.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

static int up_then_down(void *arg)
{
	(void)arg;
	BUG_ON(cpu_up(2));
	BUG_ON(cpu_down(2));
	return 0;
}

HOTWEAVE_TARGET(cpu_up_then_down, "a CPU comes up and goes down")
{
	struct task_struct *hotplug;

	BUG_ON(cpu_down(2));
	hotplug = kthread_run(up_then_down, NULL, "hotplug");
	hotweave_join(hotplug);
}

HOTWEAVE_EXPECT(cpu_up_then_down, "S2-A", "lock-order", "S2-A R2.3: false, up and down do not meet");
HOTWEAVE_EXPECT(cpu_up_then_down, "S2-B", "", "S2-B R2.3");
HOTWEAVE_EXPECT(cpu_up_then_down, "S2-D", "", "S2-D");
HOTWEAVE_EXPECT(cpu_up_then_down, "v4.13", "", "one map, but no release tracks completions");
HOTWEAVE_EXPECT(cpu_up_then_down, "v4.14", "", "as its neighbours");
HOTWEAVE_EXPECT(cpu_up_then_down, "v6.7", "", "S2-D");
