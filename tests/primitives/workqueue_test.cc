// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Workqueues. The targets are in workqueue_target.cc, workqueue_workers_target.cc and workqueue_misuse_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

TEST(Workqueue, WorksRun) {
  ExpectSilent("wq_queue_and_flush");
  ExpectSilent("wq_queued_works_run", {.alone = true});
  ExpectSilent("wq_requeues_itself");
}

TEST(Workqueue, WorkersAreTheKernels) { ExpectSilent("wq_workers"); }

TEST(Workqueue, ASleepingWorkerIsReplaced) {
  ExpectSilent("wq_sleeping_worker_is_replaced");
  ExpectFoundAtOnce("wq_max_active_one", "hung-task", "hung-task:done");
}

TEST(Workqueue, ARunningWorkerIsAloneInItsPool) {
  ExpectSilent("wq_cpu_intensive");
  ExpectSilent("wq_unbound_spins");
  ExpectFound("wq_running_worker_is_alone", "livelock", "", {.max_steps = 100'000});
}

TEST(Workqueue, WhatExcludesWorks) {
  ExpectSilent("wq_same_cpu_excludes");
  ExpectSilent("wq_ordered_excludes");
  ExpectFound("wq_other_cpu_races", "data-race", "data-race:touch,touch");
  ExpectFound("wq_highpri_races", "data-race", "data-race:touch,touch");
  ExpectFound("wq_unbound_races", "data-race", "data-race:touch,touch");
  ExpectFound("wq_single_is_per_cpu", "data-race", "data-race:touch,touch");
}

TEST(Workqueue, AWorkIsOrderedAfterItsOwnQueuer) {
  ExpectFoundAtOnce("wq_works_do_not_order_their_queuers", "data-race", "data-race:queues_a,reads_a");
}

TEST(Workqueue, NotReentrant) {
  ExpectSilent("wq_not_reentrant", {.walks = 2000});
  ExpectFound("wq_reentrant_on_two_workqueues", "assertion", "assertion:slow");
}

TEST(Workqueue, Cancel) {
  ExpectSilent("wq_cancel");
  ExpectSilent("wq_cancel_sync_waits");
  ExpectFound("wq_cancel_does_not_wait", "data-race");
  ExpectSilent("wq_cancel_sync_stops_requeueing");
  ExpectSilent("wq_two_cancel", {.walks = 1000});
}

TEST(Workqueue, Delayed) {
  ExpectSilent("wq_delayed");
  ExpectSilent("wq_delayed_by_nothing");
  ExpectSilent("wq_mod_delayed", {.alone = true});
  ExpectSilent("wq_flush_delayed");
  ExpectSilent("wq_cancel_delayed");
  ExpectSilent("wq_delayed_on_cpu", {.alone = true});
}

TEST(Workqueue, Whole) {
  ExpectSilent("wq_flush_workqueue");
  ExpectSilent("wq_drain");
  ExpectSilent("wq_congested");
  ExpectSilent("wq_attributes");
  ExpectSilent("wq_freeze");
}

TEST(Workqueue, Rescuer) {
  ExpectSilent("wq_rescued", {.walks = 2000});
  const Hit hit = ExpectFound("wq_rescuer_helps", "assertion", "assertion:needs_no_rescue", {.walks = 2000});
  EXPECT_GE(hit.walk, 0) << "memory is there by default";
  ExpectSilent("wq_no_rescuer", {.walks = 2000});
}

TEST(Workqueue, ATargetHasTheLastWordOnMemoryForWorkers) {
  ExpectSilent("wq_plenty", {.walks = 2000});
  ExpectFound("wq_plenty_no_more", "assertion", "assertion:needs_no_rescue", {.walks = 2000});
  ExpectFound("wq_starved", "hung-task", "hung-task:memory_for_a_worker", {.walks = 0});
}

TEST(Workqueue, NoMemoryForWorkers) {
  const Hit hit = ExpectFound("wq_starved", "hung-task", "hung-task:memory_for_a_worker", {.walks = 0});
  EXPECT_NE(hit.result.finding->sentence.find("kworker/0:1 waits for memory for a worker"), std::string::npos)
      << hit.result.finding->sentence;
  ExpectSilent("wq_starved_rescued", {.walks = 2000});
  ExpectSilent("wq_hungry", {.walks = 2000});
}

TEST(Workqueue, CpuHotplug) {
  ExpectSilent("wq_cpu_bound", {.walks = 1000});
  ExpectFound("wq_cpu_gone", "assertion", "assertion:is_on_cpu_one", {.walks = 1000});
  ExpectSilent("wq_cpu_back", {.walks = 1000});
}

TEST(Workqueue, FunctionsByWayOfWorks) {
  ExpectSilent("wq_on_each_cpu");
  ExpectSilent("wq_on_cpu", {.alone = true});
  ExpectSilent("wq_process_context");
}

TEST(Workqueue, RcuWork) {
  ExpectSilent("wq_rcu_work", {.walks = 1000});
  ExpectFound("wq_no_grace_period", "data-race");
}

// ---- Kernel versions ---------------------------------------------------------------------------------------

// Kinds that are found in this version, "" for none.
std::string FoundIn(const std::string& target, uint32_t version) {
  Profile profile;
  profile.name = "version";
  profile.version = version;
  RunOptions options = OptionsFor(target, {});
  options.profile = &profile;
  for (int64_t walk = -1; walk < 200; ++walk) {
    const RunResult r = RunWalk(options, walk);
    if (r.finding) return std::string(KindName(r.finding->kind));
  }
  return "";
}

constexpr uint32_t Version(uint32_t major, uint32_t minor) { return major << 16 | minor << 8; }

TEST(WorkqueueLockdep, FlushingAsTheVersionDoes) {
  const std::string order = FoundIn("wq_flush_idle_locked", Version(6, 1));
  EXPECT_NE(order, "");
  EXPECT_EQ(FoundIn("wq_flush_idle_locked", Version(4, 13)), order);
  EXPECT_EQ(FoundIn("wq_flush_idle_locked", Version(4, 14)), order);
  EXPECT_EQ(FoundIn("wq_flush_idle_locked", Version(4, 16)), "");
  EXPECT_EQ(FoundIn("wq_flush_idle_locked", Version(4, 19)), order);
}

TEST(WorkqueueLockdep, CancellingAsTheVersionDoes) {
  const std::string order = FoundIn("wq_cancel_idle_locked", Version(6, 1));
  EXPECT_NE(order, "");
  EXPECT_EQ(FoundIn("wq_cancel_idle_locked", Version(4, 14)), order);
  EXPECT_EQ(FoundIn("wq_cancel_idle_locked", Version(4, 16)), "");
  EXPECT_EQ(FoundIn("wq_cancel_idle_locked", Version(5, 10)), "");
  EXPECT_EQ(FoundIn("wq_cancel_idle_locked", Version(6, 0)), order);
}

TEST(WorkqueueLockdep, FlushingAWorkqueue) {
  const std::string order = FoundIn("wq_flush_idle_workqueue_locked", Version(6, 1));
  EXPECT_NE(order, "");
  EXPECT_EQ(FoundIn("wq_flush_idle_workqueue_locked", Version(4, 14)), order);
  EXPECT_EQ(FoundIn("wq_flush_idle_workqueue_locked", Version(4, 16)), "");
}

// ---- Misuse, each beside its near miss -------------------------------------------------------------------

// Real deadlocks, not the order of maps that lockdep knows.
constexpr Effort kReal{.lockdep = LockdepRules::Off};

TEST(WorkqueueDeadlock, FlushUnderALockThatTheWorkTakes) {
  ExpectFound("wq_flush_locked", "deadlock", "deadlock:(work_completion)(&locker),lock", kReal);
  ExpectFound("wq_flush_workqueue_locked", "deadlock", "deadlock:(wq_completion)events,lock", kReal);
  ExpectFound("wq_cancel_sync_locked", "deadlock", "deadlock:(work_completion)(&locker),lock", kReal);
  ExpectSilent("wq_cancel_locked", kReal);
  ExpectSilent("wq_flush_other_locked", kReal);
}

TEST(WorkqueueDeadlock, AWorkWaitsForItself) {
  ExpectFound("wq_flush_self", "deadlock", "deadlock:itself", kReal);
  ExpectFound("wq_cancel_self", "deadlock", "deadlock:itself", kReal);
  ExpectFound("wq_flush_own_workqueue", "deadlock", "deadlock:(wq_completion)events", kReal);
  ExpectFoundAtOnce("wq_flush_self", "recursive-lock");
  ExpectFoundAtOnce("wq_flush_own_workqueue", "recursive-lock");
  ExpectSilent("wq_flush_other");
}

TEST(WorkqueueDeadlock, AWorkWaitsForALaterOneOfItsOrderedWorkqueue) {
  ExpectFound("wq_flush_later_ordered", "deadlock", "", kReal);
  ExpectSilent("wq_flush_later_concurrent", kReal);
}

TEST(WorkqueueDeadlock, WorksFlushEachOther) { ExpectFound("wq_flush_each_other", "deadlock", "", kReal); }

TEST(WorkqueueMisuse, Initialisation) {
  ExpectFoundAtOnce("wq_never_initialised", "lock-misuse");
  ExpectFound("wq_initialised_while_pending", "lock-misuse");
  ExpectSilent("wq_initialised_again", {.alone = true});
}

TEST(WorkqueueMisuse, TheWorkIsGone) {
  ExpectFound("wq_stack_left", "use-after-free");
  ExpectFound("wq_stack_destroyed", "use-after-free");
  ExpectSilent("wq_stack_flushed");
  ExpectFound("wq_delayed_stack_left", "use-after-free");
}

TEST(WorkqueueMisuse, TheWorkqueueIsGone) {
  ExpectFoundAtOnce("wq_destroyed", "use-after-free", "use-after-free:short");
  ExpectFoundAtOnce("wq_destroyed_while_armed", "use-after-free", "use-after-free:short");
  ExpectSilent("wq_cancelled_before_destroy");
}

TEST(WorkqueueMisuse, Drain) { ExpectFound("wq_queue_while_draining", "assertion"); }

TEST(WorkqueueMisuse, ReturnsWithSomethingOff) {
  ExpectFoundAtOnce("wq_leaks_lock", "lock-leak", "lock-leak:lock");
  ExpectFoundAtOnce("wq_leaks_preempt", "lock-leak", "lock-leak:preempt_count");
}

TEST(WorkqueueMisuse, FlushDependency) {
  ExpectFoundAtOnce("wq_reclaim_flushes_ordinary", "assertion");
  ExpectFoundAtOnce("wq_memalloc_flushes_ordinary", "assertion");
  ExpectSilent("wq_reclaim_flushes_reclaim");
  ExpectSilent("wq_legacy_flushes_ordinary");
}

TEST(WorkqueueMisuse, FlushInAtomic) {
  ExpectFoundAtOnce("wq_flush_in_atomic", "sleep-in-atomic");
  ExpectSilent("wq_queue_in_atomic");
  ExpectSilent("wq_queue_in_irq");
}

}  // namespace
}  // namespace hotweave
