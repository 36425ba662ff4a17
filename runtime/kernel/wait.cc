// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Wait queues. Contract: <linux/wait.h>. Follows kernel/sched/wait.c of Linux 6.1.
// Model: what the kernel does under the queue's spinlock is one step here, unless target code runs in it.
#include <linux/wait.h>

#include <hotweave/hooks.h>
#include <linux/jiffies.h>

#include "core/layout.h"
#include "kernel/object.h"
#include "kernel/queue_lock.h"
#include "kernel/sched.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace {

bool Queued(const wait_queue_entry* e) { return e->entry.next != &e->entry; }

void Link(wait_queue_entry* e, list_head* before) {
  e->entry.prev = before->prev;
  e->entry.next = before;
  before->prev->next = &e->entry;
  before->prev = &e->entry;
}

void Unlink(wait_queue_entry* e) {
  e->entry.prev->next = e->entry.next;
  e->entry.next->prev = e->entry.prev;
  e->entry.next = e->entry.prev = &e->entry;
}

wait_queue_entry* EntryOf(list_head* l) {
  return reinterpret_cast<wait_queue_entry*>(reinterpret_cast<char*>(l) - offsetof(wait_queue_entry, entry));
}

// In front, but behind priority waiters. Source: __add_wait_queue(), 6.1.
void LinkInFront(wait_queue_head* q, wait_queue_entry* e) {
  list_head* before = q->head.next;
  while (before != &q->head && (EntryOf(before)->flags & WQ_FLAG_PRIORITY)) before = before->next;
  Link(e, before);
}

void LinkAtEnd(wait_queue_head* q, wait_queue_entry* e) { Link(e, &q->head); }

// What every operation on a queue does first.
void Begin(Op op, wait_queue_head* q, const char* what) {
  engine.Point(op, q);
  UseObject(q, what);
}

// The state of the current task, with a full barrier. Source: set_current_state(), 6.1.
void SetState(int state) {
  engine.Fence(true, true);
  Current().__state = static_cast<unsigned>(state);
}

// An entry that was used before the queue was initialised again, or was never queued.
void CheckQueued(const wait_queue_head* q, const wait_queue_entry* e) {
  if (e->entry.next && e->entry.next->prev == &e->entry) return;
  LockMisuse(q, q->lock.dep_map.name, "an entry is taken off a wait queue that it is not on");
}

bool AnyTargetFunction(const wait_queue_head* q) {
  for (const list_head* l = q->head.next; l != &q->head; l = l->next) {
    if (GetLayout().IsTargetCode(reinterpret_cast<uintptr_t>(EntryOf(const_cast<list_head*>(l))->func))) return true;
  }
  return false;
}

// Source: __wake_up_common(), 6.1.
void Walk(wait_queue_head* q, unsigned mode, int nr_exclusive, int wake_flags, void* key) {
  for (list_head *l = q->head.next, *next; l != &q->head; l = next) {
    next = l->next;
    wait_queue_entry* e = EntryOf(l);
    const unsigned flags = e->flags;
    const int woken = e->func(e, mode, wake_flags, key);
    if (woken < 0 || (woken && (flags & WQ_FLAG_EXCLUSIVE) && !--nr_exclusive)) break;
  }
}

constexpr int kSync = 0x10;   // WF_SYNC

void Wake(wait_queue_head* q, unsigned mode, int nr_exclusive, int wake_flags, void* key, const char* what) {
  Begin(Op::WakeUp, q, what);
  if (__builtin_expect(AnyTargetFunction(q), 0)) {
    unsigned long flags;
    spin_lock_irqsave(&q->lock, flags);
    Walk(q, mode, nr_exclusive, wake_flags, key);
    spin_unlock_irqrestore(&q->lock, flags);
    return;
  }
  const QueueLock lock(q->lock);
  Walk(q, mode, nr_exclusive, wake_flags, key);
}

void WakeLocked(wait_queue_head* q, unsigned mode, int nr_exclusive, int wake_flags, void* key) {
  Begin(Op::WakeUp, q, "wake_up_locked()");
  hotweave_assert_held(&q->lock.dep_map, 0, "the lock of the wait queue");
  Walk(q, mode, nr_exclusive, wake_flags, key);
}

void Add(wait_queue_head* q, wait_queue_entry* e, void (*link)(wait_queue_head*, wait_queue_entry*)) {
  Begin(Op::PrepareToWait, q, "add_wait_queue()");
  const QueueLock lock(q->lock);
  link(q, e);
}

void SetFlags(wait_queue_entry* e, unsigned set, unsigned clear = 0) { e->flags = (e->flags & ~clear) | set; }

}  // namespace

extern "C" void __init_waitqueue_head(wait_queue_head* q, const char* name, lock_class_key* key) {
  UseObject(q, "init_waitqueue_head()");
  __spin_lock_init(&q->lock, name, key);
  q->head.next = q->head.prev = &q->head;
}

