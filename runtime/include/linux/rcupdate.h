/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Read-copy update. Follows include/linux/rcupdate.h, include/linux/rcutree.h and kernel/rcu/tree.c of Linux 6.1 with
 * CONFIG_PREEMPT_RCU and CONFIG_PROVE_RCU.
 *
 * A reader (rcu_read_lock) may be preempted but must not sleep. A grace period waits for the readers that were inside
 * when it began, not for later ones; when the last of them leaves, it has ended. From 4.20 on sections with preemption,
 * interrupts or bottom halves off and interrupt handlers are readers too. Before, there are three flavours, and a
 * grace period of one does not wait for readers of the others: rcu_read_lock() alone; _sched: preemption or interrupts
 * off; _bh: bottom halves or interrupts off.
 *
 * Callbacks run in the softirq of the CPU that queued them, in the order of their queueing, at any time after their
 * grace period that the input chooses (by default when the running task blocks or ends). All callbacks that are due
 * run before an execution ends.
 *
 * Order: see runtime/kernel/grace.h. Model: rcu_dereference() orders everything that follows it after what preceded the
 * rcu_assign_pointer() (the kernel: what depends on the value). Each request begins a grace period of its own, at
 * once (the kernel's are shared, and may begin later); kfree_rcu() frees in softirq (the kernel: in a work).
 *
 * Context of everything here: any, unless said otherwise; not a scheduling point, unless said otherwise.
 */
#ifndef HOTWEAVE_LINUX_RCUPDATE_H
#define HOTWEAVE_LINUX_RCUPDATE_H

#include <asm/barrier.h>
#include <hotweave/hooks.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/stddef.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Readers ----------------------------------------------------------------------------------- */

/*
 * Enters and leaves a reader. Nests. Leaving what was not entered: finding lock-misuse. Scheduling point: before each.
 * rcu_read_lock_bh() switches bottom halves off as well, rcu_read_lock_sched() preemption.
 */
void rcu_read_lock(void);
void rcu_read_unlock(void);
void rcu_read_lock_bh(void);
void rcu_read_unlock_bh(void);
void rcu_read_lock_sched(void);
void rcu_read_unlock_sched(void);
#define rcu_read_lock_sched_notrace() preempt_disable()
#define rcu_read_unlock_sched_notrace() preempt_enable()

/* Depth of rcu_read_lock() of the current task. */
int rcu_preempt_depth(void);
/* Always: there are no idle CPUs that RCU does not watch. */
static inline bool rcu_is_watching(void) { return true; }

/*
 * Is the current task a reader of that kind? For rcu_dereference_check() and assertions. With --lockdep off always 1,
 * as the kernel's without CONFIG_DEBUG_LOCK_ALLOC. _sched: also with preemption or interrupts off; _bh: also with
 * bottom halves or interrupts off.
 */
int rcu_read_lock_held(void);
int rcu_read_lock_bh_held(void);
int rcu_read_lock_sched_held(void);
int rcu_read_lock_any_held(void);

/* lockdep's maps of the readers and of callbacks: read-recursive, unchecked for order. Source: kernel/rcu/update.c. */
extern struct lockdep_map rcu_lock_map;
extern struct lockdep_map rcu_bh_lock_map;
extern struct lockdep_map rcu_sched_lock_map;
extern struct lockdep_map rcu_callback_map;
#define rcu_lock_acquire(map) lock_acquire((map), 0, 0, 2, 0, NULL, 0)
#define rcu_lock_release(map) lock_release((map), 0)

/* RCU_LOCKDEP_WARN(c, s): "suspicious RCU usage: s" if c holds, a finding of kind assertion. Not with --lockdep off. */
int debug_lockdep_rcu_enabled(void);
__attribute__((__noreturn__)) void hotweave_rcu_suspicious(const char *what);
__attribute__((__noreturn__)) void hotweave_rcu_unprotected(const char *expression, const char *lock);
#define RCU_LOCKDEP_WARN(c, s)                                  \
	do {                                                    \
		if (debug_lockdep_rcu_enabled() && (c))         \
			hotweave_rcu_suspicious(s);             \
	} while (0)

/* For places that may sleep: with preemptible RCU, readers with bottom halves or preemption off. */
#define rcu_sleep_check()                                                                      \
	do {                                                                                   \
		RCU_LOCKDEP_WARN(lock_is_held(&rcu_bh_lock_map),                               \
				 "Illegal context switch in RCU-bh read-side critical section"); \
		RCU_LOCKDEP_WARN(lock_is_held(&rcu_sched_lock_map),                            \
				 "Illegal context switch in RCU-sched read-side critical section"); \
	} while (0)

/* ---- Pointers ---------------------------------------------------------------------------------- */

#define RCU_INITIALIZER(v) (v)
/* In initialisers: .member = … */
#define RCU_POINTER_INITIALIZER(p, v) .p = RCU_INITIALIZER(v)

/* Publishes v: what precedes is seen by whoever gets v from rcu_dereference(). Scheduling point: before the store. */
#define rcu_assign_pointer(p, v)                        \
	do {                                            \
		smp_store_release(&(p), (v));           \
	} while (0)
/* Stores without publishing: NULL, or before anybody can look. Scheduling point. */
#define RCU_INIT_POINTER(p, v)                          \
	do {                                            \
		WRITE_ONCE(p, RCU_INITIALIZER(v));      \
	} while (0)

/*
 * The pointer, to be dereferenced. A finding of kind missing-lock unless the current task is a reader of that kind,
 * or c holds (usually lockdep_is_held(&some_lock)). Scheduling point: before the load.
 */
#define rcu_dereference(p) rcu_dereference_check(p, 0)
#define rcu_dereference_bh(p) rcu_dereference_bh_check(p, 0)
#define rcu_dereference_sched(p) rcu_dereference_sched_check(p, 0)
#define rcu_dereference_check(p, c) \
	__rcu_dereference_check((p), (c) || rcu_read_lock_held(), "rcu_read_lock()")
#define rcu_dereference_bh_check(p, c) \
	__rcu_dereference_check((p), (c) || rcu_read_lock_bh_held(), "rcu_read_lock_bh()")
#define rcu_dereference_sched_check(p, c) \
	__rcu_dereference_check((p), (c) || rcu_read_lock_sched_held(), "rcu_read_lock_sched()")
#define __rcu_dereference_check(p, c, lock)                                  \
	({                                                                   \
		if (debug_lockdep_rcu_enabled() && !(c))                     \
			hotweave_rcu_unprotected(#p, lock);                  \
		hotweave_load_as(&(p), HOTWEAVE_ACQUIRE);                    \
	})
/* Unchecked. */
#define rcu_dereference_raw(p) hotweave_load_as(&(p), HOTWEAVE_ACQUIRE)
#define rcu_dereference_raw_check(p) rcu_dereference_raw(p)
#define rcu_dereference_sched_notrace(p) rcu_dereference_raw(p)

/* For updaters, while c (that nobody else updates) holds: a plain load, whose race with another update is a data race.
 * "suspicious RCU usage" if c does not hold. */
#define rcu_dereference_protected(p, c)                                                      \
	({                                                                                   \
		RCU_LOCKDEP_WARN(!(c), "suspicious rcu_dereference_protected() usage");      \
		(__typeof__(*(p)) *)(p);                                                     \
	})

/* The pointer's value, for comparisons: must not be dereferenced. Scheduling point. */
#define rcu_access_pointer(p) READ_ONCE(p)
/* Stores ptr, yields what was there. As rcu_dereference_protected() and rcu_assign_pointer(). */
#define rcu_replace_pointer(rcu_ptr, ptr, c)                                              \
	({                                                                                \
		__typeof__(ptr) hw_old = rcu_dereference_protected((rcu_ptr), (c));       \
		rcu_assign_pointer((rcu_ptr), (ptr));                                     \
		hw_old;                                                                   \
	})
/* The pointer is protected by something else from here on. */
#define rcu_pointer_handoff(p) (p)
#define unrcu_pointer(p) (p)

/* ---- Waiting for grace periods ------------------------------------------------------------------ */

/*
 * Waits for a grace period. Inside a reader: "suspicious RCU usage" (finding assertion), or sleep-in-atomic.
 * Context: may sleep. Scheduling points: before; while it waits.
 * Model: expedited is the same. Source: synchronize_rcu(), kernel/rcu/tree.c, 6.1.
 */
void synchronize_rcu(void);
void synchronize_rcu_expedited(void);
/* What may be freed at once, may be freed after a grace period. */
#define synchronize_net() synchronize_rcu()

/*
 * Polling. get_: a cookie for the grace period that begins at the earliest now; start_: and begins it. poll_: has it
 * ended? Then the caller is ordered after it. cond_: waits for one unless it has. Context: cond_ may sleep.
 * Scheduling points: poll_ and cond_, before.
 */
unsigned long get_state_synchronize_rcu(void);
unsigned long get_completed_synchronize_rcu(void);
unsigned long start_poll_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long oldstate);
void cond_synchronize_rcu(unsigned long oldstate);
#define start_poll_synchronize_rcu_expedited() start_poll_synchronize_rcu()
#define cond_synchronize_rcu_expedited(oldstate) cond_synchronize_rcu(oldstate)
static inline bool same_state_synchronize_rcu(unsigned long oldstate1, unsigned long oldstate2)
{
	return oldstate1 == oldstate2;
}

struct rcu_gp_oldstate {
	unsigned long rgos_norm;
	unsigned long rgos_exp;
};
#define NUM_ACTIVE_RCU_POLL_FULL_OLDSTATE 4
void get_state_synchronize_rcu_full(struct rcu_gp_oldstate *rgosp);
void get_completed_synchronize_rcu_full(struct rcu_gp_oldstate *rgosp);
void start_poll_synchronize_rcu_full(struct rcu_gp_oldstate *rgosp);
bool poll_state_synchronize_rcu_full(struct rcu_gp_oldstate *rgosp);
void cond_synchronize_rcu_full(struct rcu_gp_oldstate *rgosp);

/* ---- Callbacks ----------------------------------------------------------------------------------- */

/*
 * Has func(head) called in softirq after a grace period. head must not be queued already (finding lock-misuse); the
 * callback may queue it again. A callback that sleeps: sleep-in-atomic. Context: any. Scheduling point: before.
 * Source: call_rcu(), kernel/rcu/tree.c, 6.1; call_rcu_hurry() is 6.2's.
 */
void call_rcu(struct rcu_head *head, rcu_callback_t func);
#define call_rcu_hurry(head, func) call_rcu((head), (func))
/* Waits until all callbacks queued so far, by anybody, have returned. Context: may sleep. Scheduling points: before;
 * while it waits. */
void rcu_barrier(void);

/*
 * kfree_rcu(ptr, member): kfree(ptr) after a grace period; member is a struct rcu_head of *ptr in its first 4096 bytes.
 * ptr may be NULL. Any context. With one argument (and the _mightsleep names): no rcu_head needed, may sleep.
 */
#define __is_kvfree_rcu_offset(offset) ((offset) < 4096)
#define kfree_rcu(...) kvfree_rcu(__VA_ARGS__)
#define kvfree_rcu(...) \
	hotweave_kvfree_rcu_n(__VA_ARGS__, hotweave_kvfree_rcu_2, kvfree_rcu_mightsleep, 0)(__VA_ARGS__)
#define hotweave_kvfree_rcu_n(a, b, name, ...) name
#define hotweave_kvfree_rcu_2(ptr, member)                                                          \
	do {                                                                                        \
		__typeof__(ptr) hw_ptr = (ptr);                                                     \
		if (hw_ptr) {                                                                       \
			BUILD_BUG_ON(!__is_kvfree_rcu_offset(offsetof(__typeof__(*hw_ptr), member)));\
			kvfree_call_rcu(&hw_ptr->member,                                            \
					(rcu_callback_t)(unsigned long)offsetof(__typeof__(*hw_ptr), member)); \
		}                                                                                   \
	} while (0)
#define kfree_rcu_mightsleep(ptr) kvfree_rcu_mightsleep(ptr)
#define kvfree_rcu_mightsleep(ptr)                                            \
	do {                                                                  \
		__typeof__(ptr) hw_ptr = (ptr);                               \
		if (hw_ptr)                                                   \
			kvfree_call_rcu(NULL, (rcu_callback_t)(hw_ptr));      \
	} while (0)
/* func: the offset of head in the object, or, if head is NULL, the object. */
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t func);

