// SPDX-License-Identifier: GPL-2.0-only
#pragma once
#include <linux/cpu.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>
#include "../history/history.h"
static DEFINE_MUTEX(slab_mutex);
static inline void slab_locks(void)
{
	if (!fixed(FIX_59450bbc12be))
		get_online_cpus();
	if (!fixed(FIX_7e1fa93deff4) && fixed(FIX_bfc8c90139eb))
		get_online_mems();
	mutex_lock(&slab_mutex);
	mutex_unlock(&slab_mutex);
	if (!fixed(FIX_7e1fa93deff4) && fixed(FIX_bfc8c90139eb))
		put_online_mems();
	if (!fixed(FIX_59450bbc12be))
		put_online_cpus();
}
static inline int create_and_destroy_cache(void *arg)
{
	(void)arg;
	slab_locks();
	return 0;
}
