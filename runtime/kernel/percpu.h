// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Where the current task is, and whether it may ask. Depends on core.
#pragma once

#include "core/engine.h"

namespace hotweave {

// True while the task cannot be moved to another CPU: the answer to "which CPU am I on" stays true.
// Source: check_preemption_disabled(), lib/smp_processor_id.c, 6.1.
inline bool StaysOnCpu(const Task& task) {
  return task.preempt || task.irqs_off || task.irq || task.bh_off || task.migrate_off || task.bound;
}

// Reports `what`, called where StaysOnCpu() is false: finding wrong-cpu.
[[noreturn, gnu::cold]] void PreemptibleUse(const char* what);

inline void CheckStaysOnCpu(const char* what) {
  if (__builtin_expect(!StaysOnCpu(*hot.task), 0)) PreemptibleUse(what);
}

}  // namespace hotweave
