// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Workqueues against CPU hotplug and freezing; functions on other CPUs. Follows kernel/workqueue.c of Linux 6.1. See workqueue.h.
// Model: each change of a pool is one step.
#include <hotweave/hooks.h>
#include <hotweave/target.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "kernel/version.h"
#include "kernel/workqueue.h"

// Here, so that whoever uses workqueues has their callbacks of CPU hotplug as well.
bool hotweave::workqueues_frozen;

using namespace hotweave;

namespace {
// A mutant, for history tables that list it: a CPU that goes down takes its workers with it, and nobody makes others.
const Change kPoolLosesWorkers{"pool_loses_workers", HOTWEAVE_NEVER};

int LoseWorkers(int cpu, int n) {
  for (bool highpri : {false, true}) CpuPool(cpu, highpri).nr_running += n;   // as if one ran, for ever
  return 0;
}
}  // namespace

// Model: the worker that a pool needs is only counted, and always there.
extern "C" int workqueue_prepare_cpu(unsigned) { return 0; }

extern "C" int workqueue_online_cpu(unsigned cpu) {
  engine.Point(Op::Yield, nullptr, "workqueue_online_cpu");
  if (kPoolLosesWorkers.InEffect()) LoseWorkers(static_cast<int>(cpu), -1);
  for (bool highpri : {false, true}) RebindWorkers(CpuPool(static_cast<int>(cpu), highpri));
  return 0;
}

namespace {

const Change kUnbindsItself{"e8b3f8db7aad", KERNEL_VERSION(4, 16, 0)};

void UnbindAll(uint32_t cpu) {
  for (bool highpri : {false, true}) UnbindWorkers(CpuPool(static_cast<int>(cpu), highpri));
}

// Source: wq_unbind_fn(), 4.15.
void UnbindFn(work_struct*) { UnbindAll(hot.task->cpu); }

// By a work on the dying CPU, which unbinds its own worker, too. Source: workqueue_offline_cpu(), 4.15.
void UnbindByWork(uint32_t cpu) {
  work_struct unbind_work;
  INIT_WORK_ONSTACK(&unbind_work, UnbindFn);
  queue_work_on(static_cast<int>(cpu), system_highpri_wq, &unbind_work);
  flush_work(&unbind_work);
  destroy_work_on_stack(&unbind_work);
}

}  // namespace

extern "C" int workqueue_offline_cpu(unsigned cpu) {
  engine.Point(Op::Yield, nullptr, "workqueue_offline_cpu");
  if (cpu != hot.task->cpu) Warn("cpu != smp_processor_id()");
  if (kPoolLosesWorkers.InEffect()) return LoseWorkers(static_cast<int>(cpu), 1);
  if (kUnbindsItself.InEffect()) {
    UnbindAll(cpu);
  } else {
    UnbindByWork(cpu);
  }
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

// ---- Functions by way of works ---------------------------------------------------------------------------

namespace {

struct CpusReadLock {
  CpusReadLock() { cpus_read_lock(); }
  ~CpusReadLock() { cpus_read_unlock(); }
};

work_struct* WorkOf(work_struct* works, unsigned cpu) { return per_cpu_ptr(works, cpu); }

struct WorkForCpu {
  work_struct work;
  long (*fn)(void*);
  void* arg;
  long result;
};

void RunForCpu(work_struct* work) {
  auto* w = reinterpret_cast<WorkForCpu*>(work);
  w->result = w->fn(w->arg);
}

}  // namespace

// Source: schedule_on_each_cpu(), 6.1.
extern "C" int schedule_on_each_cpu(work_func_t func) {
  auto* works = static_cast<work_struct*>(__alloc_percpu(sizeof(work_struct), alignof(work_struct)));
  if (!works) return -ENOMEM;
  {
    CpusReadLock cpus;
    unsigned cpu;
    for_each_online_cpu(cpu) {
      INIT_WORK(WorkOf(works, cpu), func);
      schedule_work_on(static_cast<int>(cpu), WorkOf(works, cpu));
    }
    for_each_online_cpu(cpu) flush_work(WorkOf(works, cpu));
  }
  free_percpu(works);
  return 0;
}

// Source: work_on_cpu(), 6.1.
extern "C" long work_on_cpu(int cpu, long (*fn)(void*), void* arg) {
  WorkForCpu w;
  w.fn = fn;
  w.arg = arg;
  INIT_WORK_ONSTACK(&w.work, RunForCpu);
  schedule_work_on(cpu, &w.work);
  flush_work(&w.work);
  destroy_work_on_stack(&w.work);
  return w.result;
}

extern "C" long work_on_cpu_safe(int cpu, long (*fn)(void*), void* arg) {
  CpusReadLock cpus;
  return cpu_online(static_cast<unsigned>(cpu)) ? work_on_cpu(cpu, fn, arg) : -ENODEV;
}

extern "C" int execute_in_process_context(work_func_t fn, execute_work* ew) {
  if (!in_interrupt()) {
    fn(&ew->work);
    return 0;
  }
  INIT_WORK(&ew->work, fn);
  schedule_work(&ew->work);
  return 1;
}
