/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sleepable RCU: readers of one srcu_struct (a domain), who may sleep, and grace periods that wait for them alone.
 * Follows include/linux/srcu.h and kernel/rcu/srcutree.c of Linux 6.1 (srcu_read_lock_nmisafe() and
 * srcu_down_read() are later names).
 *
 * A grace period of one domain waits for the readers of that domain that were inside when it began; readers of other
 * domains, and of RCU, do not matter to it. What waits for a grace period inside a reader of the same domain waits
 * for ever: "suspicious RCU usage" (finding assertion), with --lockdep off the deadlock itself.
 *
 * Model: the index is that of the grace periods so far, and readers are counted one by one, so a grace period never
 * waits for readers that came after its beginning (the kernel's may). Callbacks run in one kernel thread, "srcu"
 * (the kernel: works of rcu_gp_wq, one per CPU), with bottom halves off, each at a time that the input decides.
 */
#ifndef HOTWEAVE_LINUX_SRCU_H
#define HOTWEAVE_LINUX_SRCU_H

#include <linux/lockdep.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Engine state of a domain of grace periods. Written by the runtime only; zero is the state at rest. */
struct hotweave_grace {
	unsigned int readers_done; /* clock: sections that are over */
	unsigned int starts; /* clock: what preceded the beginnings of grace periods that have ended */
	unsigned int ends; /* clock: what these were ordered after */
	unsigned int callbacks_done; /* clock: callbacks that have returned */
	unsigned int started, ended; /* numbers of the latest grace periods */
};

struct srcu_struct {
	unsigned int magic;
	struct hotweave_grace grace;
	struct lockdep_map dep_map;
};

#define HOTWEAVE_SRCU_MAGIC 0x53524355u
#define __SRCU_STRUCT_INIT(name) \
	{ HOTWEAVE_SRCU_MAGIC, { 0, 0, 0, 0, 0, 0 }, __DEP_MAP_INIT_TYPE(name, LD_WAIT_INV) }
#define DEFINE_SRCU(name) struct srcu_struct name = __SRCU_STRUCT_INIT(name)
#define DEFINE_STATIC_SRCU(name) static DEFINE_SRCU(name)

/*
 * Initialises a domain; its lockdep class is the place of this call. 0. (The kernel: -ENOMEM if it has no memory for
 * the per-CPU counters; a choice of the input is not made of that.) Context: may sleep.
 */
#define init_srcu_struct(ssp)                                                     \
	({                                                                        \
		static struct lock_class_key __srcu_key;                          \
		__init_srcu_struct((ssp), #ssp, &__srcu_key);                     \
	})
int __init_srcu_struct(struct srcu_struct *ssp, const char *name, struct lock_class_key *key);

/*
 * Ends a domain's life. No reader may be inside, and every callback must have run (srcu_barrier()): finding assertion
 * as the kernel's WARN_ON. Context: may sleep.
 */
void cleanup_srcu_struct(struct srcu_struct *ssp);

/*
 * Enters a reader; the index is for srcu_read_unlock() by the same task. Nests; sections may overlap. Context: any.
 * Scheduling point: before.
 */
int srcu_read_lock(struct srcu_struct *ssp);
/* Leaves it. Finding lock-misuse if the task has no such section. Context: any. Scheduling point: before. */
void srcu_read_unlock(struct srcu_struct *ssp, int idx);
#define srcu_read_lock_notrace(ssp) srcu_read_lock(ssp)
#define srcu_read_unlock_notrace(ssp, idx) srcu_read_unlock((ssp), (idx))
#define srcu_read_lock_nmisafe(ssp) srcu_read_lock(ssp)
#define srcu_read_unlock_nmisafe(ssp, idx) srcu_read_unlock((ssp), (idx))

/* Whether the current task is a reader of the domain; with --lockdep off always 1. Any context. */
int srcu_read_lock_held(const struct srcu_struct *ssp);

/*
 * Waits until every reader of the domain that is inside now has left. Orders what precedes the call before readers
 * that begin later, and what those readers did before what follows. Context: may sleep; not inside a reader of the
 * domain or of RCU. Scheduling points: before; while it waits.
 */
void synchronize_srcu(struct srcu_struct *ssp);
void synchronize_srcu_expedited(struct srcu_struct *ssp);

/* Has func(head) called after such a grace period, with bottom halves off. Context: any. Scheduling point: before. */
void call_srcu(struct srcu_struct *ssp, struct rcu_head *head, void (*func)(struct rcu_head *head));
/* Waits until every callback queued in the domain so far has returned. Context: may sleep. */
void srcu_barrier(struct srcu_struct *ssp);

/*
 * Polling: a cookie for the grace period that begins at the earliest now (start_: and begins it); whether it has
 * ended, in which case the caller is ordered after it. Context: any. Scheduling point: poll_, before.
 */
unsigned long get_state_synchronize_srcu(struct srcu_struct *ssp);
unsigned long start_poll_synchronize_srcu(struct srcu_struct *ssp);
bool poll_state_synchronize_srcu(struct srcu_struct *ssp, unsigned long cookie);
/* Completed grace periods. */
unsigned long srcu_batches_completed(struct srcu_struct *ssp);

/*
 * A pointer protected by the domain, as rcu_dereference(): a finding of kind missing-lock unless the task is a reader
 * of it (or c holds).
 */
#define srcu_dereference_check(p, ssp, c) \
	__rcu_dereference_check((p), (c) || srcu_read_lock_held(ssp), "srcu_read_lock()")
#define srcu_dereference(p, ssp) srcu_dereference_check((p), (ssp), 0)
#define srcu_dereference_notrace(p, ssp) srcu_dereference_check((p), (ssp), 1)

#ifdef __cplusplus
}
#endif

#include <linux/rcupdate.h>

#endif
