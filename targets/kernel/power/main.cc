// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeping the system awake (lock_system_sleep(), unlock_system_sleep(), kernel/power/main.c of Linux 3.8):
 * what memory hotplug took together with its mutex up to 3.15.
 */
#include <linux/freezer.h>
#include <linux/suspend.h>

struct mutex pm_mutex = __MUTEX_INITIALIZER(pm_mutex);

void lock_system_sleep(void)
{
	freezer_do_not_count();
	mutex_lock(&pm_mutex);
}

void unlock_system_sleep(void)
{
	/* The freezer that came meanwhile waits for pm_mutex itself, so there is nothing to freeze for here. */
	hotweave_current()->flags &= ~(unsigned int)PF_FREEZER_SKIP;
	mutex_unlock(&pm_mutex);
}
