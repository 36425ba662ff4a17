// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Preemption, bottom halves, local interrupts, migration; what context code runs in. Contracts:
// <linux/preempt.h>, <linux/bottom_half.h>, <linux/irqflags.h>, <linux/smp.h>. Follow include/linux/preempt.h,
// kernel/softirq.c, include/linux/irqflags.h and lib/smp_processor_id.c of Linux 6.1.
#include <hotweave/hooks.h>
#include <hotweave/target.h>
#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#include "core/internal.h"
#include "kernel/lock.h"
#include "kernel/percpu.h"
#include "kernel/preempt.h"

using namespace hotweave;

namespace hotweave {

namespace {

// Something that kept others off this CPU has ended; `before` is what the task excluded then.
void Changed(uint8_t before, Where where = Where::current()) {
  engine.ContextChanged(before, where);
  SectionEnded();
}

void IrqState(bool softirq, bool on) {
  if (hot.lockdep) engine.observer()->OnIrqState(softirq, on);
}

// The count of one task alone.
unsigned CountOf(const Task& t) {
  unsigned count = t.preempt - (t.irq ? 1 : 0) + t.bh_off * SOFTIRQ_DISABLE_OFFSET;
  if (t.irq) count += t.softirq ? SOFTIRQ_OFFSET : HARDIRQ_OFFSET;
  return count;
}

}  // namespace

unsigned PreemptCount(const Task& task) {
  unsigned count = 0;
  for (const Task* t = &task; t; t = t->irq ? t->interrupted : nullptr) count += CountOf(*t);
  return count;
}

void ContextBug(std::string sentence) {
  Failure f;
  f.kind = Kind::Assertion;
  f.sentence = std::string(hot.task->comm) + " " + std::move(sentence);
  engine.Fail(std::move(f));
}

void DisablePreemption() {
  Task& self = Current();
  if (self.preempt++) return;
  engine.ContextChanged(self.irqs_off || self.bh_off ? Engine::Exclusions(self) : 0);
}

void EnablePreemption() {
  Task& self = Current();
  const unsigned least = self.irq ? 1 : 0;
  if (self.preempt <= least) LockMisuse(nullptr, "preempt_count", "preempt_enable() without preempt_disable()");
  const uint8_t before = Engine::Exclusions(self);
  if (--self.preempt == 0) Changed(before);
}

void DisableSoftirqs() {
  Task& self = Current();
  if (in_hardirq()) ContextBug("disables bottom halves in a hard interrupt handler");
  const uint8_t before = Engine::Exclusions(self);
  if (self.bh_off++ == 0 && !self.softirq) IrqState(true, false);
  engine.ContextChanged(before);
}

void EnableSoftirqs() {
  Task& self = Current();
  if (in_hardirq()) ContextBug("enables bottom halves in a hard interrupt handler");
  if (self.irqs_off) ContextBug("enables bottom halves with interrupts off");
  if (self.bh_off == 0) LockMisuse(nullptr, "softirq_count", "local_bh_enable() without local_bh_disable()");
  const uint8_t before = Engine::Exclusions(self);
  if (--self.bh_off) return;
  if (!self.softirq) IrqState(true, true);
  // The kernel keeps preemption off until the softirqs have run: the task stays on this CPU.
  ++self.preempt;
  Changed(before);
  if (!self.irq) engine.RunSoftirqs();
  EnablePreemption();
}

void DisableIrqs() {
  Task& self = Current();
  if (self.irqs_off) return;
  const uint8_t before = Engine::Exclusions(self);
  self.irqs_off = 1;
  engine.ContextChanged(before);
  IrqState(false, false);
}

void EnableIrqs() {
  Task& self = Current();
  if (!self.irqs_off) return;
  if (self.irq && !self.softirq) ContextBug("enables interrupts in an interrupt handler");
  const uint8_t before = Engine::Exclusions(self);
  self.irqs_off = 0;
  IrqState(false, true);
  Changed(before);
}

}  // namespace hotweave

// ---- Preemption ----------------------------------------------------------------------------------------

extern "C" void preempt_disable(void) { DisablePreemption(); }
extern "C" void preempt_enable_no_resched(void) { EnablePreemption(); }

extern "C" void preempt_enable(void) {
  EnablePreemption();
  if (Current().preempt == 0) engine.Point(Op::PreemptEnable, nullptr);
}

extern "C" int preempt_count(void) { return static_cast<int>(PreemptCount(Current())); }

extern "C" void hotweave_preempt_check_resched(void) {
  if (!InAtomic(Current())) engine.Point(Op::PreemptEnable, nullptr);
}

// ---- Bottom halves -------------------------------------------------------------------------------------

extern "C" void local_bh_disable(void) { DisableSoftirqs(); }

extern "C" void local_bh_enable(void) {
  EnableSoftirqs();
  if (Current().bh_off == 0) engine.Point(Op::BhEnable, nullptr);
}

// ---- Local interrupts ----------------------------------------------------------------------------------

extern "C" void local_irq_disable(void) { DisableIrqs(); }

extern "C" void local_irq_enable(void) {
  if (!Current().irqs_off) return;
  EnableIrqs();
  engine.Point(Op::IrqEnable, nullptr);
}

extern "C" unsigned long hotweave_local_irq_save(void) {
  const unsigned long flags = Current().irqs_off;
  DisableIrqs();
  return flags;
}

extern "C" void local_irq_restore(unsigned long flags) {
  if (!Current().irqs_off) ContextBug("restores the state of interrupts while they are on");
  if (!flags) local_irq_enable();
}

extern "C" int irqs_disabled(void) { return Current().irqs_off; }

// ---- Migration -----------------------------------------------------------------------------------------

extern "C" void migrate_disable(void) { ++Current().migrate_off; }

extern "C" void migrate_enable(void) {
  Task& self = Current();
  if (self.migrate_off == 0) LockMisuse(nullptr, "migration_disabled", "migrate_enable() without migrate_disable()");
  if (--self.migrate_off == 0) engine.Point(Op::MigrateEnable, nullptr);
}

// ---- Which CPU -----------------------------------------------------------------------------------------

extern "C" unsigned hotweave_raw_smp_processor_id(void) { return Current().cpu; }

extern "C" unsigned hotweave_smp_processor_id(void) {
  CheckStaysOnCpu("smp_processor_id()");
  return Current().cpu;
}

// ---- Assertions ----------------------------------------------------------------------------------------

extern "C" void hotweave_might_sleep(const char*, int) { MightSleep(Op::Schedule, nullptr); }

extern "C" void hotweave_cant_sleep(void) {
  if (preemptible()) ContextBug("is in preemptible code where cant_sleep() says that it is not");
}

extern "C" void hotweave_cant_migrate(void) {
  if (preemptible() && !Current().migrate_off) ContextBug("may migrate where cant_migrate() says that it cannot");
}

extern "C" void hotweave_non_block(int change) {
  Task& self = Current();
  if (change < 0 && self.non_block == 0) ContextBug("calls non_block_end() without non_block_start()");
  self.non_block = static_cast<uint16_t>(self.non_block + change);
}

extern "C" void hotweave_raise_irq(unsigned cpu, void (*handler)(void*), void* arg) {
  if (cpu >= kCpus) LockMisuse(nullptr, "raise_irq", "an interrupt is raised on a CPU that does not exist");
  engine.Point(Op::IrqRaise, nullptr);
  engine.CreateIrq(cpu, handler, arg);
}
