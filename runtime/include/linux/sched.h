/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Tasks and sleeping. Follows include/linux/sched.h and kernel/sched/core.c of Linux 6.1.
 * The rule that no wake-up is lost: set the state, then test the condition, then schedule().
 */
#ifndef HOTWEAVE_LINUX_SCHED_H
#define HOTWEAVE_LINUX_SCHED_H

#include <limits.h>
#include <asm/smp.h>
#include <linux/cpumask_types.h>
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
#define __TASK_STOPPED 0x0004
#define __TASK_TRACED 0x0008
#define EXIT_DEAD 0x0010
#define EXIT_ZOMBIE 0x0020
#define TASK_PARKED 0x0040
#define TASK_DEAD 0x0080
#define TASK_WAKEKILL 0x0100
#define TASK_WAKING 0x0200
#define TASK_NOLOAD 0x0400 /* waits for work: never hung */
#define TASK_NEW 0x0800
#define TASK_RTLOCK_WAIT 0x1000
#define TASK_FREEZABLE 0x2000 /* the freezer may hold it in this sleep */
#define __TASK_FREEZABLE_UNSAFE 0x4000
#define TASK_FROZEN 0x8000
#define TASK_STATE_MAX 0x10000
#define TASK_FREEZABLE_UNSAFE (TASK_FREEZABLE | __TASK_FREEZABLE_UNSAFE)
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_ANY (TASK_STATE_MAX - 1)

/* task_struct.flags. The runtime sets KTHREAD, NOFREEZE and EXITING; the others are for the code that owns them. */
#define PF_IDLE 0x00000002
#define PF_EXITING 0x00000004
#define PF_WQ_WORKER 0x00000020
#define PF_MEMALLOC 0x00000800
#define PF_NOFREEZE 0x00008000 /* the freezer leaves it alone: kernel threads before set_freezable() */
#define PF_FROZEN 0x00010000   /* before 6.1 */
#define PF_KSWAPD 0x00020000
#define PF_MEMALLOC_NOFS 0x00040000
#define PF_MEMALLOC_NOIO 0x00080000
#define PF_KTHREAD 0x00200000
#define PF_NO_SETAFFINITY 0x04000000 /* set_cpus_allowed_ptr() fails */
#define PF_FREEZER_SKIP 0x40000000   /* before 6.1 */
#define PF_SUSPEND_TASK 0x80000000   /* it called freeze_processes() */

/* task_struct.flags that the runtime sets or asks for. */
#define PF_WQ_WORKER 0x00000020 /* a worker of a workqueue */
#define PF_MEMALLOC 0x00000800  /* allocating memory: may not wait for what needs memory */
#define PF_KTHREAD 0x00200000

/* The part of a task that kernel code may look at; the engine's own state follows it in memory. */
struct task_struct {
	unsigned int __state;
	unsigned int flags; /* PF_* */
	pid_t pid;
	char comm[TASK_COMM_LEN];
	const cpumask_t *cpus_ptr; /* the CPUs that it may run on: cpus_mask */
	cpumask_t cpus_mask;
	int nr_cpus_allowed;
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
/* The same for states that a late wake-up must not end (TASK_PARKED, TASK_DEAD): under the lock that wake-ups take. */
#define set_special_state(state_value) set_current_state(state_value)
#define get_current_state() (hotweave_current()->__state)
#define task_is_running(task) (READ_ONCE((task)->__state) == TASK_RUNNING)

/* Sleeps if the state is not TASK_RUNNING, until woken; else only gives way. Returns in TASK_RUNNING.
 * Context: may sleep. Scheduling point. */
void schedule(void);
/* As schedule(), but at most `timeout` jiffies of virtual time (MAX_SCHEDULE_TIMEOUT: no limit); returns the jiffies
 * left, at least 0. The state decides what else ends it; TASK_RUNNING: at once. The _interruptible … forms set it. */
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_killable(long timeout);
long schedule_timeout_uninterruptible(long timeout);
long schedule_timeout_idle(long timeout);
void io_schedule(void);
long io_schedule_timeout(long timeout);
/* schedule() by a caller with one level of preempt_disable(), which is off during the sleep alone. */
void schedule_preempt_disabled(void);

/* Wakes `p` if it sleeps in TASK_NORMAL (_state: in a state of `state`); 1 if it did. A task that has set its state and
 * not slept yet does not sleep then. Orders what precedes it before what `p` does after its sleep.
 * Any context. Scheduling point. */
int wake_up_process(struct task_struct *p);
int wake_up_state(struct task_struct *p, unsigned int state);

/* Lets `p` run on the CPUs of `new_mask` alone; it is on one of them when this returns. -EINVAL if none of them is
 * online, or for a thread bound by kthread_bind(). Context: may sleep. Scheduling point.
 * Model: `p` moves at once unless it is in a section with preemption or migration off; the caller spins until it has left. */
int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *new_mask);
unsigned int task_cpu(const struct task_struct *p);

/* Gives way to another runnable task if the input says so. Context: may sleep. */
void cond_resched(void);
void yield(void);


#ifdef __cplusplus
}
#endif
#endif
