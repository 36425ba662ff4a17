// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Spinlocks, atomic context and interrupts. The targets are in spinlock_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

// The real thing, not the order that leads there.
const Effort kDeadlocksOnly{.lockdep = LockdepRules::Off};

TEST(Spinlock, Excludes) {
  ExpectSilentThoughContended("spin_excludes");
  ExpectSilent("spin_trylock_excludes");
}

TEST(Spinlock, Misuse) {
  ExpectFoundAtOnce("spin_recursive", "recursive-lock", "recursive-lock:spin");
  ExpectFoundAtOnce("spin_unlock_unheld", "lock-misuse", "lock-misuse:spin");
  ExpectFoundAtOnce("spin_uninitialised", "lock-misuse");
  ExpectFound("spin_abba", "deadlock", "deadlock:other_spin,spin", kDeadlocksOnly);
}

TEST(AtomicContext, SleepingUnderASpinlock) {
  const Hit hit = ExpectFoundAtOnce("spin_msleep", "sleep-in-atomic");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("holding spin"), std::string::npos)
      << hit.result.finding->sentence;
  ExpectFoundAtOnce("spin_mutex", "sleep-in-atomic");
  ExpectFoundAtOnce("spin_kmalloc", "sleep-in-atomic");
  ExpectSilent("spin_then_msleep");
  ExpectSilent("spin_mutex_trylock");
  ExpectSilent("spin_kmalloc_atomic");
}

TEST(AtomicContext, PreemptionOff) {
  ExpectFoundAtOnce("preempt_off_sleep", "sleep-in-atomic");
  ExpectSilent("preempt_nested");
  ExpectFoundAtOnce("preempt_unbalanced", "lock-misuse", "lock-misuse:preempt_count");
  ExpectFoundAtOnce("preempt_leak", "lock-leak", "lock-leak:preempt_count");
}

TEST(AtomicContext, InterruptsOff) {
  ExpectFoundAtOnce("irqs_off_sleep", "sleep-in-atomic");
  ExpectSilent("irqs_on_sleep");
}

TEST(AtomicContext, PreemptionOffExcludesOnOneCpuOnly) {
  ExpectSilent("preempt_off_one_cpu");
  ExpectFound("preempt_off_two_cpus", "data-race", "data-race:count_pinned,count_pinned");
}

TEST(Interrupt, PlainSpinlockDeadlocksWithItsHandler) {
  const Hit hit = ExpectFound("irq_spin_plain", "deadlock", "deadlock:spin", kDeadlocksOnly);
  EXPECT_GE(hit.walk, 0) << "the sequential execution has no deadlock";
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("interrupt"), std::string::npos)
      << hit.result.finding->sentence;
}

TEST(Interrupt, IrqsaveDoesNot) {
  ExpectSilent("irq_spin_irqsave");
  ExpectSilent("irq_spin_irq");
  ExpectSilentThoughContended("irq_spin_other_cpu", kDeadlocksOnly);
}

TEST(Interrupt, DoesNotRunWhileInterruptsAreOff) {
  ExpectSilent("irq_masked");
  ExpectFound("irq_unmasked", "assertion", "assertion:handler_looks");
}

TEST(Interrupt, IsHandledBeforeTheEnd) { ExpectSilent("irq_happens"); }

TEST(Interrupt, RacesWithTheInterruptedTask) {
  ExpectFound("irq_race", "data-race", "data-race:count_with_irqs_on,handler_counts");
  ExpectSilent("irq_no_race");
}

TEST(Interrupt, MustNotSleep) { ExpectFound("irq_sleeps", "sleep-in-atomic"); }
TEST(Interrupt, MustNotReturnWithALock) { ExpectFound("irq_leaks_lock", "lock-leak", "lock-leak:spin"); }
TEST(Interrupt, EndsAGracePeriod) { ExpectSilent("irq_in_grace_period"); }

TEST(GracePeriod, WaitsForSectionsThatHaveBegun) {
  ExpectSilent("grace_period_irqs_off");
  ExpectSilent("grace_period_preempt_off");
  ExpectFound("grace_period_no_section", "assertion", "assertion:looks_anyhow");
}

}  // namespace
}  // namespace hotweave
