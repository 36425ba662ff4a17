// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sections with preemption, bottom halves or interrupts off, for the primitives that are made of them, and as a
// grace period sees them. Depends on core.
#pragma once

#include <string>

#include "core/engine.h"

namespace hotweave {

// The current task may have left its last such section: every function that switches one of them on again says so,
// after the task's state does.
inline void SectionEnded() {
  if (__builtin_expect(engine.section_ended != nullptr, 0)) engine.section_ended();
}

// Waits until every task that is now inside a section with preemption or interrupts off, handlers included,
// has left it. May sleep. Defined in rcu.cc.
// Source: synchronize_sched(), 4.14; synchronize_rcu() from 4.20 on.
void SynchronizeSched();

// preempt_count() of the kernel: the task's, and under a handler those of what it interrupted.
unsigned PreemptCount(const Task& task);

// The current task's counts, with everything that hangs on them (exclusion on the CPU, lockdep, grace periods,
// softirqs that were held back). Not scheduling points, but EnableSoftirqs() may run softirqs.
void DisablePreemption();
void EnablePreemption();
void DisableSoftirqs();
void EnableSoftirqs();
void DisableIrqs();
void EnableIrqs();

// The current task is where it must not be: finding assertion. `sentence` goes on after the task's name.
[[noreturn]] void ContextBug(std::string sentence);

}  // namespace hotweave
