/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Workqueues: functions that kernel threads ("workers") run later. Follows include/linux/workqueue.h and
 * kernel/workqueue.c of Linux 6.1.
 *
 * A work is pending from queue_work() until its function is about to run; while it is, queueing it again does nothing.
 * It never runs twice at a time, unless it is queued to another workqueue, or initialised again, while it runs. The
 * function may queue its own work, and may free it.
 *
 * Works go to a pool of workers: without WQ_UNBOUND that of a CPU (there is a second one for WQ_HIGHPRI), with it one
 * that serves all CPUs. In a pool of a CPU one worker runs works at a time; when it sleeps in one, another goes on with
 * the next (WQ_CPU_INTENSIVE works do not count). Of one workqueue at most max_active works are begun per pool; an
 * ordered one begins one work at a time, in the order of queueing. Workers are called as in the kernel: kworker/0:1,
 * kworker/0:0H, kworker/u6:0; they appear with the first work of a pool, and wait for work without being hung.
 *
 * Memory for another worker may be missing if the input says so (never by default), or the target does (hotweave_worker_memory()); the pool then tries again after a
 * second of virtual time, and after 10 ms the rescuer of each WQ_MEM_RECLAIM workqueue runs that workqueue's works.
 *
 * Order: what precedes queue_work(), even one that finds the work pending, precedes the start of the execution that
 * follows; the end of an execution precedes the work's next start, and the return of whoever flushes or cancels it.
 * Works on one workqueue with max_active 1 are ordered likewise, and works of one CPU's pool that did not overlap.
 *
 * lockdep: a function runs inside the maps of its workqueue and its work (the workqueue's for read in 4.13); flushing
 * and cancelling take and release them as that kernel version does. A flush that can never end is a deadlock: of a work
 * from itself, under a lock that the work takes, of a later work of the same ordered workqueue.
 *
 * Findings besides: a work that was never initialised, or is initialised while pending (lock-misuse); a destroyed
 * workqueue, a pending work whose stack frame is left (use-after-free); a function that returns with a lock held or
 * preemption off (lock-leak); flushing a workqueue without WQ_MEM_RECLAIM from one with it or with PF_MEMALLOC,
 * queueing from outside to one that is being drained (assertion, the kernel's WARN).
 *
 * Context of all functions: any, where nothing else is said. All are scheduling points.
 * Model: allocations of workqueues do not fail; idle workers do not end; niceness has no effect; one node. A delayed
 * work that queues itself for ever keeps the execution alive: cancel it at the end.
 */
#ifndef HOTWEAVE_LINUX_WORKQUEUE_H
#define HOTWEAVE_LINUX_WORKQUEUE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/threads.h>
#include <linux/timer.h>

#ifdef __cplusplus
extern "C" {
#endif

struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	atomic_long_t data;      /* bit 0: pending; the rest is the runtime's */
	struct list_head entry;  /* always empty here */
	work_func_t func;
	struct lockdep_map lockdep_map;
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	/* where the timer queues it */
	struct workqueue_struct *wq;
	int cpu;
};

struct execute_work {
	struct work_struct work;
};

struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
	/* where the end of the grace period queues it */
	struct workqueue_struct *wq;
};

#define work_data_bits(work) ((unsigned long *)(&(work)->data))

enum {
	WORK_STRUCT_PENDING_BIT = 0,
	WORK_STRUCT_PENDING = 1 << WORK_STRUCT_PENDING_BIT,
	WORK_STRUCT_NO_POOL = 0,

	/* No CPU: the one it is queued on, or any. */
	WORK_CPU_UNBOUND = NR_CPUS,

	/* work_busy() */
	WORK_BUSY_PENDING = 1 << 0,
	WORK_BUSY_RUNNING = 1 << 1,

	WORKER_DESC_LEN = 24,
};

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

static inline struct rcu_work *to_rcu_work(struct work_struct *work)
{
	return container_of(work, struct rcu_work, work);
}

/* What workers of an unbound workqueue are like. */
struct workqueue_attrs {
	int nice;
	cpumask_var_t cpumask; /* where they may run */
	bool no_numa;          /* no meaning here */
};

/* ---- Initialising works ------------------------------------------------------------------------- */

#define WORK_DATA_INIT() ATOMIC_LONG_INIT((unsigned long)WORK_STRUCT_NO_POOL)
#define WORK_DATA_STATIC_INIT() WORK_DATA_INIT()

/* A static work is a lock class of its own: the key is the work. */
#define __WORK_INITIALIZER(n, f) \
	{ WORK_DATA_STATIC_INIT(), { &(n).entry, &(n).entry }, (f), \
	  { (struct lock_class_key *)&(n), { NULL, NULL }, #n, LD_WAIT_INV, LD_WAIT_INV, LD_LOCK_NORMAL } }
#define __DELAYED_WORK_INITIALIZER(n, f, tflags) \
	{ __WORK_INITIALIZER((n).work, (f)), \
	  __TIMER_INITIALIZER(delayed_work_timer_fn, (tflags) | TIMER_IRQSAFE), NULL, 0 }

#define DECLARE_WORK(n, f) struct work_struct n = __WORK_INITIALIZER(n, f)
#define DECLARE_DELAYED_WORK(n, f) struct delayed_work n = __DELAYED_WORK_INITIALIZER(n, f, 0)
#define DECLARE_DEFERRABLE_WORK(n, f) struct delayed_work n = __DELAYED_WORK_INITIALIZER(n, f, TIMER_DEFERRABLE)

void __init_work(struct work_struct *work, int onstack);
void hotweave_init_work_map(struct work_struct *work, const char *name, struct lock_class_key *key);
void delayed_work_timer_fn(struct timer_list *t);

/* Initialises a work that is not pending; its lock class is the place of this call. Not a scheduling point, but
 * its stores are. */
#define __INIT_WORK(_work, _func, _onstack)                                                     \
	do {                                                                                    \
		static struct lock_class_key __key;                                             \
		__init_work((_work), _onstack);                                                 \
		(_work)->data.counter = (long)WORK_STRUCT_NO_POOL;                              \
		hotweave_init_work_map((_work), "(work_completion)" #_work, &__key);            \
		INIT_LIST_HEAD(&(_work)->entry);                                                \
		(_work)->func = (_func);                                                        \
	} while (0)
#define INIT_WORK(_work, _func) __INIT_WORK((_work), (_func), 0)
/* Ends with destroy_work_on_stack(). */
#define INIT_WORK_ONSTACK(_work, _func) __INIT_WORK((_work), (_func), 1)

#define __INIT_DELAYED_WORK(_work, _func, _tflags)                                              \
	do {                                                                                    \
		INIT_WORK(&(_work)->work, (_func));                                             \
		timer_setup(&(_work)->timer, delayed_work_timer_fn, (_tflags) | TIMER_IRQSAFE); \
	} while (0)
#define __INIT_DELAYED_WORK_ONSTACK(_work, _func, _tflags)                                      \
	do {                                                                                    \
		INIT_WORK_ONSTACK(&(_work)->work, (_func));                                     \
		timer_setup_on_stack(&(_work)->timer, delayed_work_timer_fn, (_tflags) | TIMER_IRQSAFE); \
	} while (0)
#define INIT_DELAYED_WORK(_work, _func) __INIT_DELAYED_WORK(_work, _func, 0)
#define INIT_DELAYED_WORK_ONSTACK(_work, _func) __INIT_DELAYED_WORK_ONSTACK(_work, _func, 0)
#define INIT_DEFERRABLE_WORK(_work, _func) __INIT_DELAYED_WORK(_work, _func, TIMER_DEFERRABLE)
#define INIT_DEFERRABLE_WORK_ONSTACK(_work, _func) __INIT_DELAYED_WORK_ONSTACK(_work, _func, TIMER_DEFERRABLE)

#define INIT_RCU_WORK(_work, _func) INIT_WORK(&(_work)->work, (_func))
#define INIT_RCU_WORK_ONSTACK(_work, _func) INIT_WORK_ONSTACK(&(_work)->work, (_func))

/* End the life of works on the stack: a finding of kind use-after-free if they are pending. */
void destroy_work_on_stack(struct work_struct *work);
void destroy_delayed_work_on_stack(struct delayed_work *work);

/* Unlocked looks at the pending bit: marked loads that order nothing. */
#define work_pending(work) test_bit(WORK_STRUCT_PENDING_BIT, work_data_bits(work))
#define delayed_work_pending(w) work_pending(&(w)->work)

/* ---- Workqueues --------------------------------------------------------------------------------- */

enum {
	WQ_UNBOUND = 1 << 1,          /* of no CPU */
	WQ_FREEZABLE = 1 << 2,        /* begins no work while workqueues are frozen */
	WQ_MEM_RECLAIM = 1 << 3,      /* has a rescuer */
	WQ_HIGHPRI = 1 << 4,          /* a pool of its own */
	WQ_CPU_INTENSIVE = 1 << 5,    /* its works do not keep others of the pool from running */
	WQ_SYSFS = 1 << 6,            /* no meaning here */
	WQ_POWER_EFFICIENT = 1 << 7,  /* no meaning here: wq_power_efficient is off, as by default */

	__WQ_DRAINING = 1 << 16,
	__WQ_ORDERED = 1 << 17,
	__WQ_LEGACY = 1 << 18,
	__WQ_ORDERED_EXPLICIT = 1 << 19,

	WQ_MAX_ACTIVE = 512,
	WQ_MAX_UNBOUND_PER_CPU = 4,
	WQ_DFL_ACTIVE = WQ_MAX_ACTIVE / 2,
};
#define WQ_UNBOUND_MAX_ACTIVE WQ_MAX_ACTIVE /* the larger of WQ_MAX_ACTIVE and 4 for each CPU */

/* The system's workqueues: "events", "events_highpri", … */
extern struct workqueue_struct *system_wq;
extern struct workqueue_struct *system_highpri_wq;
extern struct workqueue_struct *system_long_wq;
extern struct workqueue_struct *system_unbound_wq;
extern struct workqueue_struct *system_freezable_wq;
extern struct workqueue_struct *system_power_efficient_wq;
extern struct workqueue_struct *system_freezable_power_efficient_wq;
/* WQ_MEM_RECLAIM, for what is drained from CPUs: lru_add_drain_all() … (declared in mm/internal.h in the kernel). */
extern struct workqueue_struct *mm_percpu_wq;

/*
 * Makes a workqueue called by `fmt` and what follows max_active. max_active: 0 stands for WQ_DFL_ACTIVE. An unbound one
 * with max_active 1 is ordered. Before 5.1 all workqueues made by one call are one lock class. Context: may sleep.
 */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
	__attribute__((format(printf, 1, 4)));
#define alloc_ordered_workqueue(fmt, flags, args...) \
	alloc_workqueue(fmt, WQ_UNBOUND | __WQ_ORDERED | __WQ_ORDERED_EXPLICIT | (flags), 1, ##args)
#define create_workqueue(name) alloc_workqueue("%s", __WQ_LEGACY | WQ_MEM_RECLAIM, 1, (name))
#define create_freezable_workqueue(name) \
	alloc_workqueue("%s", __WQ_LEGACY | WQ_FREEZABLE | WQ_UNBOUND | WQ_MEM_RECLAIM, 1, (name))
#define create_singlethread_workqueue(name) alloc_ordered_workqueue("%s", __WQ_LEGACY | WQ_MEM_RECLAIM, name)

/* Drains it, then no function may be called with it; a delayed work that queues itself there later is a finding of
 * kind use-after-free. Context: may sleep. */
void destroy_workqueue(struct workqueue_struct *wq);

struct workqueue_attrs *alloc_workqueue_attrs(void);
void free_workqueue_attrs(struct workqueue_attrs *attrs);
/* For unbound workqueues that were not made ordered; works that are queued later. 0. Context: may sleep. */
int apply_workqueue_attrs(struct workqueue_struct *wq, const struct workqueue_attrs *attrs);
void workqueue_set_max_active(struct workqueue_struct *wq, int max_active);

/* ---- Queueing ----------------------------------------------------------------------------------- */

/*
 * Queues a work: true; false if it was pending. A full barrier in both cases. On CPU `cpu` (which the caller keeps
 * online; if it is down the work runs somewhere else), or on the current one for WORK_CPU_UNBOUND.
 */
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work);
/* The same after `delay` jiffies, by a timer; 0 is at once. */
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *work, unsigned long delay);
/* The same, or moves the time if it is pending, whether its timer is armed or it is queued: true then. */
bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay);
/* The same after a grace period, by call_rcu(). Only flush_rcu_work() waits for it; it cannot be taken back. */
bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork);
static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

static inline bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

static inline bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned long delay)
{
	return mod_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}

