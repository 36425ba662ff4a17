// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Waiting for works and taking them back. Follows kernel/workqueue.c of Linux 6.1. See workqueue.h.
// Model: who flushes goes on when the execution that it waits for has ended, or was taken back; in the kernel a
// barrier work that a worker runs right after it lets it go. Instead of colours every queueing has a number.
#include <hotweave/hooks.h>

#include "kernel/version.h"
#include "kernel/workqueue.h"

namespace hotweave {
namespace {

Flush* flushes;   // those that wait now; on their tasks' stacks

// The worker in this very execution of the work.
const Worker* RunningIt(const Task& t, const Flush& f) {
  const Worker* w = WorkerOf(t);
  if (!w || !w->current) return nullptr;
  if (f.item) return w->current == f.item && w->current_sequence == f.sequence ? w : nullptr;
  return w->current_pwq->wq == f.wq && w->current_sequence <= f.sequence ? w : nullptr;
}

bool QueuedIn(const ItemList& list, const Flush& f) {
  for (const Item* i = list.first; i; i = i->next) {
    if (i->pwq->wq == f.wq && i->sequence <= f.sequence) return true;
  }
  return false;
}

bool Outstanding(const Flush& f) {
  if (f.item && f.item->queued() && f.item->sequence == f.sequence) return true;
  for (const Task& t : engine.live()) {
    if (RunningIt(t, f)) return true;
    if (!f.item && WorkerOf(t) && QueuedIn(WorkerOf(t)->scheduled, f)) return true;
  }
  if (f.item) return false;
  for (const Pwq& pwq : f.wq->pwqs) {
    if (pwq.pool && (QueuedIn(pwq.pool->works, f) || QueuedIn(pwq.inactive, f))) return true;
  }
  return false;
}

// A queued work cannot start before `w` is done: it runs there right now, is all that max_active allows, or its pool has no
// other worker that could run it.
bool HoldsUp(const Worker& w, const Item& item) {
  if (item.pwq->pool->starved && item.pwq->pool->manager == &w) return true;
  if (!w.current) return false;
  if (w.current == &item && w.pool == item.last_pool) return true;
  return item.list == &item.pwq->inactive && item.pwq->max_active == 1 && w.current_pwq == item.pwq;
}

bool HoldsUpAny(const Worker& w, const ItemList& list, const Flush& f) {
  for (const Item* i = list.first; i; i = i->next) {
    if (i->pwq->wq == f.wq && i->sequence <= f.sequence && HoldsUp(w, *i)) return true;
  }
  return false;
}

// Must `other` act before `self`, which flushes, can go on?
bool BlocksFlush(const Task& self, const Task& other) {
  const Flush* f = flushes;
  while (f && f->task != &self) f = f->next;
  if (!f) return false;
  if (RunningIt(other, *f)) return true;
  const Worker* w = WorkerOf(other);
  if (!w) return false;
  if (f->item) return f->item->queued() && f->item->sequence == f->sequence && HoldsUp(*w, *f->item);
  for (const Pwq& pwq : f->wq->pwqs) {
    if (pwq.pool && (HoldsUpAny(*w, pwq.pool->works, *f) || HoldsUpAny(*w, pwq.inactive, *f))) return true;
  }
  return false;
}

void TouchFlush(const Flush& f) {
  f.item ? TouchItem(*f.item) : engine.TouchesCommon(kCommonOther, true);
}

void WaitFor(Flush& f, Op op, const void* object, const char* name) {
  f.task = hot.task;
  if (!Outstanding(f)) return;
  f.next = flushes;
  flushes = &f;
  for (; Outstanding(f); TouchFlush(f)) {
    engine.Block({.op = op, .object = object, .name = name, .hard = true, .blocked_by = BlocksFlush});
  }
  Flush** link = &flushes;
  while (*link != &f) link = &(*link)->next;
  *link = f.next;
  engine.Acquire(f.clock);
}

// Source: check_flush_dependency(), 6.1.
void CheckDependency(const workqueue_struct* wq) {
  if (wq->flags & WQ_MEM_RECLAIM) return;
  if (hot.task->flags & PF_MEMALLOC) {
    hotweave_warn(__FILE_NAME__, 0, "current->flags & PF_MEMALLOC",
                  "PF_MEMALLOC task %s is flushing !WQ_MEM_RECLAIM %s", hot.task->comm, wq->name);
  }
  const Worker* w = CurrentWorker();
  if (w && w->current_pwq && (w->current_pwq->wq->flags & (WQ_MEM_RECLAIM | __WQ_LEGACY)) == WQ_MEM_RECLAIM) {
    hotweave_warn(__FILE_NAME__, 0, "worker->current_pwq->wq->flags & WQ_MEM_RECLAIM",
                  "WQ_MEM_RECLAIM %s is flushing !WQ_MEM_RECLAIM %s", w->current_pwq->wq->name, wq->name);
  }
}

// What flushing tells lockdep, by version: up to 4.14 always (reading the workqueue's map in 4.13 unless its works
// may depend on each other); nothing in 4.15-4.18, where completions were to say it; from 4.19 on again, but at
// first not for cancelling, and the workqueue's map never for that.
struct FlushRules {
  bool work, workqueue, read_workqueue;
};

FlushRules RulesFor(bool from_cancel) {
  static const Change kExclusive{"a1d14934ea4b", KERNEL_VERSION(4, 14, 0)};
  static const Change kRemoved{"fd1a5b04dfb8", KERNEL_VERSION(4, 15, 0)};
  static const Change kAddedAgain{"87915adc3f0a", KERNEL_VERSION(4, 19, 0)};
  static const Change kSkipInCancel{"d6e89786bed9", KERNEL_VERSION(4, 19, 0)};
  static const Change kCancelToo{"c0feea594e05", KERNEL_VERSION(6, 0, 0)};
  FlushRules rules;
  rules.work = !kRemoved.InEffect() || (kAddedAgain.InEffect() && (!from_cancel || kCancelToo.InEffect()));
  rules.workqueue = !from_cancel || !kSkipInCancel.InEffect();
  rules.read_workqueue = !kExclusive.InEffect();
  return rules;
}

void Touch(lockdep_map& map, int read = 0) {
  LockdepAcquire(map, 0, false, read);
  LockdepRelease(map);
}

// Waits as FlushItem() does, after the scheduling point. Source: start_flush_work(), 6.1.
bool StartFlush(Item& item, bool from_cancel) {
  TouchItem(item);
  const Worker* w = item.queued() ? nullptr : item.last_pool ? Executing(item.last_pool, item) : nullptr;
  engine.Acquire(item.done_clock);
  if (!item.queued() && !w) return false;
  workqueue_struct* wq = w ? w->current_pwq->wq : item.pwq->wq;
  CheckDependency(wq);
  if (hot.lockdep) {
    const FlushRules rules = RulesFor(from_cancel);
    const bool dependent = wq->saved_max_active == 1 || (wq->flags & WQ_MEM_RECLAIM);
    if (rules.workqueue && dependent) Touch(wq->map);
    if (rules.workqueue && !dependent && rules.read_workqueue) Touch(wq->map, 2);
  }
  Flush f;
  f.item = &item;
  f.sequence = w ? w->current_sequence : item.sequence;
  WaitFor(f, Op::FlushWork, item.work, WorkName(*item.work));
  return true;
}

bool BlocksCancel(const Task& self, const Task& other) {
  const auto* work = static_cast<const work_struct*>(self.wait.object);
  return ItemOf(const_cast<work_struct*>(work)).canceler == &other;
}

// Source: __cancel_work_timer(), 6.1.
bool CancelSync(work_struct* work, bool delayed) {
  MightSleep(Op::CancelWork, work);
  int grabbed;
  while ((grabbed = Grab(ItemOf(work), delayed)) < 0) {
    const char* name = WorkName(*work);
    engine.Block({.op = Op::CancelWork, .object = work, .name = name, .hard = true, .blocked_by = BlocksCancel});
  }
  Item& item = ItemOf(work);
  item.canceler = hot.task;
  FlushItem(item, true);
  item.canceler = nullptr;
  item.last_pool = nullptr;
  ClearPending(work);
  for (Task& t : engine.live()) {
    if (t.wait.op == Op::CancelWork && t.wait.object == work && !t.runnable) engine.Unblock(t);
  }
  return grabbed;
}

bool Cancel(work_struct* work, bool delayed) {
  if (int grabbed = Grab(ItemOf(work), delayed); grabbed >= 0) {
    ClearPending(work);
    return grabbed;
  }
  return false;
}

}  // namespace

void ResetFlushes() { flushes = nullptr; }

void Finished(const Item& item, const workqueue_struct* wq, uint64_t sequence, bool ran) {
  for (Flush* f = flushes; f; f = f->next) {
    const bool meant = f->item ? f->item == &item && f->sequence == sequence : f->wq == wq && sequence <= f->sequence;
    if (!meant) continue;
    TouchFlush(*f);
    if (ran) engine.ReleaseJoin(f->clock);
    if (!Outstanding(*f)) engine.Unblock(*f->task);
  }
}

// Source: __flush_work(), 6.1.
bool FlushItem(Item& item, bool from_cancel) {
  work_struct* work = item.work;
  if (!work->func) Warn("!work->func");
  if (hot.lockdep && RulesFor(from_cancel).work) Touch(MapOf(item));
  return StartFlush(item, from_cancel);
}

// Source: try_to_grab_pending(), 6.1.
int Grab(Item& item, bool delayed) {
  const bool was_pending = SetPending(item.work);
  if (!was_pending) return 0;
  TouchItem(item);
  if (item.canceler) return -1;
  if (delayed && DisarmDelayed(item)) return 1;
  if (item.queued()) {
    Pwq& pwq = *item.pwq;
    const bool active = item.list != &pwq.inactive;
    item.list->Remove(item);
    if (active) LeavePwq(pwq);
    if (pwq.pool->NeedMoreWorker()) WakeWorker(*pwq.pool);
    Finished(item, pwq.wq, item.sequence, false);
  }
  return 1;
}

// Source: __flush_workqueue(), 6.1.
void FlushAll(workqueue_struct* wq) {
  MightSleep(Op::FlushWorkqueue, nullptr);
  engine.Point(Op::FlushWorkqueue, nullptr, wq->name);
  CheckAlive(wq);
  static const Change kRemoved{"fd1a5b04dfb8", KERNEL_VERSION(4, 15, 0)};
  static const Change kAddedAgain{"87915adc3f0a", KERNEL_VERSION(4, 19, 0)};
  if (hot.lockdep && (!kRemoved.InEffect() || kAddedAgain.InEffect())) Touch(wq->map);
  CheckDependency(wq);
  engine.Acquire(wq->done_clock);
  Flush f;
  f.wq = wq;
  f.sequence = CurrentSequence();
  WaitFor(f, Op::FlushWorkqueue, nullptr, wq->map_name);
}

}  // namespace hotweave

