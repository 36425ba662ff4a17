// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct ww_mutex. Contract: <linux/ww_mutex.h>. Follows kernel/locking/ww_mutex.h and mutex.c of Linux 6.1.
#include <linux/errno.h>
#include <linux/ww_mutex.h>

#include "kernel/lock.h"
#include "kernel/signal.h"

using namespace hotweave;

namespace {

ww_acquire_ctx* ContextOf(const Task& waiter) { return static_cast<ww_acquire_ctx*>(waiter.ww_context); }

hotweave_lock& LockOf(ww_mutex* lock) { return lock->base.lock; }
const char* NameOf(const ww_mutex* lock) { return lock->base.dep_map.name; }

// Drew `a` its stamp after `b`?
bool Younger(const ww_acquire_ctx* a, const ww_acquire_ctx* b) {
  return static_cast<long>(a->stamp - b->stamp) > 0;
}

// Source: __ww_mutex_kill(), 6.1.
int Kill(ww_mutex* lock, ww_acquire_ctx* ctx) {
  if (!ctx->acquired) return 0;
  ctx->contending_lock = lock;
  return -EDEADLK;
}

// Wait/die: a younger waiter that holds something shall look, and die. True if the class is of that kind.
// Source: __ww_mutex_die(), 6.1.
bool Die(Task& waiter, const ww_acquire_ctx* ctx) {
  if (!ctx->is_wait_die) return false;
  const ww_acquire_ctx* other = ContextOf(waiter);
  if (other->acquired && Younger(other, ctx)) TryToWake(waiter, TASK_NORMAL);
  return true;
}

// Wound/wait: a younger holder is wounded, and woken should it wait for another mutex.
// Source: __ww_mutex_wound(), 6.1.
bool Wound(ww_mutex* lock, const ww_acquire_ctx* ctx, ww_acquire_ctx* holder) {
  Task* owner = static_cast<Task*>(LockOf(lock).owner);
  if (!holder || !owner || !ctx->acquired || !Younger(holder, ctx)) return false;
  holder->wounded = 1;
  if (owner != hot.task) TryToWake(*owner, TASK_NORMAL);
  return true;
}

// The current task has just become the owner: do waiters want to wound it, or must they die?
// Source: __ww_mutex_check_waiters(), 6.1.
void CheckWaiters(ww_mutex* lock, ww_acquire_ctx* ctx) {
  for (Task* t = FirstWaiter(LockOf(lock)); t; t = t->next_waiter) {
    if (ContextOf(*t) && (Die(*t, ctx) || Wound(lock, ContextOf(*t), ctx))) return;
  }
}

// Must the waiting task give up? Source: __ww_mutex_check_kill(), 6.1.
int CheckKill(ww_mutex* lock, const Task& self, ww_acquire_ctx* ctx) {
  if (!ctx->acquired) return 0;
  if (!ctx->is_wait_die) return ctx->wounded ? Kill(lock, ctx) : 0;
  if (lock->ctx && Younger(ctx, lock->ctx)) return Kill(lock, ctx);
  for (Task* t = FirstWaiter(LockOf(lock)); t && t != &self; t = t->next_waiter) {
    if (ContextOf(*t)) return Kill(lock, ctx);
  }
  return 0;
}

void InsertAfter(hotweave_lock& lock, Task* previous, Task& task) {
  task.next_waiter = previous ? previous->next_waiter : FirstWaiter(lock);
  if (previous) {
    previous->next_waiter = &task;
  } else {
    lock.first_waiter = &task;
  }
  if (!task.next_waiter) lock.last_waiter = &task;
}

// Queues by stamp. Source: __ww_mutex_add_waiter(), 6.1.
int AddWaiter(ww_mutex* lock, Task& self, ww_acquire_ctx* ctx) {
  self.ww_context = ctx;
  if (!ctx) {
    EnqueueWaiter(LockOf(lock), self);
    return 0;
  }
  // Behind the last one that is older, and whoever follows it without a context.
  Task *older = nullptr, *previous = nullptr;
  for (Task* t = FirstWaiter(LockOf(lock)); t; t = t->next_waiter) {
    if (ContextOf(*t) && Younger(ctx, ContextOf(*t))) older = t;
  }
  if (older && ctx->is_wait_die) {
    if (const int error = Kill(lock, ctx)) return error;
  }
  for (Task* t = older ? older->next_waiter : FirstWaiter(LockOf(lock)); t && !ContextOf(*t); t = t->next_waiter) {
    previous = t;
  }
  InsertAfter(LockOf(lock), previous ? previous : older, self);
  for (Task* t = self.next_waiter; t; t = t->next_waiter) {
    if (ContextOf(*t)) Die(*t, ctx);
  }
  if (!ctx->is_wait_die) Wound(lock, ctx, lock->ctx);
  return 0;
}

// Source: __mutex_lock_common(), 6.1.
int LockSlow(ww_mutex* lock, ww_acquire_ctx* ctx, unsigned state) {
  Task& self = Current();
  ++engine.statistics.contended;
  self.handoff = self.granted = false;
  if (const int error = AddWaiter(lock, self, ctx)) return error;
  hotweave_lock& inner = LockOf(lock);
  int error = 0;
  while (inner.owner) {
    if (SignalPending(self, state)) error = -EINTR;
    if (!error && ctx) error = CheckKill(lock, self, ctx);
    if (error) break;
    SleepIn(state, {.op = Op::WwMutexLock, .object = lock, .name = NameOf(lock), .hard = true});
    if (self.granted) return 0;
    if (inner.owner && FirstWaiter(inner) == &self) self.handoff = true;
  }
  RemoveWaiter(inner, self);
  self.__state = TASK_RUNNING;
  return error;
}

// What CONFIG_DEBUG_MUTEXES checks of a context. Source: ww_mutex_lock_acquired(), 6.1.
void CheckContext(ww_mutex* lock, const ww_acquire_ctx* ctx) {
  const char* wrong = nullptr;
  if (ctx->ww_class != lock->ww_class) wrong = "a ww_mutex is locked with a context of another class";
  if (ctx->done_acquire) wrong = "a ww_mutex is locked after ww_acquire_done()";
  if (ctx->contending_lock && ctx->acquired) wrong = "a ww_mutex is locked after -EDEADLK without backing off";
  if (ctx->contending_lock && ctx->contending_lock != lock) wrong = "after -EDEADLK another ww_mutex is locked than the contended one";
  if (wrong) LockMisuse(lock, NameOf(lock), wrong);
}

void Own(ww_mutex* lock, ww_acquire_ctx* ctx) {
  Acquired(LockOf(lock), lock->base.dep_map, lock, LockMode::Exclusive);
  lock->ctx = ctx;
  if (!ctx) return;
  ctx->contending_lock = nullptr;
  ++ctx->acquired;
  CheckWaiters(lock, ctx);
}

int Lock(ww_mutex* lock, ww_acquire_ctx* ctx, unsigned state) {
  MightSleep(Op::WwMutexLock, lock);
  engine.Point(Op::WwMutexLock, lock, NameOf(lock));
  CheckLock(LockOf(lock), lock->base.dep_map);
  if (ctx) {
    if (lock->ctx == ctx) {
      engine.Record(Op::Note, lock, "already");
      return -EALREADY;
    }
    CheckContext(lock, ctx);
    // Wounds of an attempt before this one: it has backed off.
    if (!ctx->acquired) ctx->wounded = 0;
  }
  if (hot.lockdep) {
    engine.observer()->OnLockAcquire(lock->base.dep_map,
                                     {.nest = ctx ? &ctx->dep_map : nullptr, .backs_off = ctx != nullptr});
  }
  if (LockOf(lock).owner) {
    if (const int error = LockSlow(lock, ctx, state)) {
      engine.Record(Op::Note, lock, error == -EINTR ? "interrupted" : "backs off");
      LockdepRelease(lock->base.dep_map);
      return error;
    }
    engine.Record(Op::Acquired, lock, NameOf(lock));
  }
  Own(lock, ctx);
  return 0;
}

void CheckSlow(ww_mutex* lock, const ww_acquire_ctx* ctx) {
  if (ctx->acquired) LockMisuse(lock, NameOf(lock), "ww_mutex_lock_slow() by a context that holds mutexes");
  if (ctx->contending_lock != lock) LockMisuse(lock, NameOf(lock), "ww_mutex_lock_slow() of another mutex than the contended one");
}

}  // namespace

