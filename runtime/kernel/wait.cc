// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Wait queues and completions. Contracts: <linux/wait.h>, <linux/completion.h>. Follow kernel/sched/wait.c
// and kernel/sched/completion.c of Linux 6.1.
// Model: what the kernel does under the queue's spinlock is one step here.
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/wait.h>

#include <climits>

#include "kernel/lock.h"

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

// Wakers and waiters of a queue are ordered through the clock of its lock.
uint32_t& ClockOf(wait_queue_head* q) { return q->lock.lock.write_clock; }

}  // namespace

extern "C" void __init_waitqueue_head(wait_queue_head* q, const char* name, lock_class_key* key) {
  __spin_lock_init(&q->lock, name, key);
  q->head.next = q->head.prev = &q->head;
}

extern "C" int default_wake_function(wait_queue_entry* e, unsigned mode, int, void*) {
  return TryToWake(*static_cast<Task*>(e->private_), mode);
}

extern "C" int autoremove_wake_function(wait_queue_entry* e, unsigned mode, int flags, void* key) {
  const int woken = default_wake_function(e, mode, flags, key);
  if (woken) Unlink(e);
  return woken;
}

extern "C" void init_wait_entry(wait_queue_entry* e, int flags) {
  e->flags = static_cast<unsigned>(flags);
  e->private_ = hot.task;
  e->func = autoremove_wake_function;
  e->entry.next = e->entry.prev = &e->entry;
}

extern "C" void add_wait_queue(wait_queue_head* q, wait_queue_entry* e) {
  engine.Point(Op::PrepareToWait, q);
  e->flags &= ~static_cast<unsigned>(WQ_FLAG_EXCLUSIVE);
  Link(e, q->head.next);
}

extern "C" void add_wait_queue_exclusive(wait_queue_head* q, wait_queue_entry* e) {
  engine.Point(Op::PrepareToWait, q);
  e->flags |= WQ_FLAG_EXCLUSIVE;
  Link(e, &q->head);
}

extern "C" void remove_wait_queue(wait_queue_head* q, wait_queue_entry* e) {
  engine.Point(Op::FinishWait, q);
  Unlink(e);
}

extern "C" void prepare_to_wait(wait_queue_head* q, wait_queue_entry* e, int state) {
  engine.Point(Op::PrepareToWait, q);
  e->flags &= ~static_cast<unsigned>(WQ_FLAG_EXCLUSIVE);
  if (!Queued(e)) Link(e, q->head.next);
  engine.Acquire(ClockOf(q));
  Current().__state = static_cast<unsigned>(state);
}

extern "C" bool prepare_to_wait_exclusive(wait_queue_head* q, wait_queue_entry* e, int state) {
  engine.Point(Op::PrepareToWait, q);
  e->flags |= WQ_FLAG_EXCLUSIVE;
  bool was_empty = false;
  if (!Queued(e)) {
    was_empty = q->head.next == &q->head;
    Link(e, &q->head);
  }
  engine.Acquire(ClockOf(q));
  Current().__state = static_cast<unsigned>(state);
  return was_empty;
}

extern "C" void finish_wait(wait_queue_head* q, wait_queue_entry* e) {
  engine.Point(Op::FinishWait, q);
  Current().__state = TASK_RUNNING;
  if (Queued(e)) Unlink(e);
}

extern "C" int waitqueue_active(wait_queue_head* q) {
  engine.Point(Op::Load, &q->head);
  return q->head.next != &q->head;
}

extern "C" void __wake_up(wait_queue_head* q, unsigned mode, int nr_exclusive, void* key) {
  engine.Point(Op::WakeUp, q);
  engine.ReleaseJoin(ClockOf(q));
  for (list_head *l = q->head.next, *next; l != &q->head; l = next) {
    next = l->next;
    wait_queue_entry* e = EntryOf(l);
    const unsigned flags = e->flags;
    if (e->func(e, mode, 0, key) && (flags & WQ_FLAG_EXCLUSIVE) && !--nr_exclusive) break;
  }
}

// ---- Completions ---------------------------------------------------------------------------------------

namespace {

void Enqueue(completion* x, Task& t) {
  t.next_waiter = nullptr;
  if (x->last_waiter) {
    static_cast<Task*>(x->last_waiter)->next_waiter = &t;
  } else {
    x->first_waiter = &t;
  }
  x->last_waiter = &t;
}

void Remove(completion* x, Task& t) {
  Task* previous = nullptr;
  for (Task* w = static_cast<Task*>(x->first_waiter); w; previous = w, w = w->next_waiter) {
    if (w != &t) continue;
    (previous ? previous->next_waiter : reinterpret_cast<Task*&>(x->first_waiter)) = w->next_waiter;
    if (x->last_waiter == w) x->last_waiter = previous;
    return;
  }
}

void Consume(completion* x) {
  if (x->done != UINT_MAX) --x->done;
  engine.Acquire(x->clock);
}

// Waits until `done`; false if `ns` (0: no limit) ran out.
bool WaitFor(completion* x, uint64_t ns) {
  Task& self = Current();
  MightSleep(Op::WaitForCompletion, x);
  engine.Point(Op::WaitForCompletion, x, x->name);
  const uint64_t end = engine.now + ns;
  while (!x->done) {
    if (ns && engine.now >= end) return false;
    Enqueue(x, self);
    const Wait wait{.op = Op::WaitForCompletion, .object = x, .name = x->name};
    if (ns) {
      engine.BlockFor(wait, end - engine.now);
    } else {
      engine.Block(wait);
    }
    Remove(x, self);
  }
  self.__state = TASK_RUNNING;
  Consume(x);
  return true;
}

}  // namespace

extern "C" void hotweave_init_completion(completion* x, const char* name) {
  *x = completion{0, 0, nullptr, nullptr, name};
}

extern "C" void reinit_completion(completion* x) {
  engine.Point(Op::Complete, x, "reinit_completion");
  x->done = 0;
}

extern "C" void wait_for_completion(completion* x) { WaitFor(x, 0); }

extern "C" unsigned long wait_for_completion_timeout(completion* x, unsigned long timeout) {
  constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;
  const uint64_t end = engine.now + timeout * kNsPerJiffy;
  if (!WaitFor(x, timeout ? timeout * kNsPerJiffy : 1)) return 0;
  const uint64_t left = end > engine.now ? (end - engine.now) / kNsPerJiffy : 0;
  return left ? left : 1;
}

extern "C" bool try_wait_for_completion(completion* x) {
  engine.Point(Op::WaitForCompletion, x, x->name);
  if (!x->done) return false;
  Consume(x);
  return true;
}

extern "C" bool completion_done(completion* x) {
  engine.Point(Op::WaitForCompletion, x, x->name);
  if (x->done == 0) return false;
  engine.Acquire(x->clock);   // it takes the lock of the waiters once more
  return true;
}

extern "C" void complete(completion* x) {
  engine.Point(Op::Complete, x, x->name);
  if (x->done != UINT_MAX) ++x->done;
  engine.ReleaseJoin(x->clock);
  // Off the queue with it: the next complete() is for the next waiter, though this one has not run yet.
  // Source: swake_up_locked(), 6.1.
  if (auto* first = static_cast<Task*>(x->first_waiter)) {
    Remove(x, *first);
    engine.Unblock(*first);
  }
}

extern "C" void complete_all(completion* x) {
  engine.Point(Op::Complete, x, x->name);
  x->done = UINT_MAX;
  engine.ReleaseJoin(x->clock);
  for (Task* t = static_cast<Task*>(x->first_waiter); t; t = t->next_waiter) engine.Unblock(*t);
}
