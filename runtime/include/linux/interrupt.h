/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Interrupt handlers, softirqs, tasklets. Follows include/linux/interrupt.h, kernel/irq/manage.c and
 * kernel/softirq.c of Linux 6.1.
 *
 * A device is the target's: hotweave_fire_irq() of <hotweave/target.h> raises its interrupt on a CPU of the input's
 * choice. A handler runs in hardirq context on top of whatever is on that CPU, a softirq in softirq context; hard
 * interrupts may come on top of softirqs, nothing else nests.
 */
#ifndef HOTWEAVE_LINUX_INTERRUPT_H
#define HOTWEAVE_LINUX_INTERRUPT_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bottom_half.h>
#include <linux/container_of.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/irqreturn.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Interrupt lines --------------------------------------------------------------------------- */

#define NR_IRQS 64
#define IRQF_SHARED 0x00000080
#define IRQF_ONESHOT 0x00002000   /* stays off until the thread is done */
#define IRQF_NO_THREAD 0x00010000
#define IRQF_NO_AUTOEN 0x00080000 /* off until enable_irq() */
#define IRQF_TRIGGER_NONE 0x00000000
#define IRQF_TRIGGER_RISING 0x00000001
#define IRQF_TRIGGER_FALLING 0x00000002
#define IRQF_TRIGGER_HIGH 0x00000004
#define IRQF_TRIGGER_LOW 0x00000008

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

/*
 * Adds a handler to a line; from now on the line's interrupts run it (unless IRQF_NO_AUTOEN). With IRQF_SHARED
 * (all of the line, dev_id not NULL) several handlers share it: all run, in the order of their requests.
 * 0; -EINVAL for a bad line, no handler, or sharing without dev_id; -EBUSY if the line is taken. What precedes it
 * happens before the handler. Handlers of one line never run concurrently, those of different CPUs neither.
 * Context: may sleep. Scheduling point.
 */
int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn, unsigned long flags,
			 const char *name, void *dev);
static inline int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
			      void *dev)
{
	return request_threaded_irq(irq, handler, NULL, flags, name, dev);
}

/*
 * Takes the handler away and waits until it does not run any more, its thread included; what it did happens before
 * the return. Returns the name it was requested with; NULL, with a WARN (assertion), if there is no such handler.
 * Context: may sleep; not in the handler (deadlock). Scheduling points.
 */
const void *free_irq(unsigned int irq, void *dev_id);

/*
 * disable_irq() also waits for running handlers. An interrupt that comes meanwhile is kept (one of them) and handled
 * after the enable_irq() that makes the depth 0. Nest. enable_irq() too often: a WARN (assertion).
 * Context: disable_irq() may sleep and not in the handler, the others any. Scheduling points.
 */
void disable_irq_nosync(unsigned int irq);
void disable_irq(unsigned int irq);
/* Waits for hard handlers only; false if a thread is still at work. */
bool disable_hardirq(unsigned int irq);
void enable_irq(unsigned int irq);

/* Waits for handlers that run now: a task that holds what one of them needs deadlocks. What they did happens before
 * the return. Context: may sleep; synchronize_hardirq() any, but not in the handler. */
void synchronize_irq(unsigned int irq);
bool synchronize_hardirq(unsigned int irq);

/* ---- Softirqs ---------------------------------------------------------------------------------- */

enum {
	HI_SOFTIRQ = 0,
	TIMER_SOFTIRQ,
	NET_TX_SOFTIRQ,
	NET_RX_SOFTIRQ,
	BLOCK_SOFTIRQ,
	IRQ_POLL_SOFTIRQ,
	TASKLET_SOFTIRQ,
	SCHED_SOFTIRQ,
	HRTIMER_SOFTIRQ,
	RCU_SOFTIRQ,
	NR_SOFTIRQS
};

struct softirq_action {
	void (*action)(struct softirq_action *);
};

