// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Preemption, local interrupts, might_sleep(). Contracts: <linux/preempt.h>, <linux/irqflags.h>. Follow
// include/linux/preempt.h and include/linux/irqflags.h of Linux 6.1.
#include <hotweave/hooks.h>
#include <hotweave/target.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

#include "core/internal.h"
#include "kernel/lock.h"
#include "kernel/preempt.h"

using namespace hotweave;

extern "C" void preempt_disable(void) {
  Task& self = Current();
  if (self.preempt++ == 0 && !self.irqs_off) engine.ContextEnter();
}

extern "C" void preempt_enable_no_resched(void) {
  Task& self = Current();
  if (self.preempt == 0) LockMisuse(nullptr, "preempt_count", "preempt_enable() without preempt_disable()");
  if (self.preempt == 1 && !self.irqs_off) engine.ContextLeave();
  if (--self.preempt == 0 && !self.irqs_off) SectionEnded();
}

extern "C" void preempt_enable(void) {
  preempt_enable_no_resched();
  if (Current().preempt == 0) engine.Point(Op::PreemptEnable, nullptr);
}

extern "C" int preempt_count(void) { return Current().preempt; }
extern "C" int hotweave_in_hardirq(void) { return Current().irq; }
extern "C" int hotweave_in_atomic(void) { return InAtomic(Current()); }

extern "C" void local_irq_disable(void) {
  Task& self = Current();
  if (self.irqs_off) return;
  if (!self.preempt) engine.ContextEnter();
  self.irqs_off = 1;
}

extern "C" void local_irq_enable(void) {
  Task& self = Current();
  if (!self.irqs_off) return;
  self.irqs_off = 0;
  if (!self.preempt) {
    engine.ContextLeave();
    SectionEnded();
  }
  if (hot.lockdep) engine.observer()->OnIrqState(false, true);
  engine.Point(Op::IrqEnable, nullptr);
}

extern "C" unsigned long hotweave_local_irq_save(void) {
  const unsigned long flags = Current().irqs_off;
  local_irq_disable();
  return flags;
}

extern "C" void local_irq_restore(unsigned long flags) {
  if (!flags) local_irq_enable();
}

extern "C" int irqs_disabled(void) { return Current().irqs_off || Current().irq; }

extern "C" void hotweave_might_sleep(const char*, int) { MightSleep(Op::Schedule, nullptr); }

extern "C" void hotweave_raise_irq(unsigned cpu, void (*handler)(void*), void* arg) {
  if (cpu >= kCpus) LockMisuse(nullptr, "raise_irq", "an interrupt is raised on a CPU that does not exist");
  engine.Point(Op::IrqRaise, nullptr);
  engine.CreateIrq(cpu, handler, arg);
}
