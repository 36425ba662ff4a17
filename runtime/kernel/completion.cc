// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Completions. Contract: <linux/completion.h>. Follows kernel/sched/completion.c of Linux 6.1.
#include <linux/completion.h>

#include <linux/errno.h>
#include <linux/jiffies.h>

#include <climits>
#include <optional>

#include "kernel/cross_release.h"
#include "kernel/object.h"
#include "kernel/queue_lock.h"
#include "kernel/signal.h"
#include "kernel/swait.h"

using namespace hotweave;

namespace {

constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;

// What every operation does first.
void Begin(Op op, completion* x, const char* what) {
  engine.Point(op, x, x->name);
  UseObject(x, what);
}

void Consume(completion* x) {
  if (x->done != UINT_MAX) --x->done;
}

// Jiffies left until `end`, at least 0.
long Left(uint64_t end) {
  const uint64_t now = engine.Time();
  return end > now ? static_cast<long>((end - now + kNsPerJiffy - 1) / kNsPerJiffy) : 0;
}

bool NeedsCompleter(const Task& self, const Task& other) {
  return static_cast<const completion*>(self.wait.object)->completer == &other;
}

// Source: do_wait_for_common(), 6.1. Returns the jiffies left (at least 1), 0 or -ERESTARTSYS.
long WaitFor(completion* x, long timeout, unsigned state) {
  MightSleep(Op::WaitForCompletion, x);
  Begin(Op::WaitForCompletion, x, "wait_for_completion()");
  const CompletionWait tracked(x->map);
  Task& self = Current();
  const uint64_t limit = timeout > 0 ? static_cast<uint64_t>(timeout) * kNsPerJiffy : 1;
  const bool endless = timeout == MAX_SCHEDULE_TIMEOUT;
  const uint64_t end = engine.Time() + limit;
  swait_queue wait{hot.task, {&wait.task_list, &wait.task_list}};
  const bool idle = self.idle;
  self.idle = idle || (state & TASK_NOLOAD);
  {
    std::optional<QueueLock<raw_spinlock_t>> lock(std::in_place, x->wait.lock, Where::current());
    while (!x->done && timeout > 0) {
      SwaitEnqueue(&x->wait, &wait);
      lock.reset();
      const bool known = endless && x->completer && state == TASK_UNINTERRUPTIBLE;
      const Woken how = SleepIn(state,
                                {.op = Op::WaitForCompletion, .object = x, .name = x->name, .hard = known,
                                 .blocked_by = known ? NeedsCompleter : nullptr},
                                endless ? 0 : end > engine.Time() ? end - engine.Time() : 1);
      UseObject(x, "wait_for_completion()");
      lock.emplace(x->wait.lock, Where::current());
      if (!endless) timeout = Left(end);
      if (how == Woken::BySignal && !x->done) timeout = -ERESTARTSYS;
    }
    SwaitDequeue(&wait);
    if (x->done) {
      Consume(x);
      if (timeout == 0) timeout = 1;
    }
  }
  self.idle = idle;
  self.__state = TASK_RUNNING;
  return timeout;
}

int Status(long left) { return left == -ERESTARTSYS ? -ERESTARTSYS : 0; }

void Complete(completion* x, bool all, const char* what) {
  Begin(Op::Complete, x, what);
  const QueueLock lock(x->wait.lock);
  if (!all) TrackComplete(x->map);
  if (all) {
    x->done = UINT_MAX;
  } else if (x->done != UINT_MAX) {
    ++x->done;
  }
  // Off the queue with it: the next complete() is for the next waiter, though this one has not run yet.
  while (SwaitWakeFirst(&x->wait) && all) {
  }
}

long ClampedTimeout(unsigned long timeout) {
  return timeout > static_cast<unsigned long>(MAX_SCHEDULE_TIMEOUT) ? MAX_SCHEDULE_TIMEOUT : static_cast<long>(timeout);
}

}  // namespace

extern "C" void hotweave_init_completion(completion* x, const char* name, const char* map_name, lock_class_key* map_key) {
  static lock_class_key key;
  UseObject(x, "init_completion()");
  x->done = 0;
  x->name = name;
  x->completer = nullptr;
  lockdep_init_map_wait(&x->map, map_name, map_key, 0, LD_WAIT_INV);
  __init_swait_queue_head(&x->wait, "&x->wait", &key);
}

extern "C" void reinit_completion(completion* x) {
  Begin(Op::Complete, x, "reinit_completion()");
  x->done = 0;
}

extern "C" void wait_for_completion(completion* x) { WaitFor(x, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE); }
extern "C" void wait_for_completion_io(completion* x) { WaitFor(x, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE); }
extern "C" int wait_for_completion_interruptible(completion* x) {
  return Status(WaitFor(x, MAX_SCHEDULE_TIMEOUT, TASK_INTERRUPTIBLE));
}
extern "C" int wait_for_completion_killable(completion* x) {
  return Status(WaitFor(x, MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE));
}
extern "C" int wait_for_completion_state(completion* x, unsigned state) {
  return Status(WaitFor(x, MAX_SCHEDULE_TIMEOUT, state));
}

extern "C" unsigned long wait_for_completion_timeout(completion* x, unsigned long timeout) {
  return static_cast<unsigned long>(WaitFor(x, ClampedTimeout(timeout), TASK_UNINTERRUPTIBLE));
}
extern "C" unsigned long wait_for_completion_io_timeout(completion* x, unsigned long timeout) {
  return wait_for_completion_timeout(x, timeout);
}
extern "C" long wait_for_completion_interruptible_timeout(completion* x, unsigned long timeout) {
  return WaitFor(x, ClampedTimeout(timeout), TASK_INTERRUPTIBLE);
}
extern "C" long wait_for_completion_killable_timeout(completion* x, unsigned long timeout) {
  return WaitFor(x, ClampedTimeout(timeout), TASK_KILLABLE);
}

extern "C" bool try_wait_for_completion(completion* x) {
  Begin(Op::WaitForCompletion, x, "try_wait_for_completion()");
  // Without the lock if there is nothing. Source: try_wait_for_completion(), 6.1.
  if (!x->done) return false;
  const QueueLock lock(x->wait.lock);
  Consume(x);
  return true;
}

extern "C" bool completion_done(completion* x) {
  Begin(Op::WaitForCompletion, x, "completion_done()");
  if (!x->done) return false;
  const QueueLock lock(x->wait.lock);   // so that complete() has left it
  return true;
}

extern "C" void complete(completion* x) { Complete(x, false, "complete()"); }
extern "C" void complete_all(completion* x) { Complete(x, true, "complete_all()"); }
