/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reader fast paths that writers switch off. Follows include/linux/rcu_sync.h and kernel/rcu/sync.c of Linux 6.1
 * (from 5.3) and of 4.14 (before); the version of the execution decides.
 *
 * Readers, inside rcu_read_lock() or with preemption off, ask rcu_sync_is_idle(): if true no writer is about and
 * they need no lock. rcu_sync_enter() makes it false and waits a grace period, so that every reader that saw true has
 * left; rcu_sync_exit() makes it true again a grace period after the last writer's. A writer that comes in that
 * window finds the fast path still off and does not wait.
 * From 5.3 one state: IDLE, ENTER (waits), PASSED (writers), EXIT (callback pending), REPLAY (a writer came and went
 * meanwhile: another grace period). Before: gp_state IDLE, PENDING, PASSED and cb_state IDLE, PENDING, REPLAY.
 * Model: the callback's grace period is a timer of the virtual clock that waits for the sections with preemption or
 * interrupts off and the RCU readers which run when it fires; the input may let it fire at any time.
 */
#ifndef HOTWEAVE_LINUX_RCU_SYNC_H
#define HOTWEAVE_LINUX_RCU_SYNC_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Written by the runtime only. */
struct rcu_sync {
	int gp_state;
	int gp_count; /* writers between enter and exit */
	int cb_state; /* before 5.3 */
	unsigned int clock; /* what the writers published */
};

#define __RCU_SYNC_INITIALIZER(name) { 0, 0, 0, 0 }
#define DEFINE_RCU_SYNC(name) struct rcu_sync name = __RCU_SYNC_INITIALIZER(name)

/* Idle, no writers. Any context; not a scheduling point. */
void rcu_sync_init(struct rcu_sync *rsp);

/* As if a writer had entered, without the wait; before the first use alone. */
void rcu_sync_enter_start(struct rcu_sync *rsp);

/* May readers use the fast path? Then writers that have left are ordered before what follows.
 * Context: inside an RCU reader or with preemption or interrupts off (checked). Scheduling point: before the look. */
bool rcu_sync_is_idle(struct rcu_sync *rsp);

/* Readers are on the slow path when it returns, and those of the fast path have left.
 * Context: may sleep. Scheduling points: before; where it waits. */
void rcu_sync_enter(struct rcu_sync *rsp);

/* One writer less. Context: any, after rcu_sync_enter() (checked). Scheduling point: before. */
void rcu_sync_exit(struct rcu_sync *rsp);

/* Waits for the pending callback. A finding if a writer is still inside. Context: may sleep. */
void rcu_sync_dtor(struct rcu_sync *rsp);

#ifdef __cplusplus
}
#endif
#endif
