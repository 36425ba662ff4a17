// SPDX-License-Identifier: GPL-2.0-only OR MIT
// struct timer_list. Contract: <linux/timer.h>. Follows kernel/time/timer.c of Linux 6.1 (shutdown: 6.2).
// Model: what the kernel does under the lock of the timer base is one step here.
#include <linux/timer.h>

#include <hotweave/hooks.h>

#include "kernel/expiry.h"
#include "kernel/lock.h"
#include "kernel/object.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

constexpr uint64_t kNsPerJiffy = 1'000'000'000 / HZ;

uint64_t Jiffies() { return engine.now / kNsPerJiffy; }

// Source: call_timer_fn(), 6.1. The lock map is held around the function.
void Run(Expiry& e) {
  auto* timer = static_cast<timer_list*>(e.object);
  UseObject(timer, "a timer's interrupt");
  timer->entry.pprev = nullptr;
  auto* function = timer->function;
  if (!function) return;
  // The function may free the timer: its map must not be touched afterwards.
  lockdep_map map;
  lockdep_copy_map(&map, &timer->lockdep_map);
  const bool irqsafe = timer->flags & TIMER_IRQSAFE;
  if (irqsafe) Current().irqs_off = 1;
  const uint16_t preempt = Current().preempt;
  LockdepAcquire(map);
  function(timer);
  LockdepRelease(map);
  if (Current().preempt != preempt) {
    LockMisuse(nullptr, map.name, std::string("a timer's function returns with another preempt count than it began with"));
  }
  if (irqsafe) Current().irqs_off = 0;
}

constexpr ExpiryKind kKind{"timer", true, Run};

// What every operation does first. Source: debug_assert_init(), 6.1 (CONFIG_DEBUG_OBJECTS_TIMERS).
Expiry& Begin(timer_list* timer, Op op, const char* what) {
  engine.Point(op, timer, what);
  engine.TouchesCommon(kCommonClock, false);
  UseObject(timer, what);
  if (timer->entry.next != HOTWEAVE_TIMER_INIT) LockMisuse(timer, what, std::string(what) + "() of a timer that was never initialised");
  return ExpiryOf(timer, kKind);
}

void Enqueue(Expiry& e, uint32_t cpu) {
  auto* timer = static_cast<timer_list*>(e.object);
  const uint64_t first = Jiffies() + 1;
  const auto ahead = static_cast<long>(timer->expires - first);
  const uint64_t due = (first + (ahead > 0 ? static_cast<uint64_t>(ahead) : 0)) * kNsPerJiffy;
  timer->entry.pprev = &timer->entry.next;
  Arm(e, due - engine.now, cpu);
}

bool Remove(Expiry& e) {
  static_cast<timer_list*>(e.object)->entry.pprev = nullptr;
  return Disarm(e);
}

enum class Modify { Any, OnlyPending, OnlyEarlier };

// Source: __mod_timer(), 6.1 (without a function: 6.2).
int Mod(timer_list* timer, unsigned long expires, Modify how, const char* what) {
  Expiry& e = Begin(timer, Op::ModTimer, what);
  if (!timer->function) {
    if (!Since(KERNEL_VERSION(6, 2, 0))) hotweave_bug(__FILE_NAME__, 0, "!timer->function");
    return 0;
  }
  if (e.pending) {
    const auto later = static_cast<long>(expires - timer->expires);
    if (later == 0 || (how == Modify::OnlyEarlier && later > 0)) return 1;
  } else if (how == Modify::OnlyPending) {
    return 0;
  }
  const bool was_pending = Remove(e);
  timer->expires = expires;
  Enqueue(e, Current().cpu);
  return was_pending;
}

void Add(timer_list* timer, uint32_t cpu, const char* what) {
  Expiry& e = Begin(timer, Op::ModTimer, what);
  if (e.pending) hotweave_bug(__FILE_NAME__, 0, "timer_pending(timer)");
  if (!timer->function) {
    if (!Since(KERNEL_VERSION(6, 2, 0))) hotweave_bug(__FILE_NAME__, 0, "!timer->function");
    return;
  }
  Enqueue(e, cpu);
}

// Source: __timer_delete(), 6.2. Without a lock if it is not pending and stays armable.
int Delete(timer_list* timer, bool shutdown, const char* what) {
  Expiry& e = Begin(timer, Op::DelTimer, what);
  if (shutdown) timer->function = nullptr;
  return e.pending && Remove(e);
}

