// SPDX-License-Identifier: GPL-2.0-only
/*
 * A block with slabs in it goes offline while their cache is used and shrunk: who offlines shrinks all caches first.
 */
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "memory.h"
#include "slab_user.h"

#define OFFLINE 1UL

HOTWEAVE_TARGET(slab_shrink_vs_offline, "a memory block goes offline while a slab cache is used and shrunk")
{
	struct task_struct *user, *shrink, *offline;

	boot_memory(1UL << 0 | 1UL << OFFLINE);
	boot_slab(false);

	user = kthread_run(use_cache, NULL, "user");
	shrink = kthread_run(shrink_cache, NULL, "shrink");
	offline = kthread_run(offline_block, SECTION_ARG(OFFLINE), "offline");
	hotweave_join(user);
	hotweave_join(shrink);
	hotweave_join(offline);
}

HOTWEAVE_EXPECT(slab_shrink_vs_offline, "v4.12", "", "story 0: slabs are shrunk under slab_mutex, CPUs by interrupts");
HOTWEAVE_EXPECT(slab_shrink_vs_offline, "v4.19", "", "the same");
HOTWEAVE_EXPECT(slab_shrink_vs_offline, "v6.7", "", "CPUs by works, under the cpu_hotplug_lock of mem_hotplug_begin()");
