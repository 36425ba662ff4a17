/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Suspend as far as others keep it out. Follows include/linux/suspend.h and kernel/power/main.c of Linux 3.8; the
 * code behind it is targets/kernel/power.
 */
#ifndef HOTWEAVE_LINUX_SUSPEND_H
#define HOTWEAVE_LINUX_SUSPEND_H

#include <linux/mutex.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Held over a transition of the whole system. Up to 5.x pm_mutex. */
extern struct mutex pm_mutex;

/* Keeps the system from going to sleep; the freezer does not wait for the caller meanwhile. Context: may sleep. */
void lock_system_sleep(void);
void unlock_system_sleep(void);

#ifdef __cplusplus
}
#endif
#endif
