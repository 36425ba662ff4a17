/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Signals of kernel threads. Follows include/linux/signal.h and kernel/signal.c of Linux 6.1. The numbers are those
 * of x86; sleeping and signals: <linux/sched/signal.h>.
 */
#ifndef HOTWEAVE_LINUX_SIGNAL_H
#define HOTWEAVE_LINUX_SIGNAL_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef SIGHUP
#define SIGHUP 1
#endif
#ifndef SIGINT
#define SIGINT 2
#endif
#ifndef SIGQUIT
#define SIGQUIT 3
#endif
#ifndef SIGKILL
#define SIGKILL 9
#endif
#ifndef SIGUSR1
#define SIGUSR1 10
#endif
#ifndef SIGUSR2
#define SIGUSR2 12
#endif
#ifndef SIGALRM
#define SIGALRM 14
#endif
#ifndef SIGTERM
#define SIGTERM 15
#endif
#ifndef SIGCHLD
#define SIGCHLD 17
#endif
#ifndef SIGCONT
#define SIGCONT 18
#endif
#ifndef SIGSTOP
#define SIGSTOP 19
#endif

#define HOTWEAVE_NSIG 64 /* _NSIG of the kernel; the C library has another */

/*
 * The current thread no longer ignores `sig`: a kernel thread ignores all signals at first, SIGKILL too.
 * disallow_signal(): ignores it again, and forgets it if it is pending.
 * Context: process. Not scheduling points.
 */
void allow_signal(int sig);
void disallow_signal(int sig);

#ifdef __cplusplus
}
#endif
#endif
