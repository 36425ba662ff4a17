// SPDX-License-Identifier: GPL-2.0-only OR MIT
// RCU. Contract: <linux/rcupdate.h>. Follows kernel/rcu/tree.c, tree_plugin.h and update.c of Linux 6.1, and of 4.14
// for the flavours.
#include <linux/bottom_half.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/rcu_callbacks.h"
#include "kernel/reset.h"

using namespace hotweave;

namespace {

lock_class_key rcu_lock_key, rcu_bh_lock_key, rcu_sched_lock_key, rcu_callback_key, barrier_key, exp_key;

lockdep_map MapOf(lock_class_key* key, const char* name, uint8_t outer, uint8_t inner) {
  lockdep_map map = {};
  map.key = key;
  map.name = name;
  map.wait_type_outer = outer;
  map.wait_type_inner = inner;
  return map;
}

// The mutexes of the kernel's that order barriers and expedited grace periods, for lockdep alone.
lockdep_map barrier_map, exp_map;

}  // namespace

extern "C" {
lockdep_map rcu_lock_map, rcu_bh_lock_map, rcu_sched_lock_map, rcu_callback_map;
}

namespace {

void Reset() {
  // Source: kernel/rcu/update.c, 6.1.
  rcu_lock_map = MapOf(&rcu_lock_key, "rcu_read_lock", LD_WAIT_FREE, LD_WAIT_CONFIG);
  rcu_bh_lock_map = MapOf(&rcu_bh_lock_key, "rcu_read_lock_bh", LD_WAIT_FREE, LD_WAIT_CONFIG);
  rcu_sched_lock_map = MapOf(&rcu_sched_lock_key, "rcu_read_lock_sched", LD_WAIT_FREE, LD_WAIT_SPIN);
  rcu_callback_map = MapOf(&rcu_callback_key, "rcu_callback", LD_WAIT_INV, LD_WAIT_INV);
  barrier_map = MapOf(&barrier_key, "rcu_state.barrier_mutex", LD_WAIT_INV, LD_WAIT_SLEEP);
  exp_map = MapOf(&exp_key, "rcu_state.exp_mutex", LD_WAIT_INV, LD_WAIT_SLEEP);
}
const bool registered = OnExecutionBegin(Reset);

void EnterMap(lockdep_map& map) {
  rcu_lock_acquire(&map);
  engine.Hold(&map, &map, LockMode::Shared);
}

void LeaveMap(lockdep_map& map) {
  if (!engine.Holds(*hot.task, &map)) {
    LockMisuse(nullptr, map.name, std::string(hot.task->comm) + " leaves " + map.name + " without having entered it");
  }
  rcu_lock_release(&map);
  engine.Unhold(&map);
}

bool InAnyMap() {
  return lock_is_held(&rcu_lock_map) || lock_is_held(&rcu_bh_lock_map) || lock_is_held(&rcu_sched_lock_map);
}

// Source: synchronize_rcu(), kernel/rcu/tree.c, 6.1.
void Synchronize(RcuFlavour flavour, Op op, const char* name) {
  if (hot.lockdep && InAnyMap()) {
    hotweave_rcu_suspicious("Illegal synchronize_rcu() in RCU read-side critical section");
  }
  MightSleep(op, nullptr);
  engine.Point(op, nullptr, name);
  WaitForGracePeriod(DomainOf(flavour), op, nullptr, "a grace period");
}

void Call(RcuFlavour flavour, rcu_head* head, rcu_callback_t func) {
  engine.Point(Op::CallRcu, head);
  QueueCallback(DomainOf(flavour), Invoker::Softirq, head, func, nullptr);
}

void Barrier(RcuFlavour flavour) {
  MightSleep(Op::RcuBarrier, nullptr);
  engine.Point(Op::RcuBarrier, nullptr);
  LockdepAcquire(barrier_map);
  WaitForCallbacks(DomainOf(flavour), Op::RcuBarrier, nullptr, "RCU callbacks");
  LockdepRelease(barrier_map);
}

bool Poll(RcuFlavour flavour, unsigned long cookie) {
  engine.Point(Op::RcuPoll, nullptr);
  return PollGracePeriod(DomainOf(flavour), cookie - 1);
}

unsigned long State(RcuFlavour flavour) { return DomainOf(flavour).started + 1ul; }

// A cookie that every poll finds completed.
constexpr unsigned long kCompleted = 0;

}  // namespace

