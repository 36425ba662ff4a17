// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sections with preemption, interrupts or bottom halves off, as a grace period sees them. Depends on core.
#pragma once

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

}  // namespace hotweave
