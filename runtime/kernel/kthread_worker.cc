// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct kthread_worker. Contract: <linux/kthread_worker.h>. Follows kernel/kthread.c of Linux 6.1.
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include <cstring>

#include <hotweave/target.h>

#include "kernel/enter.h"
#include "kernel/lock.h"
#include "kernel/object.h"

using namespace hotweave;

namespace {

// worker->lock with interrupts off, for a scope.
class WorkerLock {
 public:
  explicit WorkerLock(kthread_worker* worker) : worker_(worker) { Take(); }
  ~WorkerLock() { Drop(); }
  WorkerLock(const WorkerLock&) = delete;
  WorkerLock& operator=(const WorkerLock&) = delete;
  void Take() { raw_spin_lock_irqsave(&worker_->lock, flags_); }
  void Drop() { raw_spin_unlock_irqrestore(&worker_->lock, flags_); }

 private:
  kthread_worker* worker_;
  unsigned long flags_ = 0;
};

kthread_delayed_work* DelayedOf(kthread_work* work) { return container_of(work, kthread_delayed_work, work); }

// Source: queuing_blocked(), 6.1.
bool QueuingBlocked(const kthread_work* work) { return !list_empty(&work->node) || work->canceling; }

// Source: kthread_insert_work_sanity_check(), 6.1.
void CheckInsertion(kthread_worker* worker, kthread_work* work) {
  WARN_ON_ONCE(!list_empty(&work->node));
  WARN_ON_ONCE(work->worker && work->worker != worker);
}

// Source: kthread_insert_work(), 6.1.
void Insert(kthread_worker* worker, kthread_work* work, list_head* before) {
  CheckInsertion(worker, work);
  list_add_tail(&work->node, before);
  work->worker = worker;
  if (!worker->current_work && worker->task) wake_up_process(worker->task);
}

// Source: __kthread_queue_delayed_work(), 6.1.
void InsertDelayed(kthread_worker* worker, kthread_delayed_work* dwork, unsigned long delay) {
  kthread_work* work = &dwork->work;
  WARN_ON_ONCE(dwork->timer.function != kthread_delayed_work_timer_fn);
  if (!delay) return Insert(worker, work, &worker->work_list);
  CheckInsertion(worker, work);
  list_add(&work->node, &worker->delayed_work_list);
  work->worker = worker;
  dwork->timer.expires = jiffies + delay;
  add_timer(&dwork->timer);
}

// Takes it off the queue; true if it was on one. Source: __kthread_cancel_work(), 6.1.
bool TakeOff(kthread_work* work) {
  if (list_empty(&work->node)) return false;
  list_del_init(&work->node);
  return true;
}

// The lock is dropped meanwhile, because the timer's function takes it; nobody can queue the work then.
// Source: kthread_cancel_delayed_work_timer(), 6.1.
void CancelTimer(kthread_work* work, WorkerLock& lock) {
  ++work->canceling;
  lock.Drop();
  del_timer_sync(&DelayedOf(work)->timer);
  lock.Take();
  --work->canceling;
}

// Source: __kthread_cancel_work_sync(), 6.1.
bool CancelSync(kthread_work* work, bool delayed) {
  UseObject(work, "kthread_cancel_work_sync()");
  kthread_worker* worker = work->worker;
  if (!worker) return false;
  WorkerLock lock(worker);
  WARN_ON_ONCE(work->worker != worker);
  if (delayed) CancelTimer(work, lock);
  const bool queued = TakeOff(work);
  if (worker->current_work != work) return queued;
  ++work->canceling;
  lock.Drop();
  kthread_flush_work(work);
  lock.Take();
  --work->canceling;
  return queued;
}

// A work that tells when everything before it has run.
struct FlushMark {
  kthread_work work;
  completion done;
  FlushMark() {
    hotweave_kthread_init_work(&work, [](kthread_work* w) { complete(&container_of(w, FlushMark, work)->done); });
    __hotweave_init_completion(&done, "kthread_flush_work");
  }
};

// The next work, which is now the current one, or nullptr.
kthread_work* Next(kthread_worker* worker) {
  const WorkerLock lock(worker);
  kthread_work* work = nullptr;
  if (!list_empty(&worker->work_list)) {
    work = list_first_entry(&worker->work_list, kthread_work, node);
    list_del_init(&work->node);
  }
  worker->current_work = work;
  return work;
}

void WaitForWork() {
  if (freezing(current)) return;
  hotweave_idle_wait(true);
  schedule();
  hotweave_idle_wait(false);
}

}  // namespace

extern "C" void __kthread_init_worker(kthread_worker* worker, const char* name, lock_class_key* key) {
  std::memset(static_cast<void*>(worker), 0, sizeof(*worker));
  __raw_spin_lock_init(&worker->lock, name, key, LD_WAIT_SPIN);
  INIT_LIST_HEAD(&worker->work_list);
  INIT_LIST_HEAD(&worker->delayed_work_list);
}

