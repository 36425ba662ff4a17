// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver's lock is taken by its callback of CPU hotplug, and held by a task that drains pagevecs while a CPU comes up.
 * The smallest model of the chain from sealing a file to the hotplug lock.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/swap.h>

#include <hotweave/target.h>

#include "memory.h"

static DEFINE_MUTEX(driver_lock);

static int driver_online(unsigned int cpu)
{
	(void)cpu;
	mutex_lock(&driver_lock);
	mutex_unlock(&driver_lock);
	return 0;
}

static int drain(void *arg)
{
	(void)arg;
	mutex_lock(&driver_lock);
	lru_add_drain_all();
	mutex_unlock(&driver_lock);
	return 0;
}

static int bring_up(void *arg)
{
	(void)arg;
	WARN_ON(cpu_up(2));
	return 0;
}

HOTWEAVE_TARGET(drain_under_hotplug_callback_lock, "lru_add_drain_all() under a lock that a CPU hotplug callback takes")
{
	struct task_struct *user, *hotplug;
	struct page *page;

	boot_memory(1UL << 0);
	BUG_ON(cpu_down(2));
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	BUG_ON(!page);
	lru_cache_add(page);
	BUG_ON(cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "driver:online", driver_online, NULL) < 0);

	user = kthread_run(drain, NULL, "user");
	hotplug = kthread_run(bring_up, NULL, "hotplug");
	hotweave_join(user);
	hotweave_join(hotplug);
}

HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "S2-A", "lock-order deadlock", "S2-A R2.2");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "S2-B", "lock-order deadlock", "S2-B R2.2");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "S2-C", "", "S2-C: the lock is gone from the drain");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "S2-D", "", "S2-D");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "v4.9", "deadlock", "the lock that counts readers: its owner waits, too");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "v4.13", "lock-order deadlock", "S2-A but for completions");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "v4.14", "lock-order deadlock", "S2-B");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "v4.16", "", "S2-D");
HOTWEAVE_EXPECT(drain_under_hotplug_callback_lock, "v6.7", "", "S2-D");