extern "C" void ww_mutex_init(ww_mutex* lock, ww_class* c) {
  __mutex_init(&lock->base, c->mutex_name, &c->mutex_key);
  lock->ctx = nullptr;
  lock->ww_class = c;
}

extern "C" void ww_acquire_init(ww_acquire_ctx* ctx, ww_class* c) {
  *ctx = ww_acquire_ctx{};
  ctx->task = hot.task;
  ctx->stamp = static_cast<unsigned long>(++c->stamp.counter);
  ctx->is_wait_die = static_cast<unsigned short>(c->is_wait_die);
  ctx->ww_class = c;
  ctx->dep_map.name = c->acquire_name;
  ctx->dep_map.key = &c->acquire_key;
  ctx->dep_map.wait_type_inner = LD_WAIT_SLEEP;
  LockdepAcquire(ctx->dep_map);
}

extern "C" void ww_acquire_done(ww_acquire_ctx* ctx) {
  if (ctx->done_acquire) LockMisuse(ctx, ctx->dep_map.name, "ww_acquire_done() twice");
  ctx->done_acquire = 1;
}

extern "C" void ww_acquire_fini(ww_acquire_ctx* ctx) {
  if (ctx->acquired) LockMisuse(ctx, ctx->dep_map.name, "a ww_acquire_ctx ends while mutexes are held under it");
  LockdepRelease(ctx->dep_map);
}

