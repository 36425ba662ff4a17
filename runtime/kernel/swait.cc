// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Simple wait queues. Contract: <linux/swait.h>. Follows kernel/sched/swait.c of Linux 6.1.
#include "kernel/swait.h"

#include <linux/errno.h>

#include "kernel/object.h"
#include "kernel/queue_lock.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace hotweave {

void SwaitEnqueue(swait_queue_head* q, swait_queue* wait) {
  wait->task = hot.task;
  if (wait->task_list.next != &wait->task_list) return;
  wait->task_list.prev = q->task_list.prev;
  wait->task_list.next = &q->task_list;
  q->task_list.prev->next = &wait->task_list;
  q->task_list.prev = &wait->task_list;
}

void SwaitDequeue(swait_queue* wait) {
  wait->task_list.prev->next = wait->task_list.next;
  wait->task_list.next->prev = wait->task_list.prev;
  wait->task_list.next = wait->task_list.prev = &wait->task_list;
}

bool SwaitWakeFirst(swait_queue_head* q, Where where) {
  list_head* first = q->task_list.next;
  if (first == &q->task_list) return false;
  auto* wait = reinterpret_cast<swait_queue*>(reinterpret_cast<char*>(first) - offsetof(swait_queue, task_list));
  Task& task = *static_cast<Task*>(wait->task);
  SwaitDequeue(wait);
  TryToWake(task, TASK_NORMAL, where);
  return true;
}

}  // namespace hotweave

namespace {

void Begin(Op op, swait_queue_head* q, const char* what) {
  engine.Point(op, q);
  UseObject(q, what);
}

void SetState(int state) {
  engine.Fence(true, true);
  Current().__state = static_cast<unsigned>(state);
}

}  // namespace

extern "C" void __init_swait_queue_head(swait_queue_head* q, const char* name, lock_class_key* key) {
  UseObject(q, "init_swait_queue_head()");
  __raw_spin_lock_init(&q->lock, name, key, LD_WAIT_SPIN);
  q->task_list.next = q->task_list.prev = &q->task_list;
}

extern "C" int swait_active(swait_queue_head* q) {
  Begin(Op::Load, q, "swait_active()");
  return q->task_list.next != &q->task_list;
}
extern "C" bool swq_has_sleeper(swait_queue_head* q) {
  engine.Fence(true, true);
  return swait_active(q);
}

extern "C" void swake_up_locked(swait_queue_head* q) {
  hotweave_assert_held(&q->lock.dep_map, 0, "the lock of the wait queue");
  SwaitWakeFirst(q);
}

extern "C" void swake_up_one(swait_queue_head* q) {
  Begin(Op::WakeUp, q, "swake_up_one()");
  const QueueLock lock(q->lock);
  SwaitWakeFirst(q);
}

extern "C" void swake_up_all(swait_queue_head* q) {
  Begin(Op::WakeUp, q, "swake_up_all()");
  const QueueLock lock(q->lock);
  while (SwaitWakeFirst(q)) {
  }
}

extern "C" void prepare_to_swait_exclusive(swait_queue_head* q, swait_queue* wait, int state) {
  Begin(Op::PrepareToWait, q, "prepare_to_swait_exclusive()");
  const QueueLock lock(q->lock);
  SwaitEnqueue(q, wait);
  SetState(state);
}

extern "C" long prepare_to_swait_event(swait_queue_head* q, swait_queue* wait, int state) {
  Begin(Op::PrepareToWait, q, "swait_event()");
  const QueueLock lock(q->lock);
  if (SignalPending(Current(), static_cast<unsigned>(state))) {
    SwaitDequeue(wait);
    return -ERESTARTSYS;
  }
  SwaitEnqueue(q, wait);
  SetState(state);
  return 0;
}

extern "C" void finish_swait(swait_queue_head* q, swait_queue* wait) {
  engine.Point(Op::FinishWait, q);
  Current().__state = TASK_RUNNING;
  if (wait->task_list.next == &wait->task_list) {
    engine.Acquire(Current().wake_clock);
    return;
  }
  UseObject(q, "finish_swait()");
  const QueueLock lock(q->lock);
  SwaitDequeue(wait);
}
