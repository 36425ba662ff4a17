// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Delayed works and RCU works. Follows kernel/workqueue.c of Linux 6.1. See workqueue.h.
// Model: arming and the timer's function are one step each.
#include <hotweave/hooks.h>
#include <linux/jiffies.h>

#include "kernel/expiry.h"
#include "kernel/object.h"
#include "kernel/workqueue.h"

namespace hotweave {
namespace {

delayed_work* DelayedOf(work_struct* work) { return reinterpret_cast<delayed_work*>(work); }
delayed_work* DelayedOf(timer_list* timer) {
  return reinterpret_cast<delayed_work*>(reinterpret_cast<char*>(timer) - offsetof(delayed_work, timer));
}

// Source: delayed_work_timer_fn(), 6.1; interrupts are off (TIMER_IRQSAFE).
void RunTimer(Expiry& e) {
  auto* timer = static_cast<timer_list*>(e.object);
  CheckFrame(*FindItem(&DelayedOf(timer)->work));
  UseObject(timer, "the timer of a delayed work");
  timer->entry.pprev = nullptr;
  delayed_work_timer_fn(timer);
}
constexpr ExpiryKind kKind{"timer", true, RunTimer};

// Source: __queue_delayed_work(), 6.1.
void QueueDelayed(int cpu, workqueue_struct* wq, delayed_work* dwork, unsigned long delay) {
  Item& item = ItemOf(&dwork->work);
  if (!wq) Warn("!wq");
  if (dwork->timer.function != delayed_work_timer_fn) Warn("timer->function != delayed_work_timer_fn");
  if (item.armed()) Warn("timer_pending(timer)");
  if (delay == 0) return QueueItem(cpu, wq, item);
  dwork->wq = wq;
  dwork->cpu = cpu;
  dwork->timer.expires = jiffies + delay;
  dwork->timer.entry.pprev = &dwork->timer.entry.next;
  RememberFrame(item);
  item.expiry = &ExpiryOf(&dwork->timer, kKind);
  Arm(*item.expiry, delay * TICK_NSEC, cpu == WORK_CPU_UNBOUND ? hot.task->cpu : static_cast<uint32_t>(cpu));
}

}  // namespace

bool Item::armed() const { return expiry && expiry->pending; }

bool DisarmDelayed(Item& item) {
  if (!item.armed()) return false;
  DelayedOf(item.work)->timer.entry.pprev = nullptr;
  return Disarm(*item.expiry);
}

}  // namespace hotweave

using namespace hotweave;

extern "C" void delayed_work_timer_fn(timer_list* t) {
  delayed_work* dwork = DelayedOf(t);
  QueueItem(dwork->cpu, dwork->wq, ItemOf(&dwork->work));
}

extern "C" bool queue_delayed_work_on(int cpu, workqueue_struct* wq, delayed_work* dwork, unsigned long delay) {
  if (cpu != WORK_CPU_UNBOUND && static_cast<unsigned>(cpu) >= kCpus) {
    LockMisuse(dwork, wq->name, "a delayed work is queued on a CPU that does not exist");
  }
  if (SetPending(&dwork->work)) return false;
  QueueDelayed(cpu, wq, dwork, delay);
  return true;
}

// Source: mod_delayed_work_on(), 6.1: true, too, while another task cancels the work.
extern "C" bool mod_delayed_work_on(int cpu, workqueue_struct* wq, delayed_work* dwork, unsigned long delay) {
  const int grabbed = Grab(ItemOf(&dwork->work), true);
  if (grabbed >= 0) QueueDelayed(cpu, wq, dwork, delay);
  return grabbed;
}

extern "C" bool flush_delayed_work(delayed_work* dwork) {
  MightSleep(Op::FlushWork, dwork);
  engine.Point(Op::FlushWork, dwork, WorkName(dwork->work));
  Item& item = ItemOf(&dwork->work);
  if (DisarmDelayed(item)) QueueItem(dwork->cpu, dwork->wq, item);
  return FlushItem(item, false);
}

extern "C" void destroy_delayed_work_on_stack(delayed_work* dwork) {
  destroy_timer_on_stack(&dwork->timer);
  destroy_work_on_stack(&dwork->work);
}

// ---- RCU works -----------------------------------------------------------------------------------------

namespace {

void AfterGracePeriod(rcu_head* rcu) {
  auto* rwork = reinterpret_cast<rcu_work*>(reinterpret_cast<char*>(rcu) - offsetof(rcu_work, rcu));
  QueueItem(WORK_CPU_UNBOUND, rwork->wq, ItemOf(&rwork->work));
}

}  // namespace

extern "C" bool queue_rcu_work(workqueue_struct* wq, rcu_work* rwork) {
  if (SetPending(&rwork->work)) return false;
  ItemOf(&rwork->work);
  rwork->wq = wq;
  call_rcu(&rwork->rcu, AfterGracePeriod);
  return true;
}

extern "C" bool flush_rcu_work(rcu_work* rwork) {
  engine.Point(Op::FlushWork, rwork, WorkName(rwork->work));
  if (!(rwork->work.data.counter & WORK_STRUCT_PENDING)) return flush_work(&rwork->work);
  rcu_barrier();
  flush_work(&rwork->work);
  return true;
}