// ---- What a waker does with an entry ---------------------------------------------------------------------

extern "C" int default_wake_function(wait_queue_entry* e, unsigned mode, int, void*) {
  return TryToWake(*static_cast<Task*>(static_cast<task_struct*>(e->private_)), mode);
}

extern "C" int autoremove_wake_function(wait_queue_entry* e, unsigned mode, int flags, void* key) {
  const int woken = default_wake_function(e, mode, flags, key);
  if (woken) Unlink(e);
  return woken;
}

extern "C" int woken_wake_function(wait_queue_entry* e, unsigned mode, int flags, void* key) {
  // Pairs with the barrier in wait_woken(): who sees the mark sees what came before the wake-up.
  engine.ReleaseJoin(static_cast<Task*>(static_cast<task_struct*>(e->private_))->wake_clock);
  engine.Touches(&e->flags, sizeof(e->flags), true);
  e->flags |= WQ_FLAG_WOKEN;
  return default_wake_function(e, mode, flags, key);
}

extern "C" void init_wait_entry(wait_queue_entry* e, int flags) {
  e->flags = static_cast<unsigned>(flags);
  e->private_ = static_cast<task_struct*>(hot.task);
  e->func = autoremove_wake_function;
  e->entry.next = e->entry.prev = &e->entry;
}

// ---- Queueing --------------------------------------------------------------------------------------------

extern "C" void add_wait_queue(wait_queue_head* q, wait_queue_entry* e) {
  SetFlags(e, 0, WQ_FLAG_EXCLUSIVE);
  Add(q, e, LinkInFront);
}
extern "C" void add_wait_queue_exclusive(wait_queue_head* q, wait_queue_entry* e) {
  SetFlags(e, WQ_FLAG_EXCLUSIVE);
  Add(q, e, LinkAtEnd);
}
extern "C" void add_wait_queue_priority(wait_queue_head* q, wait_queue_entry* e) {
  SetFlags(e, WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY);
  Add(q, e, LinkInFront);
}
extern "C" void remove_wait_queue(wait_queue_head* q, wait_queue_entry* e) {
  Begin(Op::FinishWait, q, "remove_wait_queue()");
  CheckQueued(q, e);
  const QueueLock lock(q->lock);
  Unlink(e);
}

extern "C" void __add_wait_queue(wait_queue_head* q, wait_queue_entry* e) { LinkInFront(q, e); }
extern "C" void __add_wait_queue_exclusive(wait_queue_head* q, wait_queue_entry* e) {
  SetFlags(e, WQ_FLAG_EXCLUSIVE);
  LinkInFront(q, e);
}
extern "C" void __add_wait_queue_entry_tail(wait_queue_head* q, wait_queue_entry* e) { LinkAtEnd(q, e); }
extern "C" void __add_wait_queue_entry_tail_exclusive(wait_queue_head* q, wait_queue_entry* e) {
  SetFlags(e, WQ_FLAG_EXCLUSIVE);
  LinkAtEnd(q, e);
}
extern "C" void __remove_wait_queue(wait_queue_head* q, wait_queue_entry* e) {
  CheckQueued(q, e);
  Unlink(e);
}

extern "C" void prepare_to_wait(wait_queue_head* q, wait_queue_entry* e, int state) {
  SetFlags(e, 0, WQ_FLAG_EXCLUSIVE);
  Begin(Op::PrepareToWait, q, "prepare_to_wait()");
  const QueueLock lock(q->lock);
  if (!Queued(e)) LinkInFront(q, e);
  SetState(state);
}

extern "C" bool prepare_to_wait_exclusive(wait_queue_head* q, wait_queue_entry* e, int state) {
  SetFlags(e, WQ_FLAG_EXCLUSIVE);
  Begin(Op::PrepareToWait, q, "prepare_to_wait_exclusive()");
  const QueueLock lock(q->lock);
  bool was_empty = false;
  if (!Queued(e)) {
    was_empty = q->head.next == &q->head;
    LinkAtEnd(q, e);
  }
  SetState(state);
  return was_empty;
}

// Source: prepare_to_wait_event(), 6.1. A signal takes it off the queue, so that an exclusive wake-up goes to another.
extern "C" long prepare_to_wait_event(wait_queue_head* q, wait_queue_entry* e, int state) {
  Begin(Op::PrepareToWait, q, "wait_event()");
  const QueueLock lock(q->lock);
  if (SignalPending(Current(), static_cast<unsigned>(state))) {
    if (Queued(e)) Unlink(e);
    return -ERESTARTSYS;
  }
  if (!Queued(e)) (e->flags & WQ_FLAG_EXCLUSIVE ? LinkAtEnd : LinkInFront)(q, e);
  SetState(state);
  return 0;
}

