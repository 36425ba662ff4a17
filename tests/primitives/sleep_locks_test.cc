// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Semaphores, rt_mutexes, ww_mutexes; signals, and owners that are not. The targets are in sleep_locks_target.cc.
#include <linux/version.h>

#include "../support/search.h"

namespace hotweave {
namespace {

const std::set<std::string> kEither{"assertion", "pass"};

TEST(SleepLocks, SignalsEndWaits) {
  EXPECT_EQ(Verdicts("locks_interruptible"), kEither);
  EXPECT_EQ(Verdicts("locks_killable"), kEither);
  ExpectSilentThoughContended("locks_kthread_interruptible");
}

TEST(SleepLocks, WhatIsFreeIsTaken) { ExpectSilent("locks_free_whatever_is_pending", {.alone = true}); }
TEST(SleepLocks, DecAndLock) { ExpectSilent("locks_dec_and_lock"); }

TEST(SleepLocks, NonOwners) {
  ExpectSilentThoughContended("locks_non_owner");
  ExpectFoundAtOnce("locks_non_owner_twice", "lock-misuse", "lock-misuse:sem_m");
  ExpectSilentThoughContended("locks_freeze_and_thaw");
  ExpectFoundAtOnce("locks_thaw_unfrozen", "lock-misuse", "lock-misuse:percpu_m");
  ExpectFoundAtOnce("locks_percpu_freed_held", "lock-misuse", "lock-misuse:percpu_m");
}

TEST(RtMutex, Deadlocks) {
  ExpectFound("locks_rt_abba", "deadlock", "deadlock:rt,rt2", {.lockdep = LockdepRules::Off});
  ExpectSilentThoughContended("locks_rt_same_order");
  ExpectFoundAtOnce("locks_rt_recursive", "recursive-lock");
  ExpectFoundAtOnce("locks_rt_unheld", "lock-misuse", "lock-misuse:rt");
}

TEST(Semaphore, Orders) { ExpectSilentThoughContended("locks_semaphore_orders"); }

TEST(Semaphore, HangsAndTimesOut) {
  ExpectFoundAtOnce("locks_semaphore_hangs", "hung-task", "hung-task:one");
  ExpectSilent("locks_semaphore_times_out", {.alone = true});
  ExpectFoundAtOnce("locks_semaphore_uninitialised", "lock-misuse");
}

TEST(WwMutex, Contexts) {
  ExpectFoundAtOnce("locks_ww_leak", "lock-misuse", "lock-misuse:ww_acquire");
  ExpectFoundAtOnce("locks_ww_done", "lock-misuse", "lock-misuse:ww_mutex");
  ExpectSilent("locks_ww_proper", {.alone = true});
}

// The fingerprints and verdicts of a search under one kernel version.
std::set<std::string> VerdictsUnder(uint32_t version, const std::string& target) {
  std::set<std::string> out;
  RunOptions options = OptionsFor(target, {});
  Profile profile;
  profile.version = version;
  options.profile = &profile;
  for (int64_t walk = -1; walk < 300; ++walk) {
    const RunResult r = RunWalk(options, walk);
    out.insert(std::string(r.finding ? KindName(r.finding->kind) : VerdictName(r.verdict)));
  }
  return out;
}

TEST(Versions, ReadersOvertakeAWokenWriterFrom512) {
  const char* target = "locks_reader_meets_woken_writer";
  EXPECT_EQ(VerdictsUnder(KERNEL_VERSION(4, 14, 0), target), std::set<std::string>{"pass"});
  EXPECT_EQ(VerdictsUnder(KERNEL_VERSION(5, 11, 0), target), std::set<std::string>{"pass"});
  EXPECT_EQ(VerdictsUnder(KERNEL_VERSION(5, 12, 0), target), kEither);
  EXPECT_EQ(VerdictsUnder(KERNEL_VERSION(6, 1, 0), target), kEither);
}

TEST(Versions, LocksExcludeInAll) {
  for (const uint32_t version : {KERNEL_VERSION(4, 9, 0), KERNEL_VERSION(4, 14, 0), KERNEL_VERSION(5, 4, 0),
                                 KERNEL_VERSION(5, 10, 0), KERNEL_VERSION(6, 1, 0)}) {
    for (const char* target : {"mutex_excludes", "rwsem_excludes", "rwsem_downgrade", "rwsem_trylock", "percpu_many",
                               "percpu_excludes", "percpu_trylock_recursive_writer", "locks_freeze_and_thaw"}) {
      EXPECT_EQ(VerdictsUnder(version, target), std::set<std::string>{"pass"}) << target << ", version " << version;
    }
  }
}

}  // namespace
}  // namespace hotweave