// Source: __timer_delete_sync(), 6.2; del_timer_sync(), 6.1.
int DeleteSync(timer_list* timer, bool shutdown, const char* what) {
  Expiry& e = Begin(timer, Op::DelTimerSync, what);
  const uint16_t irqs_off = Current().irqs_off;
  Current().irqs_off = 1;
  LockdepAcquire(timer->lockdep_map);
  LockdepRelease(timer->lockdep_map);
  Current().irqs_off = irqs_off;
  if (Current().irq && !Current().softirq && !(timer->flags & TIMER_IRQSAFE)) {
    hotweave_warn(__FILE_NAME__, 0, "in_hardirq() && !(timer->flags & TIMER_IRQSAFE)", static_cast<const char*>(nullptr));
  }
  bool was_pending = false;
  do {
    WaitWhileRunning(e, Op::DelTimerSync, timer->lockdep_map.name);
    was_pending |= Remove(e);
    // The function may have armed it again while it ran.
  } while (e.running);
  if (shutdown) timer->function = nullptr;
  return was_pending;
}

}  // namespace

extern "C" void init_timer_key(timer_list* timer, void (*function)(timer_list*), unsigned flags, const char* name,
                               lock_class_key* key) {
  UseObject(timer, "timer_setup()");
  if (const Expiry* e = FindExpiry(timer); e && e->pending) {
    LockMisuse(timer, name, std::string("timer_setup() of ") + name + ", which is pending");
  }
  timer->entry = {HOTWEAVE_TIMER_INIT, nullptr};
  timer->expires = 0;
  timer->function = function;
  timer->flags = flags;
  timer->lockdep_map = lockdep_map{};
  timer->lockdep_map.name = name;
  timer->lockdep_map.key = key;
}

extern "C" void destroy_timer_on_stack(timer_list* timer) {
  const Expiry* e = FindExpiry(timer);
  if (!e || (!e->pending && !e->running)) return;
  Failure f;
  f.kind = Kind::UseAfterFree;
  f.sentence = std::string(hot.task->comm) + " destroys a timer on its stack that is " + (e->pending ? "pending" : "running");
  f.address = timer;
  engine.Fail(std::move(f));
}

extern "C" int timer_pending(const timer_list* timer) {
  engine.Point(Op::Load, timer);
  engine.TouchesCommon(kCommonClock, false);
  return timer->entry.pprev != nullptr;
}

extern "C" void add_timer(timer_list* timer) { Add(timer, Current().cpu, "add_timer"); }
extern "C" void add_timer_on(timer_list* timer, int cpu) {
  const auto c = static_cast<uint32_t>(cpu);
  if (c >= kCpus) LockMisuse(timer, "add_timer_on", "add_timer_on() of a CPU that does not exist");
  Add(timer, c, "add_timer_on");
}

extern "C" int mod_timer(timer_list* timer, unsigned long expires) { return Mod(timer, expires, Modify::Any, "mod_timer"); }
extern "C" int mod_timer_pending(timer_list* timer, unsigned long expires) {
  return Mod(timer, expires, Modify::OnlyPending, "mod_timer_pending");
}
extern "C" int timer_reduce(timer_list* timer, unsigned long expires) {
  return Mod(timer, expires, Modify::OnlyEarlier, "timer_reduce");
}

extern "C" int del_timer(timer_list* timer) { return Delete(timer, false, "del_timer"); }
extern "C" int del_timer_sync(timer_list* timer) { return DeleteSync(timer, false, "del_timer_sync"); }
extern "C" int timer_shutdown(timer_list* timer) { return Delete(timer, true, "timer_shutdown"); }
extern "C" int timer_shutdown_sync(timer_list* timer) { return DeleteSync(timer, true, "timer_shutdown_sync"); }

extern "C" int try_to_del_timer_sync(timer_list* timer) {
  Expiry& e = Begin(timer, Op::DelTimerSync, "try_to_del_timer_sync");
  if (e.running) return -1;
  engine.Acquire(e.clock);
  return Remove(e);
}

namespace {

// Source: round_jiffies_common(), 6.1.
unsigned long Round(unsigned long j, bool up) {
  const unsigned long rest = j % HZ;
  const unsigned long rounded = rest < HZ / 4 && !up ? j - rest : j - rest + (rest || !up ? HZ : 0);
  return time_after(rounded, Jiffies()) ? rounded : j;
}

}  // namespace

extern "C" unsigned long round_jiffies(unsigned long j) { return Round(j, false); }
extern "C" unsigned long round_jiffies_up(unsigned long j) { return Round(j, true); }
extern "C" unsigned long round_jiffies_relative(unsigned long j) { return Round(j + Jiffies(), false) - Jiffies(); }
extern "C" unsigned long round_jiffies_up_relative(unsigned long j) { return Round(j + Jiffies(), true) - Jiffies(); }
