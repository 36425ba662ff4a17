// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Contexts: counts, what each forbids, what each keeps out and so orders. The targets are in context_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

void ExpectSentence(const Hit& hit, const std::string& part) {
  ASSERT_TRUE(hit.found);
  ASSERT_TRUE(hit.result.finding);
  EXPECT_NE(hit.result.finding->sentence.find(part), std::string::npos) << hit.result.finding->sentence;
}

TEST(Context, InC) { ExpectSilent("context_c"); }

TEST(Context, Counts) {
  ExpectSilent("context_counts");
  ExpectSilent("context_count_of_interrupted");
}

TEST(Context, Sleeping) {
  ExpectSentence(ExpectFoundAtOnce("context_bh_off_sleep", "sleep-in-atomic"), "with bottom halves off");
  ExpectSentence(ExpectFoundAtOnce("context_non_block_sleep", "sleep-in-atomic"), "non_block_start()");
  ExpectSilent("context_bh_on_sleep");
  ExpectSilent("context_non_block_over");
}

TEST(Context, LeftOff) {
  ExpectFoundAtOnce("context_bh_leak", "lock-leak", "lock-leak:softirq_count");
  ExpectFoundAtOnce("context_migrate_leak", "lock-leak", "lock-leak:migration_disabled");
  ExpectFoundAtOnce("context_irq_leak", "lock-leak", "lock-leak:irqs_disabled");
  ExpectFound("context_handler_leaks", "lock-leak", "lock-leak:preempt_count");
}

TEST(Context, Unbalanced) {
  ExpectFoundAtOnce("context_bh_unbalanced", "lock-misuse", "lock-misuse:softirq_count");
  ExpectFoundAtOnce("context_migrate_unbalanced", "lock-misuse", "lock-misuse:migration_disabled");
  ExpectFoundAtOnce("context_restore_twice", "assertion");
  ExpectFoundAtOnce("context_bh_enable_irqs_off", "assertion");
}

TEST(Context, WhichCpu) {
  ExpectFoundAtOnce("context_smp_id", "wrong-cpu");
  ExpectSilent("context_smp_id_ok");
}

TEST(Context, Assertions) {
  for (const char* target : {"context_cant_sleep", "context_cant_migrate", "context_assert_irqs", "context_assert_irqs_on",
                             "context_assert_in_irq", "context_assert_preemption", "context_raise_irqoff"}) {
    ExpectFoundAtOnce(target, "assertion");
  }
}

TEST(Context, Handlers) {
  ExpectFound("context_handler_enables", "assertion");
  ExpectFound("context_handler_unlocks_irq", "assertion");
  ExpectFound("context_handler_bh", "assertion");
  ExpectSilent("context_handler_irqsave");
}

TEST(Order, HardInterrupts) {
  ExpectSilent("order_irqs_off_in_preempt_off");
  ExpectFound("order_preempt_off_and_irq", "data-race");
  ExpectFound("order_bh_off_and_irq", "data-race");
}

TEST(Order, Softirqs) {
  ExpectSilent("order_bh_off_and_softirq");
  ExpectSilent("order_irqs_off_and_softirq");
  ExpectFound("order_preempt_off_and_softirq", "data-race");
}

TEST(Order, HardOverSoft) {
  ExpectFound("order_softirq_and_irq", "data-race");
  ExpectSilent("order_softirq_irqs_off_and_irq");
}

TEST(LocalLock, KeepsItsCpu) {
  ExpectSilent("local_lock_excludes");
  ExpectSilent("local_lock_irq_and_irq");
}

TEST(LocalLock, Misuse) {
  ExpectFound("local_lock_and_irq", "lock-misuse", "", {.races = false, .lockdep = LockdepRules::Off});
  ExpectFoundAtOnce("local_lock_unheld", "lock-misuse");
}

}  // namespace
}  // namespace hotweave