static inline bool schedule_work_on(int cpu, struct work_struct *work)
{
	return queue_work_on(cpu, system_wq, work);
}

static inline bool schedule_work(struct work_struct *work)
{
	return queue_work(system_wq, work);
}

static inline bool schedule_delayed_work_on(int cpu, struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work_on(cpu, system_wq, dwork, delay);
}

static inline bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work(system_wq, dwork, delay);
}

/* ---- Waiting and taking back -------------------------------------------------------------------- */

/* Waits until every work that was queued before has run. Context: may sleep. */
void __flush_workqueue(struct workqueue_struct *wq);
#define flush_workqueue(wq) __flush_workqueue(wq)
#define flush_scheduled_work() __flush_workqueue(system_wq)
/* The same until it is empty; meanwhile only its own works may queue works there. Context: may sleep. */
void drain_workqueue(struct workqueue_struct *wq);

/* Waits until the latest queueing of the work has run: true; false if it was idle. An armed timer counts as idle.
 * Context: may sleep. */
bool flush_work(struct work_struct *work);
/* Queues it now if the timer is armed, then the same. */
bool flush_delayed_work(struct delayed_work *dwork);

/* Waits for the grace period and the work: true if it was pending or ran. Context: may sleep. */
bool flush_rcu_work(struct rcu_work *rwork);

