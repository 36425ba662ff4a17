/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Local locks: names for sections with preemption or interrupts off that protect per-CPU data. Follows
 * include/linux/local_lock.h and local_lock_internal.h of Linux 6.1 (not PREEMPT_RT).
 *
 * A local_lock_t is a per-CPU variable; the functions take its per-CPU address (`&pcpu_data.lock`) and act on this
 * CPU's copy. Nothing waits: what keeps others out is preemption (interrupts) off. lockdep and the held-lock
 * assertions know the copy as a lock. Taken while its CPU's copy is held, or released by another than its owner:
 * finding lock-misuse, as the kernel's DEBUG_LOCKS_WARN_ON().
 *
 * Context: any, as preempt_disable() and local_irq_disable(). Scheduling points: those of the ends of the sections.
 */
#ifndef HOTWEAVE_LINUX_LOCAL_LOCK_H
#define HOTWEAVE_LINUX_LOCAL_LOCK_H

#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>
#include <linux/typecheck.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	struct lockdep_map dep_map;
	struct task_struct *owner;
} local_lock_t;

#define INIT_LOCAL_LOCK(lockname) \
	{ { NULL, { NULL, NULL }, #lockname, LD_WAIT_INV, LD_WAIT_CONFIG, LD_LOCK_PERCPU }, NULL }

/* For a lock in memory of alloc_percpu(): each copy by itself. Any context. */
void hotweave_local_lock_init(local_lock_t *lock, const char *name, struct lock_class_key *key);
#define local_lock_init(lock)                                             \
	do {                                                              \
		static struct lock_class_key __key;                       \
		hotweave_local_lock_init((lock), #lock, &__key);          \
	} while (0)

/* The runtime's part, on this CPU's copy. */
void hotweave_local_lock_acquire(local_lock_t *lock);
void hotweave_local_lock_release(local_lock_t *lock);

#define local_lock(lock)                                                \
	do {                                                            \
		preempt_disable();                                      \
		hotweave_local_lock_acquire(this_cpu_ptr(lock));        \
	} while (0)
#define local_unlock(lock)                                              \
	do {                                                            \
		hotweave_local_lock_release(this_cpu_ptr(lock));        \
		preempt_enable();                                       \
	} while (0)

#define local_lock_irq(lock)                                            \
	do {                                                            \
		local_irq_disable();                                    \
		hotweave_local_lock_acquire(this_cpu_ptr(lock));        \
	} while (0)
#define local_unlock_irq(lock)                                          \
	do {                                                            \
		hotweave_local_lock_release(this_cpu_ptr(lock));        \
		local_irq_enable();                                     \
	} while (0)

#define local_lock_irqsave(lock, flags)                                 \
	do {                                                            \
		local_irq_save(flags);                                  \
		hotweave_local_lock_acquire(this_cpu_ptr(lock));        \
	} while (0)
#define local_unlock_irqrestore(lock, flags)                            \
	do {                                                            \
		hotweave_local_lock_release(this_cpu_ptr(lock));        \
		local_irq_restore(flags);                               \
	} while (0)

#ifdef __cplusplus
}
#endif
#endif