extern "C" void finish_wait(wait_queue_head* q, wait_queue_entry* e) {
  engine.Point(Op::FinishWait, q);
  Current().__state = TASK_RUNNING;
  if (!Queued(e)) {
    // Taken off by a waker, with release order (list_del_init_careful()).
    engine.Acquire(Current().wake_clock);
    return;
  }
  UseObject(q, "finish_wait()");
  const QueueLock lock(q->lock);
  Unlink(e);
}

// Source: wait_woken(), 6.1.
extern "C" long wait_woken(wait_queue_entry* e, unsigned mode, long timeout) {
  Task& self = Current();
  set_current_state(mode);
  engine.Touches(&e->flags, sizeof(e->flags), false);
  if (!(e->flags & WQ_FLAG_WOKEN) && !self.should_stop && !self.should_park) timeout = schedule_timeout(timeout);
  self.__state = TASK_RUNNING;
  engine.Point(Op::Rmw, e);
  e->flags &= ~static_cast<unsigned>(WQ_FLAG_WOKEN);
  engine.Acquire(self.wake_clock);
  engine.Fence(true, true);
  return timeout;
}

extern "C" int waitqueue_active(wait_queue_head* q) {
  engine.Point(Op::Load, &q->head);
  UseObject(q, "waitqueue_active()");
  return q->head.next != &q->head;
}
extern "C" bool wq_has_sleeper(wait_queue_head* q) {
  engine.Fence(true, true);
  return waitqueue_active(q);
}
extern "C" bool wq_has_single_sleeper(wait_queue_head* q) {
  engine.Point(Op::Load, &q->head);
  return q->head.next != &q->head && q->head.next->next == &q->head;
}

// ---- Waking ----------------------------------------------------------------------------------------------

extern "C" void __wake_up(wait_queue_head* q, unsigned mode, int nr, void* key) { Wake(q, mode, nr, 0, key, "wake_up()"); }
extern "C" void __wake_up_sync_key(wait_queue_head* q, unsigned mode, void* key) {
  Wake(q, mode, 1, kSync, key, "wake_up_sync()");
}
extern "C" void __wake_up_sync(wait_queue_head* q, unsigned mode) { __wake_up_sync_key(q, mode, nullptr); }
extern "C" void __wake_up_locked(wait_queue_head* q, unsigned mode, int nr) { WakeLocked(q, mode, nr, 0, nullptr); }
extern "C" void __wake_up_locked_key(wait_queue_head* q, unsigned mode, void* key) { WakeLocked(q, mode, 1, 0, key); }
extern "C" void __wake_up_locked_sync_key(wait_queue_head* q, unsigned mode, void* key) {
  WakeLocked(q, mode, 1, kSync, key);
}

// Source: __wake_up_pollfree(), 6.1. Key: EPOLLHUP | POLLFREE.
extern "C" void wake_up_pollfree(wait_queue_head* q) {
  __wake_up(q, TASK_NORMAL, 0, poll_to_key(0x10 | 0x4000));
  if (q->head.next != &q->head) hotweave_warn(__FILE_NAME__, 0, "waitqueue_active(wq_head)", static_cast<const char*>(nullptr));
}

// ---- The sleeps of special wait_events -------------------------------------------------------------------

namespace {

// Source: do_wait_intr(), 6.1. The state is set under the lock, so no wake-up is lost.
int WaitLocked(wait_queue_head* q, wait_queue_entry* e, bool irq) {
  if (e->entry.next == &e->entry) LinkAtEnd(q, e);
  SetState(TASK_INTERRUPTIBLE);
  if (SignalPending(Current(), TASK_INTERRUPTIBLE)) return -ERESTARTSYS;
  irq ? spin_unlock_irq(&q->lock) : spin_unlock(&q->lock);
  schedule();
  irq ? spin_lock_irq(&q->lock) : spin_lock(&q->lock);
  return 0;
}

}  // namespace

extern "C" int do_wait_intr(wait_queue_head* q, wait_queue_entry* e) { return WaitLocked(q, e, false); }
extern "C" int do_wait_intr_irq(wait_queue_head* q, wait_queue_entry* e) { return WaitLocked(q, e, true); }

extern "C" ktime_t hotweave_time_after(ktime_t timeout) {
  return ktime_add_safe(static_cast<ktime_t>(engine.Time()), timeout > 0 ? timeout : 0);
}

extern "C" bool hotweave_schedule_until(ktime_t end) {
  if (end == KTIME_MAX) return Sleep(Op::Schedule, "wake-up", 0);
  const auto now = static_cast<ktime_t>(engine.Time());
  return Sleep(Op::Schedule, "wake-up", end > now ? static_cast<uint64_t>(end - now) : 1);
}
