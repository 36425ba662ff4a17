/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Timers: a function that runs once, in softirq context, when jiffies have reached a value. Follows
 * include/linux/timer.h and kernel/time/timer.c of Linux 6.1; timer_delete*() and timer_shutdown*() as in 6.2.
 *
 * A timer is pending from the moment it is armed until its function is about to run or it is deleted. It runs on the
 * CPU that armed it last (or where its function runs just then), with preemption off, interrupts on unless TIMER_IRQSAFE.
 * Arming orders what precedes it before the function; the end of the function is ordered before what follows a
 * del_timer_sync() that waited or found it finished.
 *
 * When: the input may let the next timer expire at any scheduling point once one is armed; by default timers expire
 * when nothing else can run, earliest first (the virtual clock then jumps to their time).
 * Model: a timer never expires before its time, and its time is exact (the kernel's wheel rounds far ones up).
 * TIMER_DEFERRABLE and TIMER_PINNED mean nothing. The timer's base lock is part of each step: no scheduling point.
 * Findings: a timer that was never initialised (lock-misuse), one whose memory is gone (use-after-free).
 */
#ifndef HOTWEAVE_LINUX_TIMER_H
#define HOTWEAVE_LINUX_TIMER_H

#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/types.h>
#include <time.h> /* libc has a timer_delete() of its own: before the macro */

#ifdef __cplusplus
extern "C" {
#endif

struct timer_list {
	struct hlist_node entry;  /* pprev is not NULL while it is pending; otherwise the runtime's */
	unsigned long expires;    /* jiffies; written by the caller before add_timer() */
	void (*function)(struct timer_list *timer);
	u32 flags;
	struct lockdep_map lockdep_map;
};

#define TIMER_CPUMASK 0x0003FFFF
#define TIMER_MIGRATING 0x00040000
#define TIMER_BASEMASK (TIMER_CPUMASK | TIMER_MIGRATING)
#define TIMER_DEFERRABLE 0x00080000
#define TIMER_PINNED 0x00100000
#define TIMER_IRQSAFE 0x00200000 /* the function runs with interrupts off */
#define TIMER_INIT_FLAGS (TIMER_DEFERRABLE | TIMER_PINNED | TIMER_IRQSAFE)

#define NEXT_TIMER_MAX_DELTA ((1UL << 30) - 1)

/* What an initialised timer that is not pending has in entry.next. */
#define HOTWEAVE_TIMER_INIT ((struct hlist_node *)0x200)

#define __TIMER_INITIALIZER(_function, _flags)                                                       \
	{ { HOTWEAVE_TIMER_INIT, NULL }, 0, (_function), (_flags),                                   \
	  __DEP_MAP_INIT_TYPE(timer, LD_WAIT_INV) }
/* A timer of static storage; _function takes a struct timer_list *. */
#define DEFINE_TIMER(_name, _function) \
	struct timer_list _name = __TIMER_INITIALIZER(_function, 0)

void init_timer_key(struct timer_list *timer, void (*func)(struct timer_list *), unsigned int flags,
		    const char *name, struct lock_class_key *key);

/* Initialises a timer that is not pending. Any context. Not a scheduling point. */
#define timer_setup(timer, callback, flags)                                                          \
	do {                                                                                         \
		static struct lock_class_key __key;                                                  \
		init_timer_key((timer), (callback), (flags), #timer, &__key);                        \
	} while (0)
#define timer_setup_on_stack(timer, callback, flags) timer_setup(timer, callback, flags)
/* Ends the life of a timer on the stack: a finding of kind use-after-free if it is pending or running. */
void destroy_timer_on_stack(struct timer_list *timer);

#define from_timer(var, callback_timer, timer_fieldname) \
	container_of(callback_timer, typeof(*var), timer_fieldname)

/* True while it is pending; unlocked. Any context. Scheduling point. */
int timer_pending(const struct timer_list *timer);

/* Arms a timer that is not pending (assertion) for timer->expires. Any context. Scheduling point. */
void add_timer(struct timer_list *timer);
/* The same; it runs on `cpu`. */
void add_timer_on(struct timer_list *timer, int cpu);

/*
 * Arms a timer or moves a pending one; 1 if it was pending, else 0. Safe against each other and against the
 * function. A pending timer with that very time is left as it is, and nothing is ordered.
 * Any context. Scheduling point. A timer that was shut down stays so: 0 (before 6.2: an assertion).
 */
int mod_timer(struct timer_list *timer, unsigned long expires);
/* Moves a pending timer; one that is not pending stays so. */
int mod_timer_pending(struct timer_list *timer, unsigned long expires);
/* As mod_timer(), but only ever to an earlier time. */
int timer_reduce(struct timer_list *timer, unsigned long expires);

/* Disarms it; 1 if it was pending, else 0. The function may be running. Any context. Scheduling point. */
int del_timer(struct timer_list *timer);
#define timer_delete(timer) del_timer(timer)

/*
 * Disarms it and waits, spinning, until the function does not run on any CPU; 1 if it was pending.
 * Context: any but a hard interrupt (assertion), unless TIMER_IRQSAFE. The caller must hold nothing that the function
 * takes (lockdep knows: a lock map per timer class; a deadlock if it happens), and must not be the function.
 * Scheduling points: before; while it spins.
 */
int del_timer_sync(struct timer_list *timer);
#define timer_delete_sync(timer) del_timer_sync(timer)
#define del_singleshot_timer_sync(timer) del_timer_sync(timer)
/* One try of the same: -1 if the function runs just now. */
int try_to_del_timer_sync(struct timer_list *timer);

/* As timer_delete() and timer_delete_sync(), and it can never be armed again without timer_setup(). */
int timer_shutdown(struct timer_list *timer);
int timer_shutdown_sync(struct timer_list *timer);

/* Rounds to a whole second, never into the past; the _up forms only upwards.
 * Model: not spread over CPUs. */
unsigned long round_jiffies(unsigned long j);
unsigned long round_jiffies_relative(unsigned long j);
unsigned long round_jiffies_up(unsigned long j);
unsigned long round_jiffies_up_relative(unsigned long j);
#define __round_jiffies(j, cpu) ((void)(cpu), round_jiffies(j))
#define __round_jiffies_relative(j, cpu) ((void)(cpu), round_jiffies_relative(j))
#define __round_jiffies_up(j, cpu) ((void)(cpu), round_jiffies_up(j))
#define __round_jiffies_up_relative(j, cpu) ((void)(cpu), round_jiffies_up_relative(j))

#ifdef __cplusplus
}
#endif
#endif