using namespace hotweave;

extern "C" bool flush_work(work_struct* work) {
  MightSleep(Op::FlushWork, work);
  engine.Point(Op::FlushWork, work, WorkName(*work));
  return FlushItem(ItemOf(work), false);
}

extern "C" bool cancel_work(work_struct* work) { return Cancel(work, false); }
extern "C" bool cancel_work_sync(work_struct* work) { return CancelSync(work, false); }
extern "C" bool cancel_delayed_work(delayed_work* dwork) { return Cancel(&dwork->work, true); }
extern "C" bool cancel_delayed_work_sync(delayed_work* dwork) { return CancelSync(&dwork->work, true); }

extern "C" void __flush_workqueue(workqueue_struct* wq) { FlushAll(wq); }

// Source: drain_workqueue(), 6.1.
extern "C" void drain_workqueue(workqueue_struct* wq) {
  CheckAlive(wq);
  if (!wq->nr_drainers++) wq->flags |= __WQ_DRAINING;
  for (bool drained = false; !drained;) {
    FlushAll(wq);
    drained = true;
    for (const Pwq& pwq : wq->pwqs) drained = drained && !pwq.nr_active && pwq.inactive.empty();
  }
  if (!--wq->nr_drainers) wq->flags &= ~__WQ_DRAINING;
}
