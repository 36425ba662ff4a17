// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct rcu_sync. Contract: <linux/rcu_sync.h>. Follows kernel/rcu/sync.c of Linux 6.1, and of 4.14 for kernels
// before 5.3.
#include "kernel/rcu_sync.h"

#include <linux/rcu_sync.h>

#include <deque>

#include "kernel/grace.h"
#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/reset.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

// gp_state. The 4.x machine has the first three: what it calls PENDING is kEnter.
enum State : int { kIdle, kEnter, kPassed, kExit, kReplay };
// cb_state of the 4.x machine.
enum CallbackState : int { kCallbackIdle, kCallbackPending, kCallbackReplay };

constexpr uint64_t kGracePeriod = 10'000'000;   // ns of virtual time, unless the input lets it end earlier

bool OneState() { return Since(KERNEL_VERSION(5, 3, 0)); }

// A pending call_rcu() of a rcu_sync. Each lives until the end of the execution.
struct Callback {
  Timer timer;
  rcu_sync* rsp = nullptr;
  Readers waiting;   // whose sections were there when the grace period began, and had not ended when it was last looked at
};
std::deque<Callback> callbacks;
size_t callbacks_used;

void Reset() { callbacks_used = 0; }
[[maybe_unused]] const bool registered = OnExecutionBegin(Reset);

bool InReader(const Task& t) { return !t.exited && (t.preempt || t.irqs_off || t.rcu_nesting); }

Readers ReadersNow() {
  engine.TouchesCommon(kCommonGrace, true);
  Readers readers;
  for (const Task& t : engine.live()) {
    if (InReader(t)) readers.Set(t.index);
  }
  return readers;
}

// Do sections keep the grace period from ending? One that began after the grace period does not.
// Model: unless its task has been found in a section each time that the timer fired: one that left and came back was not seen to leave.
bool HeldBack(Callback& callback) {
  if (callback.waiting.None()) return false;
  engine.TouchesCommon(kCommonGrace, true);
  for (const Task& t : engine.live()) {
    if (!InReader(t)) callback.waiting.Clear(t.index);
  }
  return !callback.waiting.None();
}

bool AnyRunnable() {
  for (const Task& t : engine.live()) {
    if (t.runnable) return true;
  }
  return false;
}

void WakeAll(rcu_sync* rsp) {
  for (Task& t : engine.live()) {
    if (t.wait.object == rsp && !t.runnable) engine.Unblock(t);
  }
}

void Call(rcu_sync* rsp);

// The callback after a grace period. Source: rcu_sync_func(), 6.1.
void AfterGracePeriod(rcu_sync* rsp) {
  if (rsp->gp_count) {
    rsp->gp_state = kPassed;
  } else if (rsp->gp_state == kReplay) {
    rsp->gp_state = kExit;
    Call(rsp);
  } else {
    rsp->gp_state = kIdle;
  }
  WakeAll(rsp);
}

// The same before 5.3. Source: rcu_sync_func(), 4.14.
void AfterGracePeriodOld(rcu_sync* rsp) {
  if (rsp->gp_count) {
    rsp->cb_state = kCallbackIdle;
  } else if (rsp->cb_state == kCallbackReplay) {
    rsp->cb_state = kCallbackPending;
    Call(rsp);
  } else {
    rsp->cb_state = kCallbackIdle;
    rsp->gp_state = kIdle;
  }
  WakeAll(rsp);
}

void Fire(Timer& timer) {
  auto* callback = static_cast<Callback*>(timer.owner);
  engine.Touches(callback->rsp, sizeof(rcu_sync), true);
  if (HeldBack(*callback)) {
    engine.TouchesCommon(kCommonOther, true);
    // If nothing can run any more the reader never leaves, and the grace period never ends.
    if (AnyRunnable()) engine.ArmTimer(timer, kGracePeriod);
    return;
  }
  if (OneState()) {
    AfterGracePeriod(callback->rsp);
  } else {
    AfterGracePeriodOld(callback->rsp);
  }
}

