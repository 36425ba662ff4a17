// SPDX-License-Identifier: GPL-2.0-only OR MIT
// SRCU. Contract: <linux/srcu.h>. Follows kernel/rcu/srcutree.c of Linux 6.1.
#include <linux/rcupdate.h>
#include <linux/srcu.h>

#include "kernel/lock.h"
#include "kernel/rcu_callbacks.h"

using namespace hotweave;

namespace {

void Check(const srcu_struct* ssp) {
  if (ssp->magic != HOTWEAVE_SRCU_MAGIC) LockMisuse(ssp, nullptr, "an srcu_struct is used that was never initialised");
}

// Source: __synchronize_srcu(), 6.1.
void Synchronize(srcu_struct* ssp, const char* how) {
  Check(ssp);
  if (hot.lockdep && (lock_is_held(&ssp->dep_map) || lock_is_held(&rcu_bh_lock_map) || lock_is_held(&rcu_lock_map) ||
                      lock_is_held(&rcu_sched_lock_map))) {
    hotweave_rcu_suspicious("Illegal synchronize_srcu() in same-type SRCU (or in RCU) read-side critical section");
  }
  MightSleep(Op::SynchronizeSrcu, ssp);
  engine.Point(Op::SynchronizeSrcu, ssp, how);
  WaitForGracePeriod(ssp->grace, Op::SynchronizeSrcu, ssp, ssp->dep_map.name);
}

void Warn(const srcu_struct* ssp, const char* what) {
  Failure f;
  f.kind = Kind::Assertion;
  f.sentence = std::string("cleanup_srcu_struct() of ") + ssp->dep_map.name + " " + what;
  f.names = {ssp->dep_map.name};
  f.address = ssp;
  engine.Fail(std::move(f));
}

}  // namespace

extern "C" int __init_srcu_struct(srcu_struct* ssp, const char* name, lock_class_key* key) {
  *ssp = srcu_struct{};
  ssp->magic = HOTWEAVE_SRCU_MAGIC;
  ssp->dep_map.name = name;
  ssp->dep_map.key = key;
  return 0;
}

extern "C" void cleanup_srcu_struct(srcu_struct* ssp) {
  Check(ssp);
  MightSleep(Op::SynchronizeSrcu, ssp);
  engine.Point(Op::SynchronizeSrcu, ssp, "cleanup_srcu_struct");
  if (SrcuReaders(ssp->grace)) Warn(ssp, "while readers are inside");
  if (PendingCallbacks(ssp->grace)) Warn(ssp, "while callbacks wait: srcu_barrier() is missing");
  ssp->magic = 0;
}

extern "C" int srcu_read_lock(srcu_struct* ssp) {
  engine.Point(Op::SrcuReadLock, ssp, ssp->dep_map.name);
  Check(ssp);
  const int index = EnterSrcu(ssp->grace);
  rcu_lock_acquire(&ssp->dep_map);
  engine.Hold(ssp, &ssp->dep_map, LockMode::Shared);
  return index;
}

extern "C" void srcu_read_unlock(srcu_struct* ssp, int index) {
  engine.Point(Op::SrcuReadUnlock, ssp, ssp->dep_map.name);
  Check(ssp);
  if (!LeaveSrcu(ssp->grace, index)) {
    LockMisuse(ssp, ssp->dep_map.name,
               std::string(hot.task->comm) + " leaves a reader of " + ssp->dep_map.name + " that it is not in (index " +
                   std::to_string(index) + ")");
  }
  rcu_lock_release(&ssp->dep_map);
  engine.Unhold(ssp);
}

extern "C" int srcu_read_lock_held(const srcu_struct* ssp) { return !hot.lockdep || lock_is_held(&ssp->dep_map); }

extern "C" void synchronize_srcu(srcu_struct* ssp) { Synchronize(ssp, nullptr); }
extern "C" void synchronize_srcu_expedited(srcu_struct* ssp) { Synchronize(ssp, "expedited"); }

extern "C" void call_srcu(srcu_struct* ssp, rcu_head* head, void (*func)(rcu_head*)) {
  engine.Point(Op::CallRcu, head, ssp->dep_map.name);
  Check(ssp);
  QueueCallback(ssp->grace, Invoker::Thread, head, func, nullptr);
}

extern "C" void srcu_barrier(srcu_struct* ssp) {
  Check(ssp);
  MightSleep(Op::RcuBarrier, ssp);
  engine.Point(Op::RcuBarrier, ssp, ssp->dep_map.name);
  WaitForCallbacks(ssp->grace, Op::RcuBarrier, ssp, ssp->dep_map.name);
}

extern "C" unsigned long get_state_synchronize_srcu(srcu_struct* ssp) {
  Check(ssp);
  return ssp->grace.started + 1ul;
}

extern "C" unsigned long start_poll_synchronize_srcu(srcu_struct* ssp) {
  const unsigned long cookie = get_state_synchronize_srcu(ssp);
  AbandonGracePeriod(StartGracePeriod(ssp->grace));
  return cookie;
}

extern "C" bool poll_state_synchronize_srcu(srcu_struct* ssp, unsigned long cookie) {
  engine.Point(Op::RcuPoll, ssp);
  Check(ssp);
  return PollGracePeriod(ssp->grace, cookie - 1);
}

extern "C" unsigned long srcu_batches_completed(srcu_struct* ssp) { return ssp->grace.ended; }
