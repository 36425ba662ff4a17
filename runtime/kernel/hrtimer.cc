// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct hrtimer. Contract: <linux/hrtimer.h>. Follows kernel/time/hrtimer.c of Linux 6.1.
// Model: what the kernel does under the lock of the clock base is one step here.
#include <linux/hrtimer.h>

#include <linux/errno.h>

#include "kernel/expiry.h"
#include "kernel/lock.h"
#include "kernel/object.h"
#include "kernel/sched.h"

using namespace hotweave;

namespace {

constexpr unsigned kMagic = 0x68725469;

ktime_t NowOn(clockid_t clock) {
  return static_cast<ktime_t>(engine.now) + (clock == CLOCK_REALTIME ? HOTWEAVE_WALL_OFFSET : 0);
}

void Enqueue(Expiry& e, uint32_t cpu) {
  const auto* timer = static_cast<hrtimer*>(e.object);
  const ktime_t left = timer->_softexpires - NowOn(timer->clock);
  Arm(e, left > 0 ? static_cast<uint64_t>(left) : 1, cpu);
}

// Source: __run_hrtimer(), 6.1.
void Run(Expiry& e) {
  auto* timer = static_cast<hrtimer*>(e.object);
  UseObject(timer, "a timer's interrupt");
  // As the kernel: the function may start it again itself, and then its time counts.
  if (timer->function(timer) == HRTIMER_RESTART && !e.pending) {
    UseObject(timer, "HRTIMER_RESTART");
    Enqueue(e, e.cpu);
  }
}

constexpr ExpiryKind kHard{"hrtimer", false, Run};
constexpr ExpiryKind kSoft{"hrtimer-soft", true, Run};

Expiry& Begin(hrtimer* timer, Op op, const char* what) {
  engine.Point(op, timer, what);
  UseObject(timer, what);
  if (timer->magic != kMagic) LockMisuse(timer, what, std::string(what) + "() of a timer that was never initialised");
  return ExpiryOf(timer, timer->is_soft ? kSoft : kHard);
}

void Start(hrtimer* timer, const char* what) {
  Expiry& e = Begin(timer, Op::HrtimerStart, what);
  if (!timer->function) LockMisuse(timer, what, std::string(what) + "() of a timer without a function");
  Disarm(e);
  Enqueue(e, Current().cpu);
}

}  // namespace

extern "C" void hrtimer_init(hrtimer* timer, clockid_t clock, hrtimer_mode mode) {
  UseObject(timer, "hrtimer_init()");
  if (const Expiry* e = FindExpiry(timer); e && (e->pending || e->running)) {
    LockMisuse(timer, "hrtimer_init", "hrtimer_init() of a timer that is active");
  }
  *timer = hrtimer{kMagic, clock, 0, nullptr, (mode & HRTIMER_MODE_REL) != 0, (mode & HRTIMER_MODE_SOFT) != 0,
                   (mode & HRTIMER_MODE_HARD) != 0};
}

extern "C" void destroy_hrtimer_on_stack(hrtimer* timer) {
  const Expiry* e = FindExpiry(timer);
  if (!e || (!e->pending && !e->running)) return;
  Failure f;
  f.kind = Kind::UseAfterFree;
  f.sentence = std::string(hot.task->comm) + " destroys a timer on its stack that is active";
  f.address = timer;
  engine.Fail(std::move(f));
}

extern "C" void hrtimer_start(hrtimer* timer, ktime_t time, const hrtimer_mode mode) {
  timer->_softexpires = mode & HRTIMER_MODE_REL ? ktime_add_safe(NowOn(timer->clock), time) : time;
  Start(timer, "hrtimer_start");
}
extern "C" void hrtimer_restart(hrtimer* timer) { Start(timer, "hrtimer_restart"); }

extern "C" int hrtimer_try_to_cancel(hrtimer* timer) {
  Expiry& e = Begin(timer, Op::HrtimerCancel, "hrtimer_try_to_cancel");
  // Without the lock if there is nothing to do, but after a function that has run: the barriers of hrtimer_active(), on
  // which hrtimer_cancel() relies as well. Source: hrtimer_try_to_cancel(), 6.1.
  if (e.running) return -1;
  engine.Acquire(e.clock);
  return Disarm(e);
}

extern "C" int hrtimer_cancel(hrtimer* timer) {
  Expiry& e = Begin(timer, Op::HrtimerCancel, "hrtimer_cancel");
  bool was_active = false;
  do {
    WaitWhileRunning(e, Op::HrtimerCancel, "the timer's function");
    was_active |= Disarm(e);
  } while (e.running);
  return was_active;
}

extern "C" bool hrtimer_active(const hrtimer* timer) {
  engine.Point(Op::Load, timer);
  engine.TouchesCommon(kCommonClock, false);
  const Expiry* e = FindExpiry(timer);
  return e && (e->pending || e->running);
}
extern "C" bool hrtimer_is_queued(hrtimer* timer) {
  engine.Point(Op::Load, timer);
  engine.TouchesCommon(kCommonClock, false);
  const Expiry* e = FindExpiry(timer);
  return e && e->pending;
}
extern "C" bool hrtimer_callback_running(hrtimer* timer) {
  engine.Point(Op::Load, timer);
  engine.TouchesCommon(kCommonClock, false);
  const Expiry* e = FindExpiry(timer);
  return e && e->running;
}

// Source: hrtimer_forward(), 6.1.
extern "C" u64 hrtimer_forward(hrtimer* timer, ktime_t now, ktime_t interval) {
  if (interval < 1) interval = 1;
  const ktime_t late = now - timer->_softexpires;
  if (late < 0) return 0;
  const Expiry* e = FindExpiry(timer);
  if (e && e->pending) LockMisuse(timer, "hrtimer_forward", "hrtimer_forward() of a timer that is armed");
  const u64 periods = static_cast<u64>(late / interval) + 1;
  timer->_softexpires += static_cast<ktime_t>(periods) * interval;
  return periods;
}

extern "C" ktime_t hrtimer_cb_get_time(const hrtimer* timer) { return NowOn(timer->clock); }
extern "C" ktime_t hrtimer_get_remaining(const hrtimer* timer) { return timer->_softexpires - NowOn(timer->clock); }

// Source: schedule_hrtimeout_range_clock(), 6.1.
extern "C" int schedule_hrtimeout(ktime_t* expires, const hrtimer_mode mode) {
  if (!expires) {
    Sleep(Op::Schedule, "wake-up", 0);
    return -EINTR;
  }
  if (*expires == 0) {
    Current().__state = TASK_RUNNING;
    return 0;
  }
  const ktime_t left = mode & HRTIMER_MODE_REL ? *expires : *expires - NowOn(CLOCK_MONOTONIC);
  return Sleep(Op::Schedule, "wake-up", left > 0 ? static_cast<uint64_t>(left) : 1) ? -EINTR : 0;
}