/* Takes a pending work back; it may be running. True if it was pending. */
bool cancel_work(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dwork);
/* The same, then waits until it does not run; queueing it meanwhile, by itself too, does nothing.
 * Context: may sleep. */
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work_sync(struct delayed_work *dwork);

/* ---- Functions by way of works ------------------------------------------------------------------ */

/* Runs func on every online CPU and waits for all, under cpus_read_lock(); -ENOMEM if memory is missing.
 * Context: may sleep. */
int schedule_on_each_cpu(work_func_t func);
/* fn(arg) on CPU `cpu`; what it returned. safe: -ENODEV if the CPU is offline, which it stays until the end.
 * Context: may sleep. */
long work_on_cpu(int cpu, long (*fn)(void *), void *arg);
long work_on_cpu_safe(int cpu, long (*fn)(void *), void *arg);
/* Calls fn at once: 0; in an interrupt it queues it: 1. */
int execute_in_process_context(work_func_t fn, struct execute_work *ew);

/* ---- Asking ------------------------------------------------------------------------------------- */

/* WORK_BUSY_*, out of date when it returns. */
unsigned int work_busy(struct work_struct *work);
/* The work that the current worker runs; NULL in other tasks. Not a scheduling point. */
struct work_struct *current_work(void);
bool current_is_workqueue_rescuer(void);
/* True if works wait for max_active. */
bool workqueue_congested(int cpu, struct workqueue_struct *wq);
/* Says what the current work is about; for debuggers alone. Not a scheduling point. */
void set_worker_desc(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Model: they print nothing. */
static inline void print_worker_info(const char *log_lvl, struct task_struct *task) { (void)log_lvl, (void)task; }
static inline void show_all_workqueues(void) { }
static inline void show_one_workqueue(struct workqueue_struct *wq) { (void)wq; }
static inline void wq_watchdog_touch(int cpu) { (void)cpu; }
static inline int workqueue_sysfs_register(struct workqueue_struct *wq) { (void)wq; return 0; }

/* ---- For the CPU hotplug state machine and the freezer ------------------------------------------- */

/* States of 6.1: CPUHP_WORKQUEUE_PREP; CPUHP_AP_WORKQUEUE_ONLINE on that CPU: from offline to online the workers of
 * `cpu` may run anywhere, and its works do not wait for each other. */
int workqueue_prepare_cpu(unsigned int cpu);
int workqueue_online_cpu(unsigned int cpu);
int workqueue_offline_cpu(unsigned int cpu);

/* Freezable workqueues begin no work until thaw_workqueues(); busy: some have not ended yet. */
void freeze_workqueues_begin(void);
bool freeze_workqueues_busy(void);
void thaw_workqueues(void);

#ifdef __cplusplus
}
#endif
#endif
