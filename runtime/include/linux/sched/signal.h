/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Signals that are pending, and sending them. Follows include/linux/sched/signal.h and kernel/signal.c of Linux 6.1.
 *
 * A sleep in TASK_INTERRUPTIBLE is ended by any pending signal, one in TASK_KILLABLE by SIGKILL alone; code that
 * sleeps there looks again and returns -EINTR or -ERESTARTSYS. A task that called hotweave_user_task(true) is a user
 * process: signals reach it from nowhere, by choices of the input, at each of its interruptible and killable sleeps
 * and wherever it asks whether one is pending. Any other task is a kernel thread: only send_sig() reaches it, and
 * only with signals that it allowed.
 * Model: a user process has a handler for every signal but SIGKILL and blocks none, so only SIGKILL is fatal; a
 * pending signal stays pending until hotweave_user_task(true) says that the task has been back in user mode, or until
 * flush_signals() or kernel_dequeue_signal(). Signals are not queued: two of one number are one.
 */
#ifndef HOTWEAVE_LINUX_SCHED_SIGNAL_H
#define HOTWEAVE_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>
#include <linux/signal.h>

#ifdef __cplusplus
extern "C" {
#endif

int hotweave_signal_pending(struct task_struct *p, unsigned int state);

/*
 * Is a signal pending that ends an interruptible sleep of `p` (signal_pending), a killable one
 * (fatal_signal_pending), one in `state` (signal_pending_state)?
 * Any context. Scheduling points: before the look. For a user process that asks about itself a choice of the input
 * (0 no) lets a signal arrive just before.
 */
static inline int signal_pending(struct task_struct *p)
{
	return hotweave_signal_pending(p, TASK_INTERRUPTIBLE);
}

static inline int fatal_signal_pending(struct task_struct *p)
{
	return hotweave_signal_pending(p, TASK_WAKEKILL);
}

static inline int signal_pending_state(unsigned int state, struct task_struct *p)
{
	return hotweave_signal_pending(p, state);
}

/*
 * Sends signal `sig` to `p` and wakes it from a sleep that this ends. 0: nothing is sent. Returns 0, also if `p`
 * ignores it, or -EINVAL for a number that is no signal. `priv` says whether the kernel sends it: not used.
 * Any context. Scheduling point.
 */
int send_sig(int sig, struct task_struct *p, int priv);

/* Forgets all signals pending for `p`. Any context; not a scheduling point. */
void flush_signals(struct task_struct *p);

/* Takes one pending signal of the current task, SIGKILL first; 0 if there is none. Context: process. */
int kernel_dequeue_signal(void);

#ifdef __cplusplus
}
#endif
#endif