extern "C" kthread_worker* hotweave_kthread_start_worker(kthread_worker* worker, task_struct* task, int cpu) {
  if (cpu >= 0) kthread_bind(task, static_cast<unsigned>(cpu));
  worker->task = task;
  wake_up_process(task);
  return worker;
}

// Source: kthread_worker_fn(), 6.1.
extern "C" int kthread_worker_fn(void* worker_ptr) {
  auto* worker = static_cast<kthread_worker*>(worker_ptr);
  WARN_ON(worker->task && worker->task != current);
  worker->task = current;
  if (worker->flags & KTW_FREEZABLE) set_freezable();
  for (;;) {
    set_current_state(TASK_INTERRUPTIBLE);
    if (kthread_should_stop()) {
      __set_current_state(TASK_RUNNING);
      const WorkerLock lock(worker);
      worker->task = nullptr;
      return 0;
    }
    if (kthread_work* work = Next(worker)) {
      __set_current_state(TASK_RUNNING);
      UseObject(work, "a kthread_worker");
      EnterTarget(work->func, work);
    } else {
      WaitForWork();
    }
    try_to_freeze();
  }
}

extern "C" bool kthread_queue_work(kthread_worker* worker, kthread_work* work) {
  UseObject(work, "kthread_queue_work()");
  const WorkerLock lock(worker);
  if (QueuingBlocked(work)) return false;
  Insert(worker, work, &worker->work_list);
  return true;
}

// With interrupts off (TIMER_IRQSAFE). Source: kthread_delayed_work_timer_fn(), 6.1.
extern "C" void kthread_delayed_work_timer_fn(timer_list* t) {
  kthread_delayed_work* dwork = container_of(t, kthread_delayed_work, timer);
  kthread_work* work = &dwork->work;
  kthread_worker* worker = work->worker;
  if (WARN_ON_ONCE(!worker)) return;
  UseObject(worker, "the timer of a kthread_delayed_work");
  const WorkerLock lock(worker);
  WARN_ON_ONCE(work->worker != worker);
  WARN_ON_ONCE(list_empty(&work->node));
  list_del_init(&work->node);
  if (!work->canceling) Insert(worker, work, &worker->work_list);
}

extern "C" bool kthread_queue_delayed_work(kthread_worker* worker, kthread_delayed_work* dwork, unsigned long delay) {
  UseObject(dwork, "kthread_queue_delayed_work()");
  const WorkerLock lock(worker);
  if (QueuingBlocked(&dwork->work)) return false;
  InsertDelayed(worker, dwork, delay);
  return true;
}

// Source: kthread_mod_delayed_work(), 6.1.
extern "C" bool kthread_mod_delayed_work(kthread_worker* worker, kthread_delayed_work* dwork, unsigned long delay) {
  kthread_work* work = &dwork->work;
  UseObject(dwork, "kthread_mod_delayed_work()");
  WorkerLock lock(worker);
  bool queued = false;
  if (work->worker) {
    WARN_ON_ONCE(work->worker != worker);
    CancelTimer(work, lock);
    // Another task cancels or modifies it, and dropped the lock for that: it decides.
    if (work->canceling) return true;
    queued = TakeOff(work);
  }
  InsertDelayed(worker, dwork, delay);
  return queued;
}

// Source: kthread_flush_work(), 6.1.
extern "C" void kthread_flush_work(kthread_work* work) {
  MightSleep(Op::WaitForCompletion, work);
  UseObject(work, "kthread_flush_work()");
  kthread_worker* worker = work->worker;
  if (!worker) return;
  FlushMark mark;
  {
    const WorkerLock lock(worker);
    WARN_ON_ONCE(work->worker != worker);
    if (!list_empty(&work->node)) {
      Insert(worker, &mark.work, work->node.next);
    } else if (worker->current_work == work) {
      Insert(worker, &mark.work, worker->work_list.next);
    } else {
      return;
    }
  }
  wait_for_completion(&mark.done);
}

extern "C" void kthread_flush_worker(kthread_worker* worker) {
  MightSleep(Op::WaitForCompletion, worker);
  FlushMark mark;
  kthread_queue_work(worker, &mark.work);
  wait_for_completion(&mark.done);
}

extern "C" bool kthread_cancel_work_sync(kthread_work* work) {
  MightSleep(Op::WaitForCompletion, work);
  return CancelSync(work, false);
}
extern "C" bool kthread_cancel_delayed_work_sync(kthread_delayed_work* dwork) {
  MightSleep(Op::WaitForCompletion, dwork);
  return CancelSync(&dwork->work, true);
}

extern "C" void kthread_destroy_worker(kthread_worker* worker) {
  task_struct* task = worker->task;
  if (WARN_ON(!task)) return;
  kthread_flush_worker(worker);
  kthread_stop(task);
  WARN_ON(!list_empty(&worker->work_list));
  kfree(worker);
}
