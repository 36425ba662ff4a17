/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tasks and sleeping. Follows include/linux/sched.h and kernel/sched/core.c of Linux 6.1.
 * The rule that no wake-up is lost: set the state, then test the condition, then schedule().
 */
#ifndef HOTWEAVE_LINUX_SCHED_H
#define HOTWEAVE_LINUX_SCHED_H

#include <limits.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TASK_COMM_LEN 16
#define MAX_SCHEDULE_TIMEOUT LONG_MAX

#define TASK_RUNNING 0x0000
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_PARKED 0x0040
#define TASK_DEAD 0x0080
#define TASK_WAKEKILL 0x0100
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

/* task_struct.flags that the runtime sets or asks for. */
#define PF_WQ_WORKER 0x00000020 /* a worker of a workqueue */
#define PF_MEMALLOC 0x00000800  /* allocating memory: may not wait for what needs memory */
#define PF_KTHREAD 0x00200000

/* The part of a task that kernel code may look at; the engine's own state follows it in memory. */
struct task_struct {
	unsigned int __state;
	unsigned int flags; /* free for ported code (PF_*) */
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/* The current task: an object in C++, where a macro of that name would break the standard library. */
struct task_struct *hotweave_current(void);
#ifdef __cplusplus
}
struct hotweave_current_task {
	operator task_struct *() const { return hotweave_current(); }
	task_struct *operator->() const { return hotweave_current(); }
};
inline constexpr hotweave_current_task current{};
extern "C" {
#else
#define current hotweave_current()
#endif

/* Sets the state of the current task (with full barrier). Scheduling point. */
void set_current_state(unsigned int state);
#define __set_current_state(state_value) ((void)(hotweave_current()->__state = (state_value)))

/* Sleeps if the state is not TASK_RUNNING, until woken; else only gives way. Returns in TASK_RUNNING.
 * Context: may sleep. Scheduling point. */
void schedule(void);
/* As schedule(), but at most `timeout` jiffies of virtual time; returns the jiffies left. */
long schedule_timeout(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_interruptible(long timeout);
void io_schedule(void);

/* Wakes `p` if it sleeps in TASK_NORMAL; 1 if it did. Orders what precedes it before what `p` does then.
 * Any context. Scheduling point. */
int wake_up_process(struct task_struct *p);

/* Gives way to another runnable task if the input says so. Context: may sleep. */
void cond_resched(void);
void yield(void);

/* The model CPU that the current task is on (stable only while preemption is off). */
unsigned int hotweave_smp_processor_id(void);
#define smp_processor_id() hotweave_smp_processor_id()
#define raw_smp_processor_id() hotweave_smp_processor_id()

#ifdef __cplusplus
}
#endif
#endif