extern "C" int ww_mutex_lock(ww_mutex* lock, ww_acquire_ctx* ctx) { return Lock(lock, ctx, TASK_UNINTERRUPTIBLE); }
extern "C" int ww_mutex_lock_interruptible(ww_mutex* lock, ww_acquire_ctx* ctx) {
  return Lock(lock, ctx, TASK_INTERRUPTIBLE);
}

extern "C" void ww_mutex_lock_slow(ww_mutex* lock, ww_acquire_ctx* ctx) {
  CheckSlow(lock, ctx);
  Lock(lock, ctx, TASK_UNINTERRUPTIBLE);
}

extern "C" int ww_mutex_lock_slow_interruptible(ww_mutex* lock, ww_acquire_ctx* ctx) {
  CheckSlow(lock, ctx);
  return Lock(lock, ctx, TASK_INTERRUPTIBLE);
}

extern "C" int ww_mutex_trylock(ww_mutex* lock, ww_acquire_ctx* ctx) {
  engine.Point(Op::WwMutexTrylock, lock, NameOf(lock));
  CheckLock(LockOf(lock), lock->base.dep_map);
  if (LockOf(lock).owner) {
    engine.Record(Op::Note, lock, "trylock failed");
    return 0;
  }
  if (ctx) {
    CheckContext(lock, ctx);
    if (!ctx->acquired) ctx->wounded = 0;
  }
  LockdepAcquire(lock->base.dep_map, 0, true, 0, ctx ? &ctx->dep_map : nullptr);
  Own(lock, ctx);
  return 1;
}

// Source: ww_mutex_unlock(), 6.1.
extern "C" void ww_mutex_unlock(ww_mutex* lock) {
  engine.Point(Op::WwMutexUnlock, lock, NameOf(lock));
  CheckLock(LockOf(lock), lock->base.dep_map);
  Released(LockOf(lock), lock->base.dep_map, lock, LockMode::Exclusive);
  LockdepRelease(lock->base.dep_map);
  if (lock->ctx && lock->ctx->acquired) --lock->ctx->acquired;
  lock->ctx = nullptr;
  Task* first = FirstWaiter(LockOf(lock));
  if (!first) return;
  if (first->handoff) {
    DequeueWaiter(LockOf(lock));
    LockOf(lock).owner = first;
    first->granted = true;
  }
  TryToWake(*first, TASK_NORMAL);
}

extern "C" void ww_mutex_destroy(ww_mutex* lock) { mutex_destroy(&lock->base); }
extern "C" bool ww_mutex_is_locked(ww_mutex* lock) { return mutex_is_locked(&lock->base); }
