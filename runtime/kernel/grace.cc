// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Grace periods. See grace.h.
#include "kernel/grace.h"

#include <vector>

#include "kernel/lock.h"
#include "kernel/reset.h"
#include "kernel/version.h"

namespace hotweave {
namespace {

struct GracePeriod {
  bool used = false, ended = false, abandoned = false;
  hotweave_grace* domain = nullptr;
  uint32_t number = 0;
  Readers waiting;            // whose sections are still waited for
  uint32_t before = 0;        // clock: what precedes the beginning
  uint32_t clock = 0;         // clock: what precedes the end
  Task* waiter = nullptr;
};

struct SrcuReader {
  hotweave_grace* domain = nullptr;   // null: free entry
  Task* task = nullptr;
  int index = 0;
};

// All of one execution.
hotweave_grace flavours[kRcuFlavours];
std::vector<GracePeriod> periods;
uint32_t active;              // of RCU's flavours
SrcuReader srcu_readers[kMaxReaders];
uint32_t srcu_reader_count;   // entries in use lie below

void Reset() {
  for (hotweave_grace& f : flavours) f = hotweave_grace{};
  periods.clear();
  active = 0;
  for (uint32_t i = 0; i < srcu_reader_count; ++i) srcu_readers[i] = SrcuReader{};
  srcu_reader_count = 0;
}
const bool registered = OnExecutionBegin(Reset);

bool IsRcu(const hotweave_grace& d) { return &d >= flavours && &d < flavours + kRcuFlavours; }
RcuFlavour FlavourOf(const hotweave_grace& d) { return static_cast<RcuFlavour>(&d - flavours); }

// Sections with preemption or interrupts off publish themselves per CPU (Engine::ContextLeave).
bool CoversContext(const hotweave_grace& d) {
  return IsRcu(d) && (RcuConsolidated() || FlavourOf(d) != RcuFlavour::Plain);
}

void TouchSections(bool write) {
  for (Common c = 0; c < kCpus; ++c) engine.TouchesCommon(kCommonSections + c, write);
}

Readers ReadersOf(const hotweave_grace& d) {
  Readers r;
  if (IsRcu(d)) {
    for (const Task& t : engine.live()) {
      if (!t.exited && !t.is_clock && InRcuSection(FlavourOf(d), t)) r.Set(t.index);
    }
  } else {
    for (uint32_t i = 0; i < srcu_reader_count; ++i) {
      if (srcu_readers[i].domain == &d) r.Set(i);
    }
  }
  return r;
}

Task& TaskOfReader(const hotweave_grace& d, uint32_t reader) {
  return IsRcu(d) ? engine.tasks[reader] : *srcu_readers[reader].task;
}

void SectionEnded();

void CountActive(const hotweave_grace& d, int change) {
  if (!IsRcu(d)) return;
  active += static_cast<uint32_t>(change);
  engine.section_ended = active ? SectionEnded : nullptr;
}

void End(uint32_t index) {
  engine.TouchesCommon(kCommonGrace, true);
  GracePeriod& g = periods[index];
  hotweave_grace& d = *g.domain;
  g.ended = true;
  if (g.number > d.ended) d.ended = g.number;
  CountActive(d, -1);
  engine.JoinClock(d.ends, g.clock);
  engine.JoinClock(d.starts, g.before);
  // Sections that are inside now began after the grace period did.
  const Readers inside = ReadersOf(d);
  for (uint32_t i = 0; i < kMaxReaders; ++i) {
    if (inside.Has(i)) engine.AcquireFor(TaskOfReader(d, i), g.before);
  }
  if (CoversContext(d)) {
    TouchSections(true);
    for (Cpu& cpu : engine.cpus) {
      for (uint32_t& clock : cpu.context_clock) engine.JoinClock(clock, g.before);
    }
  }
  if (g.waiter) engine.Unblock(*g.waiter);
  OnGracePeriodEnd(index);
  if (periods[index].abandoned) periods[index].used = false;
}

// The sections of this reader that were there are over.
void ReaderLeft(hotweave_grace& d, uint32_t reader) {
  for (GracePeriod& g : periods) {
    if (!g.used || g.ended || g.domain != &d || !g.waiting.Has(reader)) continue;
    engine.TouchesCommon(kCommonGrace, true);
    engine.ReleaseJoin(g.clock);
    g.waiting.Clear(reader);
  }
  // In the order of their beginnings: callbacks of one CPU are invoked in order.
  for (;;) {
    uint32_t first = ~0u;
    for (uint32_t i = 0; i < periods.size(); ++i) {
      const GracePeriod& g = periods[i];
      if (!g.used || g.ended || g.domain != &d || !g.waiting.None()) continue;
      if (first == ~0u || g.number < periods[first].number) first = i;
    }
    if (first == ~0u) return;
    End(first);
  }
}

void SectionEnded() {
  const Task& self = Current();
  for (uint32_t f = 0; f < kRcuFlavours; ++f) {
    if (flavours[f].started != flavours[f].ended && !InRcuSection(static_cast<RcuFlavour>(f), self)) {
      ReaderLeft(flavours[f], self.index);
    }
  }
}

uint32_t NewPeriod() {
  for (uint32_t i = 0; i < periods.size(); ++i) {
    if (!periods[i].used) return i;
  }
  periods.emplace_back();
  return static_cast<uint32_t>(periods.size() - 1);
}

bool BlockedByReader(const Task& self, const Task& other) {
  for (uint32_t i = 0; i < periods.size(); ++i) {
    if (periods[i].waiter == &self && HoldsBack(i, other)) return true;
  }
  return false;
}

}  // namespace

bool RcuConsolidated() { return Since(KERNEL_VERSION(4, 20, 0)); }

hotweave_grace& DomainOf(RcuFlavour f) { return flavours[RcuConsolidated() ? 0 : static_cast<uint32_t>(f)]; }

bool InRcuSection(RcuFlavour flavour, const Task& t) {
  const bool handler = t.irq && engine.Handling(t);
  if (t.irq && !handler) return false;
  if (RcuConsolidated()) return t.rcu_nesting || handler || t.preempt || t.irqs_off || t.bh_off;
  if (flavour == RcuFlavour::Plain) return t.rcu_nesting;
  if (flavour == RcuFlavour::Sched) return handler || t.preempt || t.irqs_off || t.bh_off;
  return handler || t.irqs_off || t.bh_off;
}

uint32_t StartGracePeriod(hotweave_grace& d) {
  engine.TouchesCommon(kCommonGrace, true);
  const uint32_t index = NewPeriod();
  GracePeriod& g = periods[index];
  g.used = true;
  g.ended = g.abandoned = false;
  g.domain = &d;
  g.number = ++d.started;
  g.waiter = nullptr;
  g.waiting = ReadersOf(d);
  engine.Release(g.before);
  engine.Release(g.clock);
  engine.JoinClock(g.clock, d.readers_done);
  if (CoversContext(d)) {
    TouchSections(false);
    for (const Cpu& cpu : engine.cpus) {
      for (const uint32_t clock : cpu.context_clock) engine.JoinClock(g.clock, clock);
    }
  }
  CountActive(d, 1);
  if (g.waiting.None()) End(index);
  return index;
}

bool GracePeriodEnded(uint32_t period) { return periods[period].ended; }

void FinishGracePeriod(uint32_t period) {
  engine.TouchesCommon(kCommonGrace, true);
  engine.Acquire(periods[period].clock);
  periods[period].used = false;
}

void AbandonGracePeriod(uint32_t period) {
  engine.TouchesCommon(kCommonGrace, true);
  GracePeriod& g = periods[period];
  g.abandoned = true;
  if (g.ended) g.used = false;
}

bool HoldsBack(uint32_t period, const Task& task) {
  const GracePeriod& g = periods[period];
  if (!g.used || g.ended) return false;
  for (uint32_t i = 0; i < kMaxReaders; ++i) {
    if (g.waiting.Has(i) && &TaskOfReader(*g.domain, i) == &task) return true;
  }
  return false;
}

void WaitForGracePeriod(hotweave_grace& d, Op op, const void* object, const char* name) {
  const uint32_t period = StartGracePeriod(d);
  if (!GracePeriodEnded(period)) ++engine.statistics.contended;
  while (!GracePeriodEnded(period)) {
    periods[period].waiter = hot.task;
    engine.Block({.op = op, .object = object, .name = name, .hard = true, .blocked_by = BlockedByReader});
    periods[period].waiter = nullptr;
  }
  FinishGracePeriod(period);
}

bool PollGracePeriod(hotweave_grace& d, unsigned long cookie) {
  engine.TouchesCommon(kCommonGrace, false);
  if (d.ended <= cookie) return false;
  engine.Acquire(d.ends);
  return true;
}

void EnterRcuReader(RcuFlavour flavour) {
  engine.TouchesCommon(kCommonGrace, false);
  engine.Acquire(DomainOf(flavour).starts);
}

void LeaveRcuReader(RcuFlavour flavour) {
  engine.TouchesCommon(kCommonGrace, false);   // that it leaves; what it ends by that: ReaderLeft()
  engine.ReleaseJoin(DomainOf(flavour).readers_done);
  if (engine.section_ended) engine.section_ended();
}

int EnterSrcu(hotweave_grace& d) {
  uint32_t i = 0;
  while (i < srcu_reader_count && srcu_readers[i].domain) ++i;
  if (i == kMaxReaders) engine.OutOfBudget("too many SRCU readers");
  if (i == srcu_reader_count) ++srcu_reader_count;
  srcu_readers[i] = {&d, hot.task, static_cast<int>(d.started & 1)};
  engine.Acquire(d.starts);
  return srcu_readers[i].index;
}

bool LeaveSrcu(hotweave_grace& d, int index) {
  for (uint32_t i = srcu_reader_count; i-- > 0;) {
    const SrcuReader& r = srcu_readers[i];
    if (r.domain != &d || r.task != hot.task || r.index != index) continue;
    srcu_readers[i] = SrcuReader{};
    engine.ReleaseJoin(d.readers_done);
    ReaderLeft(d, i);
    return true;
  }
  return false;
}

uint32_t SrcuReaders(const hotweave_grace& d) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < srcu_reader_count; ++i) n += srcu_readers[i].domain == &d;
  return n;
}

}  // namespace hotweave