void Call(rcu_sync* rsp) {
  if (callbacks_used == callbacks.size()) callbacks.emplace_back();
  Callback& callback = callbacks[callbacks_used++];
  callback = Callback{};
  callback.rsp = rsp;
  callback.waiting = ReadersNow();
  callback.timer.fire = Fire;
  callback.timer.tells = true;
  callback.timer.owner = &callback;
  engine.ArmTimer(callback.timer, kGracePeriod);
}

// The last writer leaves: a callback, or another one after the one that is pending.
void Exit(rcu_sync* rsp, int& state, int settled, int pending, int replay) {
  if (state != settled) {
    state = replay;
    return;
  }
  state = pending;
  Call(rsp);
}

void WaitFor(rcu_sync* rsp, bool (*reached)(const rcu_sync*)) {
  while (!reached(rsp)) engine.Block({.op = Op::RcuSyncEnter, .object = rsp, .name = "grace period"});
}

[[noreturn]] void Misuse(const rcu_sync* rsp, const char* sentence) { LockMisuse(rsp, "rcu_sync", sentence); }

}  // namespace

bool hotweave::RcuSyncInRange(uintptr_t begin, size_t size) {
  for (size_t i = 0; i < callbacks_used; ++i) {
    const Callback& c = callbacks[i];
    if (c.timer.armed && reinterpret_cast<uintptr_t>(c.rsp) - begin < size) return true;
  }
  return false;
}

extern "C" void rcu_sync_init(rcu_sync* rsp) { *rsp = rcu_sync __RCU_SYNC_INITIALIZER(*rsp); }

extern "C" void rcu_sync_enter_start(rcu_sync* rsp) {
  ++rsp->gp_count;
  rsp->gp_state = kPassed;
}

extern "C" bool rcu_sync_is_idle(rcu_sync* rsp) {
  engine.Point(Op::Load, rsp);
  if (!InReader(Current())) {
    Misuse(rsp, "rcu_sync_is_idle() is called where no grace period waits for the caller");
  }
  if (rsp->gp_state != kIdle) return false;
  engine.Acquire(rsp->clock);
  return true;
}

// Source: rcu_sync_enter(), 6.1 and 4.14.
extern "C" void rcu_sync_enter(rcu_sync* rsp) {
  MightSleep(Op::RcuSyncEnter, rsp);
  engine.Point(Op::RcuSyncEnter, rsp);
  ++rsp->gp_count;
  if (rsp->gp_state != kIdle) {
    return WaitFor(rsp, [](const rcu_sync* r) { return r->gp_state >= kPassed; });
  }
  rsp->gp_state = kEnter;
  SynchronizeSched();
  engine.Touches(rsp, sizeof(*rsp), true);
  rsp->gp_state = kPassed;
  WakeAll(rsp);
}

// Source: rcu_sync_exit(), 6.1 and 4.14.
extern "C" void rcu_sync_exit(rcu_sync* rsp) {
  engine.Point(Op::RcuSyncExit, rsp);
  if (!rsp->gp_count) Misuse(rsp, "rcu_sync_exit() without rcu_sync_enter()");
  engine.ReleaseJoin(rsp->clock);
  if (--rsp->gp_count) return;
  if (OneState()) {
    Exit(rsp, rsp->gp_state, kPassed, kExit, kReplay);
  } else {
    Exit(rsp, rsp->cb_state, kCallbackIdle, kCallbackPending, kCallbackReplay);
  }
}

// Source: rcu_sync_dtor(), 6.1.
extern "C" void rcu_sync_dtor(rcu_sync* rsp) {
  MightSleep(Op::RcuSyncExit, rsp);
  engine.Point(Op::RcuSyncExit, rsp);
  if (rsp->gp_count) Misuse(rsp, "a rcu_sync is destroyed while a writer is inside");
  if (rsp->gp_state == kReplay) rsp->gp_state = kExit;
  if (rsp->cb_state == kCallbackReplay) rsp->cb_state = kCallbackPending;
  WaitFor(rsp, [](const rcu_sync* r) { return r->gp_state == kIdle; });
}