namespace hotweave {

void SynchronizeSched() { Synchronize(RcuFlavour::Sched, Op::SynchronizeSched, nullptr); }

}  // namespace hotweave

// ---- Readers -------------------------------------------------------------------------------------------------

extern "C" void rcu_read_lock(void) {
  engine.Point(Op::RcuReadLock, nullptr, rcu_lock_map.name);
  if (Current().rcu_nesting++ == 0) EnterRcuReader(RcuFlavour::Plain);
  EnterMap(rcu_lock_map);
}

extern "C" void rcu_read_unlock(void) {
  engine.Point(Op::RcuReadUnlock, nullptr, rcu_lock_map.name);
  LeaveMap(rcu_lock_map);
  if (--Current().rcu_nesting == 0) LeaveRcuReader(RcuFlavour::Plain);
}

extern "C" void rcu_read_lock_bh(void) {
  engine.Point(Op::RcuReadLock, nullptr, rcu_bh_lock_map.name);
  local_bh_disable();
  EnterRcuReader(RcuFlavour::Bh);
  EnterMap(rcu_bh_lock_map);
}

extern "C" void rcu_read_unlock_bh(void) {
  engine.Point(Op::RcuReadUnlock, nullptr, rcu_bh_lock_map.name);
  LeaveMap(rcu_bh_lock_map);
  engine.ReleaseJoin(DomainOf(RcuFlavour::Bh).readers_done);
  local_bh_enable();
}

extern "C" void rcu_read_lock_sched(void) {
  engine.Point(Op::RcuReadLock, nullptr, rcu_sched_lock_map.name);
  preempt_disable();
  EnterRcuReader(RcuFlavour::Sched);
  EnterMap(rcu_sched_lock_map);
}

extern "C" void rcu_read_unlock_sched(void) {
  engine.Point(Op::RcuReadUnlock, nullptr, rcu_sched_lock_map.name);
  LeaveMap(rcu_sched_lock_map);
  preempt_enable();   // publishes the section
}

extern "C" int rcu_preempt_depth(void) { return Current().rcu_nesting; }

extern "C" int debug_lockdep_rcu_enabled(void) { return hot.lockdep && !engine.failing(); }

extern "C" int rcu_read_lock_held(void) { return !hot.lockdep || lock_is_held(&rcu_lock_map); }

extern "C" int rcu_read_lock_bh_held(void) {
  const Task& self = Current();
  return !hot.lockdep || self.bh_off || self.irqs_off || self.irq;
}

extern "C" int rcu_read_lock_sched_held(void) {
  return !hot.lockdep || lock_is_held(&rcu_sched_lock_map) || InAtomic(Current());
}

extern "C" int rcu_read_lock_any_held(void) { return !hot.lockdep || InAnyMap() || InAtomic(Current()); }

extern "C" void hotweave_rcu_suspicious(const char* what) {
  Failure f;
  f.kind = Kind::Assertion;
  f.sentence = std::string("suspicious RCU usage: ") + what;
  engine.Fail(std::move(f));
}

extern "C" void hotweave_rcu_unprotected(const char* expression, const char* lock) {
  Failure f;
  f.kind = Kind::MissingLock;
  f.sentence = std::string(hot.task->comm) + " dereferences " + expression + " without " + lock;
  engine.Fail(std::move(f));
}

// ---- Grace periods ---------------------------------------------------------------------------------------------

extern "C" void synchronize_rcu(void) { Synchronize(RcuFlavour::Plain, Op::SynchronizeRcu, nullptr); }

