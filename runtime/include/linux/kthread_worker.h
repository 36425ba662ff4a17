/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Works that one kernel thread runs, one after the other: the part of <linux/kthread.h> about struct kthread_worker.
 * Include that. Follows include/linux/kthread.h and kernel/kthread.c of Linux 6.1.
 *
 * A work is queued until its function is about to run; queueing it meanwhile, or while it is being cancelled, does
 * nothing. It belongs to one worker (assertion). Its function may queue it again, and may free it. What precedes the
 * queueing happens before the function, the end of the function before the return of whoever flushes or cancels it.
 * lockdep: worker->lock alone, a raw spinlock, taken with interrupts off; there are no lock maps of works, so that
 * a flush that can never end is found when it happens (hung-task).
 * Context: queueing: any; flushing, cancelling, creating, destroying: may sleep (checked). Scheduling points: each
 * function but the initialisers.
 * Model: what the worker does under its lock is one step. An idle worker is not hung.
 */
#ifndef HOTWEAVE_LINUX_KTHREAD_WORKER_H
#define HOTWEAVE_LINUX_KTHREAD_WORKER_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kthread_work;
typedef void (*kthread_work_func_t)(struct kthread_work *work);

enum {
	KTW_FREEZABLE = 1 << 0, /* the freezer holds the worker, between works */
};

struct kthread_worker {
	unsigned int flags;
	raw_spinlock_t lock;
	struct list_head work_list;
	struct list_head delayed_work_list;
	struct task_struct *task;
	struct kthread_work *current_work;
};

struct kthread_work {
	struct list_head node;
	kthread_work_func_t func;
	struct kthread_worker *worker; /* of the latest queueing */
	int canceling;                 /* so many cancel it: it cannot be queued */
};

struct kthread_delayed_work {
	struct kthread_work work;
	struct timer_list timer;
};

#define KTHREAD_WORKER_INIT(worker)                                                                          \
	{ 0, __RAW_SPIN_LOCK_INITIALIZER((worker).lock), LIST_HEAD_INIT((worker).work_list),                 \
	  LIST_HEAD_INIT((worker).delayed_work_list), NULL, NULL }
#define KTHREAD_WORK_INIT(work, fn) { LIST_HEAD_INIT((work).node), (fn), NULL, 0 }
#define KTHREAD_DELAYED_WORK_INIT(dwork, fn) \
	{ KTHREAD_WORK_INIT((dwork).work, (fn)), __TIMER_INITIALIZER(kthread_delayed_work_timer_fn, TIMER_IRQSAFE) }

#define DEFINE_KTHREAD_WORKER(worker) struct kthread_worker worker = KTHREAD_WORKER_INIT(worker)
#define DEFINE_KTHREAD_WORK(work, fn) struct kthread_work work = KTHREAD_WORK_INIT(work, fn)
#define DEFINE_KTHREAD_DELAYED_WORK(dwork, fn) struct kthread_delayed_work dwork = KTHREAD_DELAYED_WORK_INIT(dwork, fn)
#define DEFINE_KTHREAD_WORKER_ONSTACK(worker) \
	struct kthread_worker worker;         \
	kthread_init_worker(&worker)

/* Initialises a worker that has no thread; its lock's class is the place of the call. Any context. */
void __kthread_init_worker(struct kthread_worker *worker, const char *name, struct lock_class_key *key);
#define kthread_init_worker(worker)                                                     \
	do {                                                                            \
		static struct lock_class_key __key;                                     \
		__kthread_init_worker((worker), "(" #worker ")->lock", &__key);         \
	} while (0)

static inline void hotweave_kthread_init_work(struct kthread_work *work, kthread_work_func_t fn)
{
	INIT_LIST_HEAD(&work->node);
	work->func = fn;
	work->worker = NULL;
	work->canceling = 0;
}
/* A work that is not queued. */
#define kthread_init_work(work, fn) hotweave_kthread_init_work((work), (fn))
#define kthread_init_delayed_work(dwork, fn)                                                           \
	do {                                                                                           \
		kthread_init_work(&(dwork)->work, (fn));                                               \
		timer_setup(&(dwork)->timer, kthread_delayed_work_timer_fn, TIMER_IRQSAFE);            \
	} while (0)

/* What the thread of a worker runs: until kthread_stop(), which must not come while works are queued. */
int kthread_worker_fn(void *worker_ptr);
void kthread_delayed_work_timer_fn(struct timer_list *t);

/* True if it was not queued. _delayed: after so many jiffies. */
bool kthread_queue_work(struct kthread_worker *worker, struct kthread_work *work);
bool kthread_queue_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay);
/* Queues it for another time; true if it was queued or another task modifies or cancels it just now. */
bool kthread_mod_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay);

/* Waits until the work, if it is queued (not: delayed) or runs, has run; all works queued so far. */
void kthread_flush_work(struct kthread_work *work);
void kthread_flush_worker(struct kthread_worker *worker);

/* Not queued and not running any more, unless queued anew; true if it was queued (false, as in the kernel, if the timer of a
 * delayed one fired while this waited for it). */
bool kthread_cancel_work_sync(struct kthread_work *work);
bool kthread_cancel_delayed_work_sync(struct kthread_delayed_work *work);

/* Runs what is queued, ends the thread and frees a worker that kthread_create_worker() made. Nobody may queue to it
 * any more, and no delayed work may be left: its timer would use freed memory. */
void kthread_destroy_worker(struct kthread_worker *worker);

/* For the macros below. */
static inline struct kthread_worker *hotweave_kthread_alloc_worker(unsigned int flags)
{
	struct kthread_worker *worker = (struct kthread_worker *)kzalloc(sizeof(*worker), GFP_KERNEL);

	if (!worker)
		return (struct kthread_worker *)ERR_PTR(-ENOMEM);
	kthread_init_worker(worker);
	worker->flags = flags;
	return worker;
}
struct kthread_worker *hotweave_kthread_start_worker(struct kthread_worker *worker, struct task_struct *task, int cpu);

/* A worker with its thread; the name is printf-like. ERR_PTR(-ENOMEM) if an allocation failed. _on_cpu: bound. */
#define hotweave_kthread_create_worker(cpu, flags, namefmt, ...)                                                 \
	({                                                                                                       \
		struct kthread_worker *__worker = hotweave_kthread_alloc_worker(flags);                          \
		if (!IS_ERR(__worker))                                                                           \
			hotweave_kthread_start_worker(                                                           \
				__worker, kthread_create(kthread_worker_fn, __worker, namefmt, ##__VA_ARGS__), (cpu)); \
		__worker;                                                                                        \
	})
#define kthread_create_worker(flags, namefmt, ...) hotweave_kthread_create_worker(-1, flags, namefmt, ##__VA_ARGS__)
#define kthread_create_worker_on_cpu(cpu, flags, namefmt, ...) \
	hotweave_kthread_create_worker((cpu), flags, namefmt, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
