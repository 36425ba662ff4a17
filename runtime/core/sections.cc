// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sections of one CPU that exclude each other, and the soft interrupts that wait for their ends. See engine.h.
#include "core/engine.h"

namespace hotweave {
namespace {

// By clock of a CPU: whom the section keeps out, as a bit of Exclusion.
constexpr const char* kAcquire[] = {"acquire of tasks", "acquire of softirqs", "acquire of irqs"};
constexpr const char* kRelease[] = {"release to tasks", "release to softirqs", "release to irqs"};

}  // namespace

// Who keeps out whom: sections of tasks each other; those with bottom halves or interrupts off, handlers of soft
// interrupts; those with interrupts off, handlers of hard ones. (Not: preemption off, and handlers.)
uint8_t Engine::Exclusions(const Task& t) {
  if (t.irq && !t.softirq) return kExcludesIrqs;
  uint8_t set = 0;
  if (t.irqs_off) set = kExcludesIrqs;
  if (t.irqs_off || t.bh_off || t.softirq) set |= kExcludesSoftirqs;
  if (!t.irq && (t.irqs_off || t.bh_off || t.preempt)) set |= kExcludesTasks;
  return set;
}

void Engine::ContextEnter(uint8_t exclusions, Where where) {
  const Cpu& cpu = cpus[hot.task->cpu];
  if (exclusions) TouchesCommon(kCommonSections + hot.task->cpu, false);
  for (unsigned i = 0; i < 3; ++i) {
    if (exclusions >> i & 1) Acquire(cpu.context_clock[i], where, kAcquire[i]);
  }
}

void Engine::ContextLeave(uint8_t exclusions, Where where) {
  Cpu& cpu = cpus[hot.task->cpu];
  if (exclusions) TouchesCommon(kCommonSections + hot.task->cpu, true);
  for (unsigned i = 0; i < 3; ++i) {
    if (exclusions >> i & 1) ReleaseJoin(cpu.context_clock[i], where, kRelease[i]);
  }
}

void Engine::ContextMoves(uint8_t before, uint8_t after, const Where& where) {
  ContextEnter(after & ~before, where);
  ContextLeave(before & ~after, where);
}

Task* Engine::PendingSoftirq(uint32_t cpu) {
  for (Task& t : live()) {
    if (t.softirq && t.cpu == cpu && t.runnable && !t.interrupted && cpus[cpu].on != &t && CpuFor(t) >= 0) return &t;
  }
  return nullptr;
}

void Engine::RunNext(Task& to, Op op) {
  RunsUnasked(to);
  Settle();
  ++steps_;
  Arm();
  SwitchTo(&to, true, false, op);
}

void Engine::RunSoftirqs() {
  Task& self = Current();
  // The kernel runs them on this task's stack: what it did precedes them, and they what it does next.
  while (Task* soft = PendingSoftirq(self.cpu)) {
    OrderBefore(*soft);
    RunNext(*soft, Op::BhEnable);
    Acquire(soft->exit_clock);
  }
}

}  // namespace hotweave