extern "C" void synchronize_rcu_expedited(void) {
  LockdepAcquire(exp_map);
  Synchronize(RcuFlavour::Plain, Op::SynchronizeRcu, "expedited");
  LockdepRelease(exp_map);
}

extern "C" unsigned long get_state_synchronize_rcu(void) { return State(RcuFlavour::Plain); }
extern "C" unsigned long get_completed_synchronize_rcu(void) { return kCompleted; }

extern "C" unsigned long start_poll_synchronize_rcu(void) {
  const unsigned long cookie = State(RcuFlavour::Plain);
  AbandonGracePeriod(StartGracePeriod(DomainOf(RcuFlavour::Plain)));
  return cookie;
}

extern "C" bool poll_state_synchronize_rcu(unsigned long cookie) {
  if (cookie != kCompleted) return Poll(RcuFlavour::Plain, cookie);
  engine.Point(Op::RcuPoll, nullptr);
  return true;
}

extern "C" void cond_synchronize_rcu(unsigned long cookie) {
  if (!poll_state_synchronize_rcu(cookie)) synchronize_rcu();
}

extern "C" void get_state_synchronize_rcu_full(rcu_gp_oldstate* s) {
  s->rgos_norm = s->rgos_exp = get_state_synchronize_rcu();
}
extern "C" void get_completed_synchronize_rcu_full(rcu_gp_oldstate* s) { s->rgos_norm = s->rgos_exp = kCompleted; }
extern "C" void start_poll_synchronize_rcu_full(rcu_gp_oldstate* s) {
  s->rgos_norm = s->rgos_exp = start_poll_synchronize_rcu();
}
extern "C" bool poll_state_synchronize_rcu_full(rcu_gp_oldstate* s) { return poll_state_synchronize_rcu(s->rgos_norm); }
extern "C" void cond_synchronize_rcu_full(rcu_gp_oldstate* s) { cond_synchronize_rcu(s->rgos_norm); }

// ---- Callbacks -------------------------------------------------------------------------------------------------

extern "C" void call_rcu(rcu_head* head, rcu_callback_t func) { Call(RcuFlavour::Plain, head, func); }
extern "C" void rcu_barrier(void) { Barrier(RcuFlavour::Plain); }

// Source: kvfree_call_rcu(), kernel/rcu/tree.c, 6.1.
extern "C" void kvfree_call_rcu(rcu_head* head, rcu_callback_t func) {
  const auto value = reinterpret_cast<uintptr_t>(func);
  if (!head) MightSleep(Op::CallRcu, nullptr);
  const uintptr_t memory = head ? reinterpret_cast<uintptr_t>(head) - value : value;
  engine.Point(Op::CallRcu, reinterpret_cast<void*>(memory), "kfree_rcu");
  QueueCallback(DomainOf(RcuFlavour::Plain), Invoker::Softirq, head, func, reinterpret_cast<void*>(memory));
}

// ---- The flavours up to 4.19 -------------------------------------------------------------------------------------

extern "C" void synchronize_sched(void) { SynchronizeSched(); }
extern "C" void synchronize_sched_expedited(void) { SynchronizeSched(); }
extern "C" void synchronize_rcu_bh(void) { Synchronize(RcuFlavour::Bh, Op::SynchronizeRcu, "bh"); }
extern "C" void synchronize_rcu_bh_expedited(void) { synchronize_rcu_bh(); }
extern "C" void call_rcu_sched(rcu_head* head, rcu_callback_t func) { Call(RcuFlavour::Sched, head, func); }
extern "C" void call_rcu_bh(rcu_head* head, rcu_callback_t func) { Call(RcuFlavour::Bh, head, func); }
extern "C" void rcu_barrier_sched(void) { Barrier(RcuFlavour::Sched); }
extern "C" void rcu_barrier_bh(void) { Barrier(RcuFlavour::Bh); }
extern "C" unsigned long get_state_synchronize_sched(void) { return State(RcuFlavour::Sched); }
extern "C" void cond_synchronize_sched(unsigned long cookie) {
  if (!Poll(RcuFlavour::Sched, cookie)) SynchronizeSched();
}
