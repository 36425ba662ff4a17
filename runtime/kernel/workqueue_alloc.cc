// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Workqueues themselves: the system's, making and destroying them, attributes. Follows kernel/workqueue.c of Linux
// 6.1. See workqueue.h.
// Model: making a workqueue never fails; memory of a destroyed one is not used again.
#include <hotweave/hooks.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <deque>

#include "kernel/version.h"
#include "kernel/workqueue.h"

namespace hotweave {

namespace {

struct SystemQueue {
  const char* name;
  unsigned flags;
};
// Source: workqueue_init_early(), 6.1; init_mm_internals(), 4.13.
constexpr SystemQueue kSystem[] = {
    {"events", 0},
    {"events_highpri", WQ_HIGHPRI},
    {"events_long", 0},
    {"events_unbound", WQ_UNBOUND},
    {"events_freezable", WQ_FREEZABLE},
    {"events_power_efficient", WQ_POWER_EFFICIENT},
    {"events_freezable_power_", WQ_FREEZABLE | WQ_POWER_EFFICIENT},   // as cut off by the kernel
    {"mm_percpu_wq", WQ_MEM_RECLAIM},
};
constexpr size_t kNrSystem = sizeof(kSystem) / sizeof(kSystem[0]);

workqueue_struct system_queues[kNrSystem];
lock_class_key system_keys[kNrSystem];

std::deque<workqueue_struct> made;   // in this execution
std::deque<workqueue_attrs> attributes;

int MaxActive(const workqueue_struct& wq) {
  return (wq.flags & WQ_FREEZABLE) && workqueues_frozen ? 0 : wq.saved_max_active;
}

// Source: alloc_workqueue(), wq_init_lockdep(), 6.1.
void Initialise(workqueue_struct& wq, unsigned flags, int max_active, lock_class_key* key) {
  if ((flags & WQ_UNBOUND) && max_active == 1) flags |= __WQ_ORDERED;
  const int limit = flags & WQ_UNBOUND ? WQ_UNBOUND_MAX_ACTIVE : WQ_MAX_ACTIVE;
  wq.flags = flags;
  wq.saved_max_active = std::clamp(max_active ? max_active : WQ_DFL_ACTIVE, 1, limit);
  snprintf(wq.map_name, sizeof(wq.map_name), "(wq_completion)%s", wq.name);
  wq.map = lockdep_map{};
  wq.map.name = wq.map_name;
  wq.map.key = key;
  for (Pwq& pwq : wq.pwqs) {
    pwq.wq = &wq;
    pwq.max_active = MaxActive(wq);
  }
  wq.unbound = &wq.pwqs[0];
}

// The pools of system workqueues come with the first work; those of an execution before are forgotten.
void ResetSystem() {
  for (size_t i = 0; i < kNrSystem; ++i) {
    workqueue_struct& wq = system_queues[i];
    if (wq.saved_max_active && !wq.used) continue;
    wq = workqueue_struct{};
    snprintf(wq.name, sizeof(wq.name), "%s", kSystem[i].name);
    wq.flags = kSystem[i].flags;
    wq.saved_max_active = kSystem[i].flags & WQ_UNBOUND ? WQ_UNBOUND_MAX_ACTIVE : WQ_DFL_ACTIVE;
    snprintf(wq.map_name, sizeof(wq.map_name), "(wq_completion)%s", wq.name);
    wq.map.name = wq.map_name;
    wq.map.key = &system_keys[i];
    for (Pwq& pwq : wq.pwqs) {
      pwq.wq = &wq;
      pwq.max_active = wq.saved_max_active;
    }
    wq.unbound = &wq.pwqs[0];
  }
}

// Each workqueue is a class of its own (before 5.1: each call of alloc_workqueue()): a key that is the same in
// every execution, made of the call and how many came from there before.
lock_class_key* KeyFor(uintptr_t pc) {
  static const Change kDynamic{"669de8bda87b", KERNEL_VERSION(5, 1, 0)};
  uintptr_t nth = 0;
  for (const workqueue_struct& wq : made) nth += wq.caller == pc;
  return reinterpret_cast<lock_class_key*>(pc + (kDynamic.InEffect() ? nth : 0));
}

bool Busy(const Pwq& pwq) { return pwq.nr_active || !pwq.inactive.empty(); }

}  // namespace

void ForWorkqueues(void (*f)(workqueue_struct& wq)) {
  for (workqueue_struct& wq : system_queues) f(wq);
  for (workqueue_struct& wq : made) {
    if (!wq.destroyed) f(wq);
  }
}

// Source: pwq_adjust_max_active(), 6.1.
void AdjustMaxActive(workqueue_struct& wq) {
  wq.used = true;
  for (Pwq& pwq : wq.pwqs) {
    pwq.max_active = MaxActive(wq);
    if (pwq.inactive.empty() || !pwq.max_active) continue;
    ActivateInactive(pwq);
    if (pwq.pool->NeedMoreWorker()) WakeWorker(*pwq.pool);
  }
}

void ResetWorkqueues() {
  if (!made.empty()) made.clear();
  if (!attributes.empty()) attributes.clear();
  workqueues_frozen = false;
  ResetSystem();
}

}  // namespace hotweave