/* For CONFIG_DEBUG_OBJECTS_RCU_HEAD alone. */
static inline void init_rcu_head(struct rcu_head *head) { (void)head; }
static inline void destroy_rcu_head(struct rcu_head *head) { (void)head; }
static inline void init_rcu_head_on_stack(struct rcu_head *head) { (void)head; }
static inline void destroy_rcu_head_on_stack(struct rcu_head *head) { (void)head; }

/* Marks a head as never queued; whether it has been queued with f since (and not been invoked). */
static inline void rcu_head_init(struct rcu_head *rhp)
{
	rhp->func = (rcu_callback_t)~0L;
}
static inline bool rcu_head_after_call_rcu(struct rcu_head *rhp, rcu_callback_t f)
{
	rcu_callback_t func = READ_ONCE(rhp->func);

	if (func == f)
		return true;
	WARN_ON_ONCE(func != (rcu_callback_t)~0L);
	return false;
}

/* ---- Flavours of their own up to 4.19 ------------------------------------------------------------ */

/*
 * Gone since 5.1; kept for code of earlier kernels. From 4.20 on all are the plain ones.
 * Source: include/linux/rcupdate.h, kernel/rcu/tree.c, 4.14 and 4.20.
 */
void synchronize_sched(void);
void synchronize_sched_expedited(void);
void synchronize_rcu_bh(void);
void synchronize_rcu_bh_expedited(void);
void call_rcu_sched(struct rcu_head *head, rcu_callback_t func);
void call_rcu_bh(struct rcu_head *head, rcu_callback_t func);
void rcu_barrier_sched(void);
void rcu_barrier_bh(void);
unsigned long get_state_synchronize_sched(void);
void cond_synchronize_sched(unsigned long oldstate);

#ifdef __cplusplus
}
#endif
#endif