/* Any context. */
void open_softirq(int nr, void (*action)(struct softirq_action *));
/*
 * Makes softirq `nr` of this CPU run: at the end of the hard interrupt or softirq it is called in (or, by a choice,
 * later), in the outermost local_bh_enable(), else at any later point at which interrupts and bottom halves of the
 * CPU are on. One run serves all raises before it, in order of numbers, lowest first. What precedes a raise happens
 * before the run. Context: any; _irqoff with interrupts off (assertion). Scheduling point, but for _irqoff.
 * Model: ksoftirqd is not a thread: its softirqs come on top of whatever runs.
 */
void raise_softirq(unsigned int nr);
void raise_softirq_irqoff(unsigned int nr);
void __raise_softirq_irqoff(unsigned int nr);
/* Bits of the softirqs of this CPU that are raised and have not begun. */
unsigned int local_softirq_pending(void);

/* ---- Tasklets ---------------------------------------------------------------------------------- */

/*
 * A function that runs in softirq context on the CPU that scheduled it, once for any number of tasklet_schedule()
 * before it begins, and never on two CPUs at once. What precedes the scheduling happens before the run, and runs
 * are ordered.
 */
struct tasklet_struct {
	struct tasklet_struct *next;
	unsigned long state;
	atomic_t count; /* depth of tasklet_disable() */
	bool use_callback;
	union {
		void (*func)(unsigned long data);
		void (*callback)(struct tasklet_struct *t);
	};
	unsigned long data;
	unsigned int clock; /* of the runtime */
};

enum {
	TASKLET_STATE_SCHED, /* scheduled */
	TASKLET_STATE_RUN    /* running */
};

#ifdef __cplusplus
#define HOTWEAVE_TASKLET(count_, use_callback_, member_, value_, data_) \
	{ NULL, 0, ATOMIC_INIT(count_), use_callback_, { .member_ = value_ }, data_, 0 }
#else
#define HOTWEAVE_TASKLET(count_, use_callback_, member_, value_, data_) \
	{ .count = ATOMIC_INIT(count_), .use_callback = use_callback_, .member_ = value_, .data = data_ }
#endif
#define DECLARE_TASKLET(name, _callback) \
	struct tasklet_struct name = HOTWEAVE_TASKLET(0, true, callback, _callback, 0)
#define DECLARE_TASKLET_DISABLED(name, _callback) \
	struct tasklet_struct name = HOTWEAVE_TASKLET(1, true, callback, _callback, 0)
#define DECLARE_TASKLET_OLD(name, _func) struct tasklet_struct name = HOTWEAVE_TASKLET(0, false, func, _func, 0)
#define DECLARE_TASKLET_DISABLED_OLD(name, _func) \
	struct tasklet_struct name = HOTWEAVE_TASKLET(1, false, func, _func, 0)
#define from_tasklet(var, callback_tasklet, tasklet_fieldname) \
	container_of(callback_tasklet, __typeof__(*var), tasklet_fieldname)

/* Any context. A tasklet in use must not be initialised. */
void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *));
void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data);

/* Any context. Scheduling points. hi: before all others. */
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_hi_schedule(struct tasklet_struct *t);

/*
 * While it is disabled (nests) it does not run, but may be scheduled. tasklet_disable() waits for a run in progress:
 * may sleep; tasklet_disable_in_atomic() spins: not in hard interrupts nor in the tasklet. _nosync: any context.
 * Model: a scheduled tasklet that is disabled waits; in the kernel the softirq polls it.
 */
void tasklet_disable_nosync(struct tasklet_struct *t);
void tasklet_disable(struct tasklet_struct *t);
void tasklet_disable_in_atomic(struct tasklet_struct *t);
void tasklet_enable(struct tasklet_struct *t);
/* Waits until it is neither scheduled nor running, and keeps others from scheduling it meanwhile: a disabled one is
 * waited for in vain (hung-task). Context: may sleep; in an interrupt a finding of kind sleep-in-atomic. */
void tasklet_kill(struct tasklet_struct *t);
/* Waits for a run in progress; may sleep. */
void tasklet_unlock_wait(struct tasklet_struct *t);

#ifdef __cplusplus
}
#endif
#endif
