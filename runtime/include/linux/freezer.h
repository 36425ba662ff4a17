/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The freezer: holds tasks still during suspend. Follows include/linux/freezer.h, kernel/freezer.c and
 * kernel/power/process.c of Linux 6.1 (freezer_do_not_count() and its kind: up to 6.0).
 *
 * freeze_processes() holds user tasks (hotweave_user_task()), freeze_kernel_threads() kernel threads that called
 * set_freezable(). A task freezes where it calls try_to_freeze(), or where it sleeps in a state with TASK_FREEZABLE; a
 * user task that ends or was never in the way counts as frozen. A frozen task gets no wake-up meanwhile: after the thaw it
 * returns from its sleep and must look at its condition again (as the wait_event_freezable() family does).
 * Context: freezing and thawing: process context, may sleep. Scheduling points: all but freezing() and frozen().
 * Model: the first task of a target is never frozen. If a task does not freeze within 20 s of virtual time, everything is thawed
 * again and -EBUSY returned.
 */
#ifndef HOTWEAVE_LINUX_FREEZER_H
#define HOTWEAVE_LINUX_FREEZER_H

#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Is the task to freeze? Is it frozen? */
bool freezing(struct task_struct *p);
bool frozen(struct task_struct *p);
/* Sleeps in TASK_FROZEN while the current task is to freeze; true if it did. */
bool __refrigerator(bool check_kthr_stop);
/* Freezes here if it is to: true after it has been thawed. Context: may sleep. */
bool try_to_freeze(void);
/* From now on the freezer may hold the current kernel thread; freezes here if it is to. */
bool set_freezable(void);

/* 0, or -EBUSY. freeze_processes() before freeze_kernel_threads(); the caller is never frozen. */
int freeze_processes(void);
int freeze_kernel_threads(void);
void thaw_processes(void);
void thaw_kernel_threads(void);
/* Asks one task to freeze: true if it has still to notice. */
bool freeze_task(struct task_struct *p);
void __thaw_task(struct task_struct *p);

/* Up to 6.0: the current task promises to sleep, and not to touch anything if the freezer passes it by meanwhile. */
static inline void freezer_do_not_count(void) { hotweave_current()->flags |= PF_FREEZER_SKIP; }
static inline void freezer_count(void)
{
	hotweave_current()->flags &= ~(unsigned int)PF_FREEZER_SKIP;
	try_to_freeze();
}

#ifdef __cplusplus
}
#endif
#endif
