// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Workqueues against CPU hotplug and freezing. Follows kernel/workqueue.c of Linux 6.1. See workqueue.h.
// Model: each change of a pool is one step; up to 4.15 a highpri work did it on the dying CPU.
#include <hotweave/hooks.h>

#include "kernel/workqueue.h"

using namespace hotweave;

// Model: the worker that a pool needs is only counted, and always there.
extern "C" int workqueue_prepare_cpu(unsigned) { return 0; }

extern "C" int workqueue_online_cpu(unsigned cpu) {
  engine.Point(Op::Yield, nullptr, "workqueue_online_cpu");
  for (bool highpri : {false, true}) RebindWorkers(CpuPool(static_cast<int>(cpu), highpri));
  return 0;
}

extern "C" int workqueue_offline_cpu(unsigned cpu) {
  engine.Point(Op::Yield, nullptr, "workqueue_offline_cpu");
  if (cpu != hot.task->cpu) Warn("cpu != smp_processor_id()");
  for (bool highpri : {false, true}) UnbindWorkers(CpuPool(static_cast<int>(cpu), highpri));
  return 0;
}

// ---- Freezing ------------------------------------------------------------------------------------------

extern "C" void freeze_workqueues_begin(void) {
  engine.Point(Op::Yield, nullptr, "freeze_workqueues_begin");
  if (workqueues_frozen) Warn("workqueue_freezing");
  workqueues_frozen = true;
  ForWorkqueues([](workqueue_struct& wq) {
    if (wq.flags & WQ_FREEZABLE) AdjustMaxActive(wq);
  });
}

namespace {

bool freezable_busy;

}  // namespace

extern "C" bool freeze_workqueues_busy(void) {
  engine.Point(Op::Load, nullptr, "freeze_workqueues_busy");
  freezable_busy = false;
  ForWorkqueues([](workqueue_struct& wq) {
    for (const Pwq& pwq : wq.pwqs) freezable_busy |= (wq.flags & WQ_FREEZABLE) && pwq.nr_active;
  });
  return freezable_busy;
}

extern "C" void thaw_workqueues(void) {
  engine.Point(Op::Yield, nullptr, "thaw_workqueues");
  if (!workqueues_frozen) return;
  workqueues_frozen = false;
  ForWorkqueues([](workqueue_struct& wq) {
    if (wq.flags & WQ_FREEZABLE) AdjustMaxActive(wq);
  });
}
