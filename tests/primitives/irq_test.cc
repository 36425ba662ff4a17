// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Softirqs, tasklets, interrupt lines, IPIs. The targets are in irq_target.cc.
#include "../support/search.h"

namespace hotweave {
namespace {

const Effort kReal{.walks = 2000, .lockdep = LockdepRules::Off};   // the deadlock itself, not what lockdep says

TEST(Softirq, RunsWhereItShould) {
  ExpectSilent("softirq_at_bh_enable", {.alone = true});
  ExpectSilent("softirq_after_irq");
  ExpectSilent("softirq_restarts", {.alone = true});
}

TEST(Softirq, Locks) {
  ExpectFound("softirq_spin_plain", "deadlock", "deadlock:spin", kReal);
  ExpectSilent("softirq_spin_bh");
}

TEST(Softirq, MustNotSleep) {
  const Hit hit = ExpectFoundAtOnce("softirq_sleeps", "sleep-in-atomic");
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("in a softirq handler"), std::string::npos) << hit.result.finding->sentence;
}

TEST(Tasklet, Runs) {
  ExpectSilent("tasklet_serialised", {.walks = 1500});
  ExpectSilent("tasklet_killed");
  ExpectFound("tasklet_not_killed", "data-race");
}

TEST(Tasklet, Disabled) {
  ExpectSilent("tasklet_disabled");
  ExpectFound("tasklet_kill_disabled", "hung-task");
}

TEST(Tasklet, WaitForItIsAnEdge) { ExpectFound("tasklet_disable_deadlock", "deadlock", "", kReal); }

TEST(IrqLine, Handlers) {
  ExpectSilent("irq_line", {.walks = 1500});
  ExpectFound("irq_line_freed_early", "use-after-free");
  ExpectFound("irq_line_late_write", "data-race");
}

TEST(IrqLine, Disabled) {
  ExpectSilent("irq_disabled", {.walks = 1500});
  ExpectFound("irq_disabled_nosync", "data-race");
  ExpectFoundAtOnce("irq_enable_unbalanced", "assertion");
}

TEST(IrqLine, WaitForAHandlerIsAnEdge) { ExpectFound("irq_synchronize_deadlock", "deadlock", "", kReal); }
TEST(IrqLine, Threads) { ExpectSilent("irq_thread", {.walks = 1500}); }

TEST(Ipi, Calls) {
  ExpectSilent("ipi_single");
  ExpectSilent("ipi_many");
  ExpectSilent("ipi_async_busy");
  ExpectFound("ipi_not_awaited", "data-race");
}

TEST(Ipi, Misuse) {
  ExpectFoundAtOnce("ipi_irqs_off", "assertion");
  const Hit hit = ExpectFound("ipi_deadlock", "deadlock", "", kReal);
  ASSERT_TRUE(hit.found);
  EXPECT_NE(hit.result.finding->sentence.find("cannot begin"), std::string::npos) << hit.result.finding->sentence;
  ExpectSilentThoughContended("ipi_no_deadlock");
}

}  // namespace
}  // namespace hotweave