using namespace hotweave;

extern "C" {
workqueue_struct* system_wq = &system_queues[0];
workqueue_struct* system_highpri_wq = &system_queues[1];
workqueue_struct* system_long_wq = &system_queues[2];
workqueue_struct* system_unbound_wq = &system_queues[3];
workqueue_struct* system_freezable_wq = &system_queues[4];
workqueue_struct* system_power_efficient_wq = &system_queues[5];
workqueue_struct* system_freezable_power_efficient_wq = &system_queues[6];
workqueue_struct* mm_percpu_wq = &system_queues[7];
}

extern "C" workqueue_struct* alloc_workqueue(const char* format, unsigned flags, int max_active, ...) {
  MightSleep(Op::Kmalloc, nullptr);
  engine.Point(Op::Kmalloc, nullptr, "alloc_workqueue");
  const auto pc = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  lock_class_key* key = KeyFor(pc);
  workqueue_struct& wq = made.emplace_back();
  wq.caller = pc;
  va_list args;
  va_start(args, max_active);
  vsnprintf(wq.name, sizeof(wq.name), format, args);
  va_end(args);
  Initialise(wq, flags, max_active, key);
  return &wq;
}

// Source: destroy_workqueue(), 6.1.
extern "C" void destroy_workqueue(workqueue_struct* wq) {
  drain_workqueue(wq);
  if (wq->rescuer) {
    Task& t = *wq->rescuer->task;
    t.should_stop = true;
    engine.StartTask(t);
    engine.Unblock(t);
    wq->rescuer = nullptr;
  }
  for (const Pwq& pwq : wq->pwqs) {
    if (Busy(pwq)) hotweave_warn(__FILE_NAME__, 0, "pwq_busy(pwq)", "destroy_workqueue(): %s has works", wq->name);
  }
  wq->destroyed = true;
}

extern "C" void workqueue_set_max_active(workqueue_struct* wq, int max_active) {
  engine.Point(Op::Store, nullptr, "workqueue_set_max_active");
  CheckAlive(wq);
  if (wq->flags & __WQ_ORDERED_EXPLICIT) {
    Warn("wq->flags & __WQ_ORDERED_EXPLICIT");
  }
  const int limit = wq->flags & WQ_UNBOUND ? WQ_UNBOUND_MAX_ACTIVE : WQ_MAX_ACTIVE;
  wq->flags &= ~static_cast<unsigned>(__WQ_ORDERED);
  wq->saved_max_active = std::clamp(max_active ? max_active : WQ_DFL_ACTIVE, 1, limit);
  AdjustMaxActive(*wq);
}

// ---- Attributes ----------------------------------------------------------------------------------------

extern "C" workqueue_attrs* alloc_workqueue_attrs(void) {
  MightSleep(Op::Kmalloc, nullptr);
  workqueue_attrs& attrs = attributes.emplace_back();
  attrs = workqueue_attrs{};
  for (uint32_t c = 0; c < kCpus; ++c) attrs.cpumask[0].bits[0] |= 1ul << c;
  return &attrs;
}

extern "C" void free_workqueue_attrs(workqueue_attrs*) {}

// Source: apply_workqueue_attrs(), 6.1. Works that are queued already stay in their pool.
extern "C" int apply_workqueue_attrs(workqueue_struct* wq, const workqueue_attrs* attrs) {
  MightSleep(Op::Kmalloc, nullptr);
  engine.Point(Op::Store, nullptr, "apply_workqueue_attrs");
  CheckAlive(wq);
  if (!(wq->flags & WQ_UNBOUND)) {
    Warn("!(wq->flags & WQ_UNBOUND)");
  }
  if (wq->flags & __WQ_ORDERED_EXPLICIT) {
    Warn("wq->flags & __WQ_ORDERED_EXPLICIT");
  }
  const auto cpus = static_cast<uint32_t>(attrs->cpumask[0].bits[0]) & kAllCpus;
  Pool& pool = UnboundPool(attrs->nice, cpus ? cpus : kAllCpus);
  if (wq->unbound->pool == &pool) return 0;
  Pwq* free = std::find_if(std::begin(wq->pwqs), std::end(wq->pwqs), [](const Pwq& p) { return !Busy(p); });
  if (free == std::end(wq->pwqs)) engine.OutOfBudget("attributes of a workqueue change too often while it is busy");
  wq->used = true;
  wq->unbound = free;
  free->pool = &pool;
  return 0;
}
