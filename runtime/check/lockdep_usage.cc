// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: usage of classes in interrupts and with interrupts on, and what must not meet. See lockdep.h.
// Depends on core.
#include <bit>

#include "check/lockdep.h"

namespace hotweave {
namespace {

// Handlers below the current one, and itself: is one of them of that sort?
bool InHard(const Task& t) { return t.irq && !t.softirq; }
bool InSoft(const Task& t) {
  for (const Task* h = &t; h && h->irq; h = h->interrupted) {
    if (h->softirq) return true;
  }
  return false;
}

bool HardOff(const Task& t) { return t.irqs_off || InHard(t); }
bool SoftOff(const Task& t) { return t.bh_off || InSoft(t); }

// The usage that must not meet `bit` in one class: the other direction, written. Source: exclusive_bit(), 6.1.
unsigned Exclusive(unsigned bit) { return (bit & ~static_cast<unsigned>(kUsageRead)) ^ kUsageEnabled; }

// What must not be reachable from a class used as in `used_in`. Reader to reader counts since 5.10.
// Source: exclusive_mask(), 5.9 and 6.1.
uint32_t ExclusiveMask(uint32_t used_in, bool readers) {
  uint32_t excl = (used_in & kUsageIn) << 2;
  excl |= (excl & ~kUsageNotRead) >> 1;
  return readers ? excl | (excl & kUsageNotRead) << 1 : excl & kUsageNotRead;
}

// What a class used as in `enabled` must not be reached from. Source: original_mask(), 6.1.
uint32_t OriginalMask(uint32_t enabled, bool readers) {
  uint32_t in = (enabled & ~kUsageIn & kUsageIrq) >> 2;
  if (!readers) in &= kUsageNotRead;
  return in | (in & kUsageNotRead) << 1 | (readers ? (in & ~kUsageNotRead) >> 1 : 0);
}

}  // namespace

// Source: mark_usage(), kernel/locking/lockdep.c, 6.1.
void Lockdep::MarkUsage(LockdepHeld& next) {
  if (!next.check) return;
  const Task& self = *hot.task;
  const unsigned read = next.read ? kUsageRead : 0;
  uint32_t wanted = 0;
  if (__builtin_expect(self.irq, 0) && !next.trylock) {
    if (InHard(self)) wanted |= 1u << (kUsageHard + read);
    if (InSoft(self)) wanted |= 1u << (kUsageSoft + read);
  }
  if (!next.irqs_off) {
    wanted |= 1u << (kUsageHard + kUsageEnabled + read);
    if (!SoftOff(self)) wanted |= 1u << (kUsageSoft + kUsageEnabled + read);
  }
  for (uint32_t missing = wanted & ~next.cls->usage; missing && !silent_; missing &= missing - 1) {
    Mark(next, static_cast<unsigned>(std::countr_zero(missing)));
  }
}

// Source: mark_lock(), kernel/locking/lockdep.c, 6.1.
void Lockdep::Mark(LockdepHeld& h, unsigned bit) {
  lock_class& c = *h.cls;
  if (c.usage >> bit & 1) return;
  c.usage |= 1u << bit;
  usage_seen_ |= 1u << bit;
  const uint32_t stack = engine.tracing() ? StackHere() : ~0u;
  c.usage_sites[bit] = {hot.task->index, engine.tracing() ? LastEvent() : ~0u, stack};
  CheckUsageConflicts(h, bit);
}

// Source: mark_lock_irq(), kernel/locking/lockdep.c, 5.9 and 6.1.
void Lockdep::CheckUsageConflicts(LockdepHeld& h, unsigned bit) {
  const unsigned excl = Exclusive(bit);
  const bool read = bit & kUsageRead;
  if (h.cls->usage >> excl & 1) return ReportUsage(h, bit, excl);
  if (!read && h.cls->usage >> (excl + kUsageRead) & 1) return ReportUsage(h, bit, excl + kUsageRead);
  // Taken in interrupts: nothing held with them on may be taken inside. Held with them on: it may not be taken inside of
  // what is taken in interrupts. By the old rules, readers do not conflict with readers.
  const bool forward = !(bit & kUsageEnabled);
  uint32_t mask = 1u << excl | 1u << (excl + kUsageRead);
  if (config_.rules == LockdepRules::Old && read) mask = 1u << excl;
  if (!(usage_seen_ & mask)) return;   // by no class at all
  const uint32_t node = SearchUsage(forward, h, mask);
  if (node != kNoNode) ReportInversion(h, bit, node, forward);
}

// Interrupts go on: whatever is held is held with them on from now on. Source: mark_held_locks(), 6.1.
void Lockdep::MarkHeld(unsigned base) {
  TaskState& t = Here();
  for (uint32_t i = 0; i < t.depth && !silent_; ++i) {
    LockdepHeld& h = t.held[i];
    if (h.check) Mark(h, base + (h.read ? kUsageRead : 0));
  }
}

// Source: lockdep_hardirqs_on_prepare(), lockdep_softirqs_on(), kernel/locking/lockdep.c, 6.1.
void Lockdep::IrqState(bool softirq, bool on) {
  if (!on || !Active()) return;
  const Task& self = *hot.task;
  if (InHard(self)) return;
  if (HardOff(self)) return;
  if (!softirq) MarkHeld(kUsageHard + kUsageEnabled);
  if (!SoftOff(self)) MarkHeld(kUsageSoft + kUsageEnabled);
}

// Does prev -> next lead from a class taken in interrupts to one held with them on?
// Source: check_irq_usage(), kernel/locking/lockdep.c, 5.9 and 6.1.
void Lockdep::CheckIrqUsage(const LockdepHeld& prev, const LockdepHeld& next) {
  const bool readers = config_.rules == LockdepRules::New;
  if (!(usage_seen_ & kUsageIn)) return;
  const uint32_t used_in = UsageBefore(prev) & kUsageIn;
  if (!used_in) return;
  const uint32_t unsafe = SearchUsage(true, next, ExclusiveMask(used_in, readers));
  if (unsafe == kNoNode) return;
  lock_class& after = *nodes_[unsafe].cls;
  std::vector<LockEdge> path = PathOf(unsafe, true, next.read == 2);
  const uint32_t safe = SearchUsage(false, prev, OriginalMask(after.usage & ~kUsageIn, readers));
  if (safe == kNoNode) return;
  ReportIrqDependency(prev, next, *nodes_[safe].cls, after, PathOf(safe, false, prev.read != 0), std::move(path));
}

uint8_t Lockdep::TaskWaitContext() const {
  const Task& self = *hot.task;
  if (!self.irq) return LD_WAIT_MAX;
  return InHard(self) ? WaitType(LD_WAIT_SPIN) : WaitType(LD_WAIT_CONFIG);
}

bool Lockdep::IrqsOffHere() { return HardOff(*hot.task); }

}  // namespace hotweave
