// SPDX-License-Identifier: GPL-2.0-only
/*
 * `1` is written to the file `shrink` of a slab cache while the cache is destroyed and a CPU goes down. The file is in use as
 * long as the writer waits for cpu_hotplug_lock; whoever removes it under that lock waits for the writer.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "cpus.h"
#include "memory.h"
#include "slab_user.h"

HOTWEAVE_TARGET(slab_sysfs_shrink_vs_destroy, "a slab cache is destroyed while '1' is written to its 'shrink' and a CPU goes down")
{
	struct task_struct *writer, *destroyer, *cpu;

	boot_memory(1UL << 0);
	boot_slab(true);
	use_cache(NULL); /* leaves an empty slab */

	writer = kthread_run(shrink_by_sysfs, NULL, "writer");
	destroyer = kthread_run(destroy_cache, NULL, "destroyer");
	cpu = kthread_run(take_cpu_down, CPU_ARG(2), "cpu_down");
	hotweave_join(writer);
	hotweave_join(destroyer);
	hotweave_join(cpu);
}

HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v4.9", "assertion", "before c7323a5ad078: an empty slab that is being given back is counted");
HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v4.11", "assertion lock-order", "bf5eb3de3847: under slab_mutex; refcount locks do not block");
HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v4.12", "assertion", "3b7b314053d0: in a work; before c7323a5ad078");
HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v4.19", "assertion deadlock lock-order", "story 0, leftover 3: d50d82faa0c9, under slab_mutex again");
HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v5.6", "assertion deadlock lock-order", "story 0, leftover 3");
HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v6.1", "", "0495e337b703: after the locks");
HOTWEAVE_EXPECT(slab_sysfs_shrink_vs_destroy, "v6.7", "", "0495e337b703: after the locks");
